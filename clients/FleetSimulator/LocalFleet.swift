internal import Mechanisms
public import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

/// Devices in this process whose reports go nowhere but to the caller: each with its own secret, each report by the
/// agent's own encoding. A device keeps what it holds, so that over several periods memoization shows.
public struct LocalFleet: Sendable {
    /// The metric that every device reports.
    public var definition: MetricDefinition
    /// How many periods each device reports.
    public var periodCount: Int

    /// A fleet that reports a metric for so many periods.
    public init(definition: MetricDefinition, periodCount: Int) {
        (self.definition, self.periodCount) = (definition, periodCount)
    }

    /// Lets every device make its reports.
    ///
    /// - Parameters:
    ///   - receive: is given each report as its payload, and its period, counted from 0.
    ///   - progress: is told after each device how many are done.
    /// - Throws: ``EncodingError``.
    /// - Complexity: linear in devices and periods; memory for one device.
    public func run<Failure: Error>(
        _ population: Population, using noise: inout SimulationNoise,
        receive: (_ payload: [UInt8], _ period: Int) throws(Failure) -> Void, progress: (Int) -> Void
    ) throws {
        try run(definition.mechanism, population, using: &noise, receive: receive, progress: progress)
    }

    private func run<Mechanism: LocalRandomizer, Failure: Error>(
        _ mechanism: Mechanism, _ population: Population, using noise: inout SimulationNoise,
        receive: (_ payload: [UInt8], _ period: Int) throws(Failure) -> Void, progress: (Int) -> Void
    ) throws {
        var done = 0
        for group in population.groups {
            for _ in 0..<group.deviceCount {
                done += 1
                defer { progress(done) }
                guard let input = group.input ?? definition.absentInput else { continue }
                let device = DeviceContext(permanentNoise: try permanentNoise(using: &noise))
                for period in 0..<periodCount {
                    // Made anew for every report, as on a device: what is permanent follows from the secret alone.
                    try receive(try mechanism.payload(for: input, on: device, using: &noise), period)
                }
            }
        }
    }

    private func permanentNoise(using noise: inout SimulationNoise) throws(EncodingError) -> PermanentNoise? {
        guard definition.isMemoized else { return nil }
        do {
            return try PermanentNoise(
                secret: noise.secret(), metric: definition.identifier.value,
                definitionHash: definition.definitionHash)
        } catch { throw .noRandomness(error) }
    }
}
