internal import Foundation
public import Mechanisms
public import MetricDefinitions
internal import Synchronization
public import TelemetryAgent

/// What a fleet did.
public struct FleetSummary: Hashable, Sendable {
    /// Devices that have a collector's acknowledgement of their batch.
    public var devices = 0
    /// Reports that the collector has acknowledged.
    public var acknowledged = 0
    /// Reports that the collector refused for good.
    public var rejected = 0
    /// Posts that had to be tried again.
    public var retries = 0
    /// From the first device's start to the last acknowledgement, in seconds.
    public var seconds = 0.0
}

/// Why a fleet stopped before its last device was heard.
public enum FleetError: Error, Hashable, Sendable {
    /// The URL is none that an agent would report to.
    case unusableURL(AgentError)
    /// A device's agent failed.
    case agent(AgentError)
    /// No batch came through for as long as the fleet is willing to wait.
    case collectorUnreachable(UploadFailure)
}

extension FleetError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unusableURL(let error), .agent(let error): error.description
        case .collectorUnreachable(let failure): failure.description
        }
    }
}

/// Many devices in one process, each with its own secret, ledger and batch, the agent's own rules and encoding; only
/// their state is in memory, and they share a few connections.
public struct Fleet: Sendable {
    /// What one device recorded: at most one event per metric here.
    public typealias Events = @Sendable (_ device: Int) -> [(metric: MetricDefinition, input: MechanismInput)]

    /// The metrics that every device reports.
    public var metricSet: MetricSet
    /// The collector.
    public var endpoint: Endpoint
    /// A PEM file of the authorities to trust instead of the system's.
    public var certificateFile: String?
    /// Connections kept alive, each posting one batch at a time.
    public var connections = 64
    /// The moment at which every device records, in seconds since the epoch.
    public var moment: Int64
    /// How many periods every device reports, the last being that of ``moment``.
    public var periodCount = 1
    /// How long the collector may stay unreachable before the fleet gives up, in seconds.
    public var patienceSeconds = 60.0
    /// The same before the first acknowledgement: a collector that never answered is probably not there.
    public var firstPatienceSeconds = 3.0

    /// A fleet that reports to the collector at `url` at `moment`.
    ///
    /// - Throws: ``FleetError/unusableURL(_:)`` when the URL is none that an agent would report to.
    public init(metricSet: MetricSet, collectorURL url: String, moment: Int64) throws(FleetError) {
        do { endpoint = try Endpoint(url) } catch { throw .unusableURL(error) }
        (self.metricSet, self.moment) = (metricSet, moment)
    }

    /// Lets `deviceCount` devices record, close the day and post one batch each, and waits for all of them.
    ///
    /// - Parameter progress: called with the number of acknowledged devices, from any of the connections' threads.
    /// - Throws: ``FleetError`` of the first device that failed.
    /// - Complexity: linear in devices; memory for one device per connection.
    public func run(
        deviceCount: Int, events: @escaping Events, progress: @escaping @Sendable (Int) -> Void
    ) throws(FleetError) -> FleetSummary {
        let tally = FleetTally(deviceCount: deviceCount)
        let start = ContinuousClock.now
        let group = DispatchGroup()
        for _ in 0..<max(1, connections) {
            group.enter()
            let thread = Thread {
                defer { group.leave() }
                do throws(FleetError) {
                    try serve(tally, events: events, progress: progress)
                } catch { tally.fail(error) }
            }
            thread.stackSize = 1 << 20
            thread.start()
        }
        group.wait()
        if let failure = tally.failure { throw failure }
        var summary = tally.summary
        let duration = ContinuousClock.now - start
        summary.seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        return summary
    }

    /// Runs devices over one connection until none is left or another connection has failed.
    private func serve(
        _ tally: FleetTally, events: Events, progress: @Sendable (Int) -> Void
    ) throws(FleetError) {
        let uploader: ReportUploader
        do {
            uploader = try ReportUploader(
                endpoint: endpoint, certificateFile: certificateFile, reusesConnection: true)
        } catch { throw .agent(error) }
        while let device = tally.nextDevice() {
            let (batch, simulated): (OutboundBatch?, SimulatedDevice)
            do {
                simulated = try SimulatedDevice(metricSet: metricSet)
                batch = try simulated.batch(of: events(device), at: moment, periodCount: periodCount)
            } catch { throw .agent(error) }
            guard let batch else { continue }
            let rejected = try post(batch, through: uploader, tally)
            progress(tally.settle(reports: batch.reportCount, rejected: rejected))
        }
    }

    /// Posts the same bytes until the collector answers for good.
    private func post(
        _ batch: OutboundBatch, through uploader: ReportUploader, _ tally: FleetTally
    ) throws(FleetError) -> Int {
        let start = ContinuousClock.now
        var wait = 0.02
        while true {
            switch uploader.post(batch.body).outcome {
            case .delivered(let codes): return codes.count
            case .refused, .retired, .tooLarge: return batch.reportCount
            case .failed(let failure):
                let patience = tally.hasAcknowledgement ? patienceSeconds : firstPatienceSeconds
                guard ContinuousClock.now - start < .seconds(patience), !tally.hasFailed else {
                    throw .collectorUnreachable(failure)
                }
                tally.countRetry()
                Thread.sleep(forTimeInterval: wait * Double.random(in: 0.5...1))
                wait = min(wait * 2, 1)
            }
        }
    }
}

/// What the connections of a fleet share.
private final class FleetTally: Sendable {
    private struct State {
        var summary = FleetSummary()
        var failure: FleetError?
    }

    private let deviceCount: Int
    private let next = Atomic<Int>(0)
    private let state = Mutex(State())

    init(deviceCount: Int) { self.deviceCount = deviceCount }

    var summary: FleetSummary { state.withLock { $0.summary } }
    var failure: FleetError? { state.withLock { $0.failure } }
    var hasFailed: Bool { failure != nil }
    var hasAcknowledgement: Bool { state.withLock { $0.summary.devices > 0 } }

    func nextDevice() -> Int? {
        guard !hasFailed else { return nil }
        let device = next.add(1, ordering: .relaxed).oldValue
        return device < deviceCount ? device : nil
    }

    func settle(reports: Int, rejected: Int) -> Int {
        state.withLock { state in
            state.summary.devices += 1
            state.summary.acknowledged += reports - rejected
            state.summary.rejected += rejected
            return state.summary.devices
        }
    }

    func countRetry() { state.withLock { $0.summary.retries += 1 } }

    func fail(_ error: FleetError) { state.withLock { $0.failure = $0.failure ?? error } }
}
