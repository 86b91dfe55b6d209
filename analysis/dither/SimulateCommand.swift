internal import ArgumentParser
internal import DecoderCommands
internal import FleetSimulator
internal import Foundation
internal import MetricDefinitions
internal import RegistryCompiler
internal import ReportFormat
internal import SecureRandomness

/// `dither simulate`
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Simulate a fleet of devices whose values you know, and hold the estimates against the truth.",
        discussion: """
            Each row of the values is so many devices that hold a value, each with its own secret; every report
            is made by the agent's own encoding. A row without a value is devices on which nothing happened.
            Reports are estimated at once, without a release gate: one row per value with its truth, the number
            of reports that are about it. For a metric of type number there is one row, the mean, or one for each
            bucket where those are counted.
            With --to every device posts its own batch to a collector instead, and the end says how many were
            acknowledged, how often posts were retried, and how many devices a second came through.

            THE VALUES are a CSV file with a column `value` and, where a row is more than one device, `count`:
              value,count
              JFK,111279
              LGA,104662

            EXAMPLES:
              dither simulate --registry metrics.yaml --metric destination \\
                --values destinations.csv --devices 1000000 --seed 7 --format csv
              dither simulate --registry metrics.yaml --metric destination \\
                --values destinations.csv --to http://127.0.0.1:8080 --connections 64

            EXIT STATUS:
              0  simulated
              1  a file cannot be read, or a collector refused reports
              2  usage, no metric of that name, or no candidates
              4  the registry or the values are refused
              6  the collector cannot be reached
            """)

    @Option(help: ArgumentHelp("The registry: a YAML file, or a compiled set.", valueName: "file"))
    var registry: String

    @Option(help: ArgumentHelp("The metric's name.", valueName: "name"))
    var metric: String

    @Option(
        help: ArgumentHelp("The values, as CSV with the columns `value` and, if you like, `count`.", valueName: "csv"))
    var values: String

    @Option(help: "Draw so many devices from the rows, with replacement. Without it each row counts as it stands.")
    var devices: Int?

    @Option(help: "How many periods each device reports, the last being today; it keeps its value and its secret.")
    var periods = 1

    @Option(help: "Make the simulation reproducible. Not with --to: what a collector gets is never reproducible.")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "For strings: the values to estimate, as for `dither estimate`; without it those of the registry, or of "
                + "the values.", valueName: "file[:column]"))
    var candidates: String?

    @Option(help: ArgumentHelp("Post to the collector here instead of estimating.", valueName: "url"))
    var to: String?

    @Option(help: "With --to: connections kept open, each posting one batch at a time, 1 to 256.")
    var connections = 64

    @Option(help: ArgumentHelp("With --to: a PEM file of the authorities to trust.", valueName: "file"))
    var caFile: String?

    @Option(help: "How the result is written: table (for people), csv or json.")
    var format = OutputFormat.table

    func validate() throws {
        if let devices, !(1...1_000_000_000).contains(devices) {
            throw ValidationError("--devices is in 1 to 1000000000.")
        }
        let longest = to == nil ? MetricDefinition.maximumMemoizedReports : WireLimits.daysBack
        guard (1...longest).contains(periods) else {
            throw ValidationError("--periods is in 1 to \(longest)\(to == nil ? "" : " with --to").")
        }
        guard (1...256).contains(connections) else { throw ValidationError("--connections is in 1 to 256.") }
        if to != nil, seed != nil {
            throw ValidationError("--seed and --to exclude each other: noise that leaves this process is never seeded.")
        }
        if to == nil, caFile != nil { throw ValidationError("--ca-file is for --to.") }
        if to != nil, candidates != nil { throw ValidationError("--candidates is for estimates, and --to makes none.") }
    }

    func run() throws {
        let source = try RegistryLoading.load(registry, expiry: .note)
        guard let definition = source.set.metric(named: metric) else {
            let names = source.set.metrics.map(\.name).joined(separator: ", ")
            throw CommandError(.usage, "the registry has no metric '\(metric)'. It has: \(names)")
        }
        if case .pair = definition.domain, to == nil {
            throw CommandError(
                .usage,
                "\(metric) is a pair, and no share of one value is estimated of it. Write --to URL to post its reports to "
                    + "a collector, and read them with dither associate.")
        }
        guard periods <= definition.periodCap else {
            throw CommandError(
                .usage, "--periods \(periods): a device stops after \(definition.periodCap) periods of \(metric).")
        }
        let simulated = try SimulatedValues(path: values, of: definition)
        var noise: SimulationNoise
        do { noise = try SimulationNoise(seed: seed) } catch {
            throw CommandError(.runtimeFailure, "there is no randomness: \(error)")
        }
        var population = simulated.population
        if let devices { population = population.drawing(devices, using: &noise) }
        if population.clippedCount > 0 {
            StandardStreams.tell(
                "note: \(population.clippedCount) devices are outside the range and count as its nearer end")
        }
        guard population.deviceCount > 0 else {
            throw CommandError(.validationFailed, "\(values): there is no device in it. Give a row a count above zero.")
        }
        if let to {
            let posting = SimulatedPosting(
                definition: definition, in: source.set, periodCount: periods, url: to, certificateFile: caFile,
                connections: connections)
            try posting.run(population, format: format)
            return
        }
        let candidates = try simulated.candidates(option: candidates, of: definition, registry: source)
        let estimation = SimulatedEstimation(definition: definition, periodCount: periods, today: RegistryLoading.today)
        let result = try estimation.run(population, candidates: candidates, noise: &noise)
        try result.write(as: format) { (text) throws(CommandError) in try StandardStreams.write(text) }
    }
}
