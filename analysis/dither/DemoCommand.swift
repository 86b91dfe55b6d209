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
        abstract: "Run the whole system on real flights, and hold the estimates against the truth.",
        discussion: """
            Every flight is a device that knows four things: whether it left more than 15 minutes late,
            where it went, by which route, and how long it was in the air. Each adds its noise and posts all
            four in one batch to a real collector, which is killed half-way and restarted. Then the stored
            reports are decoded: by randomized response, RAPPOR, count-mean-sketch and a 1-bit mean.
            `make demo` builds and unpacks all that this needs.

            EXAMPLE:
              dither demo --registry clients/examples/flights/metrics.yaml \\
                --events .build/demo/flights.csv --collector .build/release/dither-collector \\
                --report report.html

            \(DitherCommand.exitStatusHelp)
            """)

    @Option(help: ArgumentHelp("The registry, with the demo's four metrics.", valueName: "file"))
    var registry: String

    @Option(help: ArgumentHelp("The flights.", valueName: "csv"))
    var events: String

    @Option(help: ArgumentHelp("The collector's executable.", valueName: "path"))
    var collector: String

    @Option(help: ArgumentHelp("Also write a page about all estimates.", valueName: "page"))
    var report: String?

    @Option(help: "Connections that the fleet keeps open, 1 to 256.")
    var connections = 64

    func validate() throws {
        guard (1...256).contains(connections) else { throw ValidationError("--connections is in 1 to 256.") }
    }

    func run() throws {
        let now = Int64(Date().timeIntervalSince1970)
        let source = try RegistryLoading.load(registry, expiry: .note)
        let metrics = try DemoMetrics(source.set, registry: registry)
        let flights = try FlightEvents(path: events)
        let folder = try TemporaryFolder()
        let setPath = folder.path(of: "metrics.set"), storePath = folder.path(of: "reports.db")
        try Data(source.set.encoded()).write(to: URL(filePath: setPath))
        let collector = CollectorProcess(executable: collector, metricSetPath: setPath, storePath: storePath)
        try collector.start()
        defer { collector.stop() }

        try say("\(flights.count) flights, each a device of its own with four metrics in one batch.")
        try say("A collector listens on \(collector.url), with an empty store.")
        let crash = MidwayCrash(of: collector, after: flights.count / 2)
        let summary = try send(flights, metrics, in: source.set, to: collector.url, at: now, crash: crash)
        try crash.finish()
        try say("Half-way the collector was killed with -9 and restarted on the same store.")
        try say(
            "\(summary.devices) devices acknowledged in \(fixed(summary.seconds, 1)) s, "
                + "\(fixed(Double(summary.devices) / summary.seconds, 0)) a second; \(summary.retries) posts were retried."
        )
        let judgement = DemoJudgement(flights: flights, metrics: metrics, registry: registry, store: storePath)
        try judgement.run(summary)
        if let report {
            _ = try DemoEstimate.run(["report", "--registry", registry, "--store", storePath, "--output", report])
            let address = URL(filePath: report).absoluteString
            try say("\nThe page about all of it, for any browser: \(address)")
        }
        try say(
            """

            Next:
              \(CommandLine.arguments[0]) registry explain \(registry)
                what one report can tell, in words and numbers
              \(CommandLine.arguments[0]) simulate --help
                the same for a metric of your own, before any device has it
              docs/report-format.md
                what is sent, byte by byte
            """)
    }

    private func send(
        _ flights: FlightEvents, _ metrics: DemoMetrics, in set: MetricSet, to url: String, at moment: Int64,
        crash: MidwayCrash
    ) throws -> FleetSummary {
        var fleet = try Fleet(metricSet: set, collectorURL: url, moment: moment)
        fleet.connections = connections
        let events = try metrics.events(of: flights), count = flights.count
        let bar = Mutex(ProgressLine("reporting"))
        let summary = try fleet.run(
            deviceCount: count, events: events,
            progress: { done in
                crash.heard(done)
                bar.withLock { $0.progress.update(done, of: count) }
            })
        bar.withLock { $0.progress.finish() }
        return summary
    }

    private func say(_ line: String) throws(CommandError) { try StandardStreams.write(line + "\n") }

    private func fixed(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", number) }
}
