public import ArgumentParser
internal import Foundation
internal import Studies
internal import Synchronization

/// `dither rappor regtest`: runs the decoder on many simulated populations, beside other decoders.
public struct RapporRegtestCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "regtest",
        abstract: "Test the decoder of RAPPOR reports on simulated families.",
        discussion: """
            A family is a population, RAPPOR's parameters and a dictionary, such as demo_zipf1_1M: google/rappor's demo \
            with a million reports of values that follow Zipf's law. Each run draws filters and counts anew, without a \
            single report, decodes them and holds the outcome against the truth. Noise is seeded by the family's name and \
            the run: equal programs give equal numbers but for the times.

            One row per family and correction: family, correction, runs, then means of a run: detected, \
            false_positives, false_share (of what is detected), missed, total_variation; then coverage of how many \
            intervals, misfit_share, insufficient_share (runs with too few reports to list anything) and cpu_seconds of a decode. With --baselines also what our emulation of \
            google/rappor's rule finds, and the least total variation of five baselines, in as many runs as \
            compared_runs says. Last, what is asked of the decoder, and whether it holds for what was run.

            EXAMPLES:
              dither rappor regtest --list
              dither rappor regtest --family demo_zipf1_1M --family typ_exp_1M
              dither rappor regtest --seeds 80 --baselines --format csv > families.csv
              dither rappor regtest --heavy --seeds 80 --baselines --update docs/rappor.md

            EXIT STATUS:
              0  nothing that is asked fails, as far as it can be judged
              1  a file cannot be read or written
              2  usage, or no family of that name
              4  something that is asked of the decoder fails: see the verdicts
            """)

    @Option(help: "A family to run, given once for each; without it, all but the heavy ones.")
    var family: [String] = []

    @Flag(help: "Run the heavy families as well, of 8,616 and of 100,000 candidates.")
    var heavy = false

    @Option(help: "How many runs of each family, 1 to 10,000.")
    var seeds = 20

    @Option(
        help: ArgumentHelp(
            "Call detected by bonferroni, or by fdr (at most 5 % of what is detected is false); without it, by each.",
            valueName: "correction"))
    var correction: RegressionCorrection?

    @Flag(help: "Run google/rappor's rule and five other decoders as well.")
    var baselines = false

    @Flag(help: "List the families.")
    var list = false

    @Option(help: "How the rows are written: table (for people), csv or json.")
    var format = OutputFormat.table

    @Option(
        help: ArgumentHelp(
            "Write the section on families of this page in Markdown instead, which keeps all other sections.",
            valueName: "file"))
    var update: String?

    public init() {}

    public func validate() throws {
        guard (1...10_000).contains(seeds) else {
            throw ValidationError("--seeds \(seeds): is not between 1 and 10000. Leave it out for 20")
        }
        guard !list || (update == nil && !baselines) else {
            throw ValidationError("--list lists families without running them: leave out --update and --baselines")
        }
        guard update == nil || format == .table else {
            throw ValidationError("--update writes Markdown: leave out --format")
        }
        _ = try chosen()
    }

    public func run() throws {
        let families = try chosen()
        if list {
            return try StandardStreams.write(Self.listing(of: families).rendered(as: format, schema: .rapporFamilies))
        }
        // Before minutes of work, not after.
        let page = try update.map { try Self.text(of: $0) }
        let results = try results(of: families)
        let verdicts = RegressionVerdicts(results)
        if let update, let page {
            try Self.write(RegressionPage(results, verdicts).replacingSection(of: page), to: update)
        } else {
            try StandardStreams.write(RegressionOutput(results, verdicts).rendered(as: format))
            if format == .csv { for verdict in verdicts.all { StandardStreams.tell(RegressionOutput.line(verdict)) } }
        }
        let failures = verdicts.failures
        guard failures.isEmpty else {
            let rules = failures.map { "\($0.rule): \($0.found)" }.joined(separator: "; ")
            throw CommandError(
                .validationFailed,
                "\(failures.count) of \(verdicts.all.count) rules \(failures.count == 1 ? "fails" : "fail"): \(rules)")
        }
    }

    private func results(of families: [RegressionFamily]) throws(CommandError) -> [RegressionResult] {
        let test = RegressionTest(
            runCount: seeds, corrections: correction.map { [$0] } ?? RegressionCorrection.allCases,
            hasComparison: baselines)
        let total = families.reduce(0) { $0 + test.runCount(of: $1) }
        let progress = Mutex(Progress("decoding runs")), done = Mutex(0)
        var results: [RegressionResult] = []
        for family in families {
            do {
                results += try test.results(of: family) {
                    let count = done.withLock { done in
                        done += 1
                        return done
                    }
                    progress.withLock { $0.update(count, of: total) }
                }
            } catch {
                throw CommandError(.runtimeFailure, "\(family.name): \(error)")
            }
        }
        progress.withLock { $0.finish() }
        return results
    }

    private func chosen() throws -> [RegressionFamily] {
        guard !family.isEmpty else { return RegressionFamily.all.filter { heavy || list || !$0.isHeavy } }
        var chosen: [RegressionFamily] = []
        for name in family {
            guard let family = RegressionFamily.all.first(where: { $0.name == name }) else {
                throw ValidationError("There is no family '\(name)'. --list shows all")
            }
            guard !chosen.contains(family) else { throw ValidationError("--family \(name) is there twice") }
            chosen.append(family)
        }
        guard heavy else { return chosen }
        return chosen + RegressionFamily.heavy.filter { !chosen.contains($0) }
    }

    private static func listing(of families: [RegressionFamily]) -> Table {
        var table = Table(columns: [
            "family", "k", "h", "m", "p", "q", "f", "reports", "values", "candidates", "heavy",
        ])
        for family in families {
            let noise = [family.noise.clear, family.noise.set, family.noise.flip]
            table.append(
                [.text(family.name), .integer(family.bitCount), .integer(family.hashCount)]
                    + [.integer(family.cohortCount)] + noise.map { .significant($0, digits: 3) }
                    + [.integer(family.reportCount), .integer(family.valueCount), .integer(family.candidateCount)]
                    + [.boolean(family.isHeavy)])
        }
        return table
    }

    private static func text(of path: String) throws(CommandError) -> String {
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw CommandError(.runtimeFailure, "\(path): is not there, not readable or not UTF-8. Make it first")
        }
    }

    private static func write(_ text: String, to path: String) throws(CommandError) {
        do { try text.write(toFile: path, atomically: true, encoding: .utf8) } catch {
            throw CommandError(.runtimeFailure, "\(path): cannot be written. Is there space left?")
        }
    }
}

extension RegressionCorrection: ExpressibleByArgument {}
