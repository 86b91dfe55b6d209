internal import DecoderCommands
internal import FleetSimulator
internal import Foundation
internal import MetricDefinitions
internal import Synchronization

/// A fleet that posts one metric to a collector.
struct SimulatedPosting {
    static let columns = ["devices", "acknowledged", "reports", "rejected", "retries", "seconds", "throughput"]

    private let definition: MetricDefinition
    private let set: MetricSet
    private let periodCount: Int
    private let url: String
    private let certificateFile: String?
    private let connections: Int

    init(
        definition: MetricDefinition, in set: MetricSet, periodCount: Int, url: String, certificateFile: String?,
        connections: Int
    ) {
        (self.definition, self.set, self.periodCount) = (definition, set, periodCount)
        (self.url, self.certificateFile, self.connections) = (url, certificateFile, connections)
    }

    /// Lets every device post its batch, and writes what came of it, in devices, reports, and devices a second.
    func run(_ population: Population, format: OutputFormat) throws {
        let count = population.deviceCount, holds = population.lookup(), definition = definition
        let summary: FleetSummary
        do throws(FleetError) {
            let bar = Mutex(ProgressLine("posting"))
            summary = try fleet().run(
                deviceCount: count, events: { device in holds(device).map { [(definition, $0)] } ?? [] },
                progress: { done in bar.withLock { $0.progress.update(done, of: count) } })
            bar.withLock { $0.progress.finish() }
        } catch { throw CommandError(error, url: url) }
        var table = Table(columns: Self.columns)
        table.append([
            .integer(count), .integer(summary.devices), .integer(summary.acknowledged), .integer(summary.rejected),
            .integer(summary.retries), .decimal(summary.seconds, digits: 3),
            .decimal(Double(summary.devices) / max(summary.seconds, 1e-9), digits: 1),
        ])
        try StandardStreams.write(table.rendered(as: format, schema: .simulatePosting))
        guard summary.rejected == 0 else {
            throw CommandError(
                .runtimeFailure,
                "\(url) refused \(summary.rejected) of \(summary.rejected + summary.acknowledged) reports for good. "
                    + "Is it the address of a collector, without a path, and does it serve this registry?")
        }
    }

    /// A fleet of this metric alone, enrolled without delay.
    private func fleet() throws(FleetError) -> Fleet {
        guard
            let alone = try? MetricSet(
                project: set.project, dayCeiling: set.dayCeiling, lifetimeCeiling: set.lifetimeCeiling,
                enrolmentDelayHours: 0, metrics: [definition])
        else { preconditionFailure("a metric of a set keeps its ceilings alone too") }
        var fleet = try Fleet(
            metricSet: alone, collectorURL: url, moment: Int64(Date().timeIntervalSince1970))
        (fleet.connections, fleet.certificateFile, fleet.periodCount) = (connections, certificateFile, periodCount)
        return fleet
    }
}

/// Lets a progress line, which is not copyable, live in a lock.
struct ProgressLine: ~Copyable {
    var progress: DecoderCommands.Progress

    init(_ label: String) { progress = DecoderCommands.Progress(label) }
}

extension CommandError {
    /// Why a fleet stopped.
    init(_ error: FleetError, url: String) {
        switch error {
        case .unusableURL: self.init(.usage, "--to '\(url)': \(error)")
        case .agent: self.init(.runtimeFailure, error.description)
        case .collectorUnreachable:
            self.init(.transientFailure, "\(url): \(error). Is the collector running?")
        }
    }
}
