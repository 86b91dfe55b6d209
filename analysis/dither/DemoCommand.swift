internal import ArgumentParser
internal import DecoderCommands
internal import FleetSimulator
internal import Foundation
internal import Mechanisms
internal import MetricDefinitions
internal import RegistryCompiler
internal import ReportFormat
internal import Synchronization

/// `dither demo`
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run the whole system on real flights, and hold the estimate against the truth.",
        discussion: """
            Every flight is a device that knows one thing, whether it left more than 15 minutes late. Each
            adds its noise and posts one batch to a real collector, which is killed half-way and restarted.
            Then the stored reports are decoded. `make demo` builds and unpacks all that this needs.

            EXAMPLE:
              dither demo --registry clients/examples/flights/metrics.yaml \\
                --events .build/demo/flights.csv --collector .build/release/dither-collector

            \(DitherCommand.exitStatusHelp)
            """)

    @Option(help: ArgumentHelp("The registry, with the metric departed_late.", valueName: "file"))
    var registry: String

    @Option(help: ArgumentHelp("The flights, with a column departure_delay_minutes.", valueName: "csv"))
    var events: String

    @Option(help: ArgumentHelp("The collector's executable.", valueName: "path"))
    var collector: String

    @Option(help: "Connections that the fleet keeps open, 1 to 256.")
    var connections = 32

    func validate() throws {
        guard (1...256).contains(connections) else { throw ValidationError("--connections is in 1 to 256.") }
    }

    func run() throws {
        let now = Int64(Date().timeIntervalSince1970)
        let source = try loadRegistry(on: UTCDay(containing: now))
        guard let metric = source.set.metric(named: "departed_late"), metric.domain == .boolean else {
            throw CommandError(.validationFailed, "\(registry) has no boolean metric departed_late.")
        }
        let flights = try FlightEvents(path: events)
        let folder = try TemporaryFolder()
        let setPath = folder.path(of: "metrics.set"), storePath = folder.path(of: "reports.db")
        try Data(source.set.encoded()).write(to: URL(filePath: setPath))
        let collector = CollectorProcess(executable: collector, metricSetPath: setPath, storePath: storePath)
        try collector.start()
        defer { collector.stop() }

        let count = flights.departedLate.count
        try say("\(count) flights, each a device of its own; \(flights.missingCount) know nothing and report `false`.")
        try say("A collector listens on \(collector.url), with an empty store.")
        let crash = MidwayCrash(of: collector, after: count / 2)
        let summary = try send(flights, of: metric, in: source.set, to: collector.url, at: now, crash: crash)
        try crash.finish()
        try say("Half-way the collector was killed with -9 and restarted on the same store.")
        try say(
            "\(summary.devices) devices acknowledged in \(fixed(summary.seconds, 1)) s, "
                + "\(fixed(Double(summary.devices) / summary.seconds, 0)) a second; \(summary.retries) posts were retried."
        )

        let estimate = try DemoEstimate(registry: setPath, store: storePath, metric: metric)
        try say("")
        let program = CommandLine.arguments[0]
        try say("$ \(program) estimate --registry \(registry) --store \(storePath) --metric \(metric.name)")
        try StandardStreams.write(estimate.table)
        try judge(estimate, summary, flights)
        try say(
            """

            Next:
              \(program) registry explain \(registry)
                what one report can tell, in words and numbers
              \(URL(filePath: program).deletingLastPathComponent().relativePath)/dither-agent --help
                the same for one real device (README.md, "Your own metric")
              docs/report-format.md
                what is sent, byte by byte
            """)
    }

    private func loadRegistry(on today: UTCDay) throws -> RegistrySource {
        do { return try RegistrySource.load(path: registry, today: today) } catch {
            throw CommandError(.validationFailed, "\(error)")
        }
    }

    private func send(
        _ flights: FlightEvents, of metric: MetricDefinition, in set: MetricSet, to url: String, at moment: Int64,
        crash: MidwayCrash
    ) throws -> FleetSummary {
        var fleet = try Fleet(metricSet: set, collectorURL: url, moment: moment)
        fleet.connections = connections
        let departedLate = flights.departedLate
        let bar = Mutex(ProgressBox())
        let summary = try fleet.run(
            deviceCount: departedLate.count,
            events: { device in departedLate[device].map { [(metric, .item($0 ? 1 : 0))] } ?? [] },
            progress: { done in
                crash.heard(done)
                bar.withLock { $0.progress.update(done, of: departedLate.count) }
            })
        bar.withLock { $0.progress.finish() }
        return summary
    }

    /// Holds what was acknowledged against what was counted, and the estimate against the truth.
    ///
    /// Hoeffding's inequality [Hoe63, theorem 1] bounds the share of n independent reports: it is off by more than
    /// √(ln(2/α) / 2n) with probability at most α, and the estimate by that over p* − q*. Here α = 10⁻⁹.
    private func judge(_ estimate: DemoEstimate, _ summary: FleetSummary, _ flights: FlightEvents) throws {
        let count = Double(flights.departedLate.count)
        let truth = Double(flights.lateCount) / count
        try say("")
        try say(
            "late   truth \(fixed(truth, 4))   estimate \(fixed(estimate.frequency, 4))   "
                + "interval \(fixed(estimate.low, 4)) to \(fixed(estimate.high, 4))")
        guard summary.acknowledged == estimate.reports, summary.devices == flights.departedLate.count else {
            throw CommandError(
                .runtimeFailure,
                "\(summary.acknowledged) reports of \(summary.devices) devices were acknowledged, "
                    + "\(summary.rejected) refused, \(estimate.reports) counted.")
        }
        try say("\(estimate.reports) reports acknowledged and counted: none lost, none twice.")
        let allowed = (log(2 / 1e-9) / (2 * count)).squareRoot() / estimate.slope
        guard abs(estimate.frequency - truth) <= allowed else {
            throw CommandError(
                .runtimeFailure,
                "the estimate is \(fixed(abs(estimate.frequency - truth), 4)) off; by Hoeffding's inequality more than "
                    + "\(fixed(allowed, 4)) happens once in 10⁹ runs. Something is wrong.")
        }
    }

    private func say(_ line: String) throws(CommandError) { try StandardStreams.write(line + "\n") }

    private func fixed(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", number) }
}

/// Lets a progress line, which is not copyable, live in a lock.
private struct ProgressBox: ~Copyable {
    var progress = Progress("reporting")
}

/// Kills the collector once, at a given number of devices, and restarts it while the fleet goes on.
private final class MidwayCrash: Sendable {
    private let threshold: Int
    private let reached = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)
    private let failure = Mutex<CommandError?>(nil)

    init(of collector: CollectorProcess, after threshold: Int) {
        self.threshold = threshold
        let thread = Thread { [self] in
            reached.wait()
            collector.kill()
            do throws(CommandError) { try collector.start() } catch { failure.withLock { $0 = error } }
            finished.signal()
        }
        thread.start()
    }

    /// Takes note of how many devices are done.
    func heard(_ devices: Int) { if devices == max(1, threshold) { reached.signal() } }

    /// Waits for the restart.
    func finish() throws {
        finished.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }
}

/// A folder that is gone with its owner.
private final class TemporaryFolder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "dither-demo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(of name: String) -> String { url.appending(path: name).path(percentEncoded: false) }
}
