internal import DecoderCommands
internal import FleetSimulator
internal import Mechanisms
internal import MetricDefinitions

/// The metrics that the demo's flights report.
struct DemoMetrics: Sendable {
    let departedLate, destination, route, airTime: MetricDefinition

    init(_ set: MetricSet, registry: String) throws(CommandError) {
        func metric(_ name: String, _ type: String) throws(CommandError) -> MetricDefinition {
            guard let metric = set.metric(named: name), metric.domain.typeName == type else {
                throw CommandError(.validationFailed, "\(registry) has no metric \(name) of type \(type).")
            }
            return metric
        }
        departedLate = try metric("departed_late", "boolean")
        destination = try metric("destination", "string")
        route = try metric("route", "string")
        airTime = try metric("air_time", "number")
    }

    /// What each flight records; what was never recorded of it is no event.
    func events(of flights: FlightEvents) throws(CommandError) -> Fleet.Events {
        let destinations = try inputs(of: flights.destinations, destination)
        let routes = try inputs(of: flights.routes, route)
        var places: [MechanismInput?] = []
        for minutes in flights.airTimes {
            if let minutes { places.append(try input(.number(minutes), airTime)) } else { places.append(nil) }
        }
        return { [self, places] device in
            var events: [(metric: MetricDefinition, input: MechanismInput)] = [
                (destination, destinations[flights.destinations[device]]), (route, routes[flights.routes[device]]),
            ]
            if let wasLate = flights.departedLate[device] { events.append((departedLate, .item(wasLate ? 1 : 0))) }
            if let place = places[device] { events.append((airTime, place)) }
            return events
        }
    }

    private func inputs(of column: NameColumn, _ metric: MetricDefinition) throws(CommandError) -> [MechanismInput] {
        var inputs: [MechanismInput] = []
        for name in column.names { inputs.append(try input(.text(name), metric)) }
        return inputs
    }

    private func input(_ value: MetricValue, _ metric: MetricDefinition) throws(CommandError) -> MechanismInput {
        do throws(MetricValueError) { return try metric.domain.input(for: value).input } catch {
            throw CommandError(.validationFailed, "a flight has a value that \(metric.name) does not take.")
        }
    }
}
