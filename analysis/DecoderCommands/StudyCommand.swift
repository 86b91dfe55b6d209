public import ArgumentParser
internal import Foundation
internal import Studies
internal import Synchronization

/// `dither study`: runs experiments again whose outcome was published or follows from a formula.
public struct StudyCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Run published experiments again on this implementation.",
        discussion: """
            Simulates devices with this program's own mechanisms, estimates with its own estimators, and holds the outcome \
            against what was published or what a formula gives. Noise is seeded: the same program gives the same numbers. \
            W1 and W2 need flights, and C1 and C2 take them as a further list: give them with --events. Without names all \
            experiments run that can, in some minutes on two cores. --mechanism prints the error of a histogram of ten bins \
            instead; with --plot as a picture too, and says in a sentence what came out. --accuracy and --poisoning write \
            pages of docs/, in some minutes and in half an hour.

            EXAMPLES:
              dither study --list
              dither study P1 P2
              dither study --events flights.csv --markdown > headlines.md
              dither study --mechanism geometric --n 10000,50000,200000 --eps .5,.1,.05
              dither study --mechanism randomized_response --n 10000,100000 --eps 1,2 \\
                --plot histogram.svg

            EXIT STATUS:
              0  every row is reproduced, or none has a rule
              1  a file cannot be read, or libcrypto lacks an algorithm
              2  usage, or no experiment of that name
              4  a row is not reproduced, a cell not accurate, or the CSV file is refused
            """)

    @Argument(help: "The experiments, such as R1; without any, all.")
    var experiments: [String] = []

    @Flag(help: "List the experiments.")
    var list = false

    @Option(help: ArgumentHelp("The flights of clients/examples/flights, unpacked.", valueName: "csv"))
    var events: String?

    @Option(help: "How the rows are written: table (a paragraph each), csv or json.")
    var format = OutputFormat.table

    @Flag(help: "Write the page docs/headlines.md.")
    var markdown = false

    @Flag(help: "Measure the error and the coverage of every mechanism that counts values; write docs/accuracy.md.")
    var accuracy = false

    @Flag(help: "Let false devices report, and count the alarms; write docs/poisoning-runs.md.")
    var poisoning = false

    @Option(
        help: ArgumentHelp(
            "What makes a histogram noisy: geometric, randomized_response or optimized_unary_encoding.",
            valueName: "name"))
    var mechanism: String?

    @Option(help: ArgumentHelp("Numbers of people, with commas.", valueName: "list"))
    var n: String?

    @Option(help: ArgumentHelp("Epsilons, with commas.", valueName: "list"))
    var eps: String?

    @Option(help: PlotFile.help)
    var plot: String?

    public init() {}

    public func validate() throws {
        guard plot == nil || mechanism != nil || accuracy else {
            throw ValidationError("--plot draws errors against ε: of --mechanism, or of --accuracy. Name one of them.")
        }
        guard (mechanism == nil) == (n == nil), (mechanism == nil) == (eps == nil) else {
            throw ValidationError("--mechanism, --n and --eps go together.")
        }
        guard mechanism == nil || (experiments.isEmpty && !list && !markdown && events == nil) else {
            throw ValidationError("--mechanism prints a histogram's error: leave out experiments and their options.")
        }
        guard !list || (experiments.isEmpty && !markdown && events == nil) else {
            throw ValidationError("--list lists all experiments: leave out names, --markdown and --events.")
        }
        guard !markdown || format == .table else {
            throw ValidationError("--markdown is a format of its own: leave out --format.")
        }
        guard !accuracy || (experiments.isEmpty && !list && !markdown && events == nil && mechanism == nil) else {
            throw ValidationError("--accuracy is a page of its own: leave out all else.")
        }
        guard !accuracy || format == .table else {
            throw ValidationError("--accuracy writes a page in Markdown: leave out --format.")
        }
        guard
            !poisoning
                || (experiments.isEmpty && !list && !markdown && !accuracy && events == nil && mechanism == nil
                    && format == .table)
        else { throw ValidationError("--poisoning is a page of its own: leave out all else.") }
        _ = try chosen()
        if mechanism != nil { _ = try histogram() }
    }

    public func run() throws {
        if mechanism != nil { return try writeHistogram(histogram()) }
        if accuracy { return try writeAccuracy() }
        if poisoning { return try writePoisoning() }
        if list { return try StandardStreams.write(Self.listing.rendered(as: format, schema: .studyList)) }
        let laboratory = Laboratory(flights: try events.map { try FlightData(readingCSV: $0) })
        var rows: [StudyRow] = [], progress = Progress("running experiments")
        let experiments = try chosen()
        for (done, experiment) in experiments.enumerated() {
            progress.update(done, of: experiments.count)
            do { rows += try experiment.rows(in: laboratory) } catch { throw CommandError(error) }
        }
        progress.finish()
        if markdown {
            // Of all threads, and independent of what else the machine does.
            let minutes = Int(Double(clock()) / Double(CLOCKS_PER_SEC) / 60) + 1
            try StandardStreams.write(HeadlinesPage.markdown(of: rows, processorMinutes: minutes))
        } else {
            try StandardStreams.write(
                format == .table ? Self.paragraphs(rows) : Self.table(rows).rendered(as: format, schema: .study))
        }
        let failures = rows.filter { !$0.isReproduced }
        guard failures.isEmpty else {
            let names = failures.map(\.id).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            throw CommandError(
                .validationFailed,
                "\(failures.count) of \(rows.count) rows are not reproduced: \(names.joined(separator: ", ")). The verdict "
                    + "of each says why.")
        }
    }

    private func writeAccuracy() throws {
        let progress = Mutex(Progress("measuring mechanisms")), results: [AccuracyResult]
        do {
            results = try AccuracyTable.measure { done, total in progress.withLock { $0.update(done, of: total) } }
        } catch {
            throw CommandError(.runtimeFailure, "\(error). Does libcrypto offer HMAC and SHA256 here?")
        }
        progress.withLock { $0.finish() }
        let page = AccuracyPage(results)
        if let plot { try PlotFile(plot).write(AccuracyPicture(results: results).svg) }
        try StandardStreams.write(page.markdown)
        guard page.missedCount == 0 else {
            throw CommandError(
                .validationFailed,
                "\(page.missedCount) of \(results.count) cells are not where they have to be: see the page")
        }
    }

    private func writePoisoning() throws {
        let progress = Mutex(Progress("running attacks")), results: [PoisoningResult]
        do {
            results = try PoisoningPage.measure { done, total in progress.withLock { $0.update(done, of: total) } }
        } catch {
            throw CommandError(.runtimeFailure, "\(error). Does libcrypto offer HMAC, MD5 and SHA256 here?")
        }
        progress.withLock { $0.finish() }
        try StandardStreams.write(PoisoningPage.markdown(of: results))
    }

    /// The experiments that were asked for; without names those that can run.
    private func chosen() throws -> [Experiment] {
        guard !experiments.isEmpty else {
            let all = Experiment.all.filter { events != nil || !$0.needsFlights }
            return mechanism == nil && !list ? all : []
        }
        return try experiments.map { name in
            guard let experiment = Experiment.all.first(where: { $0.id == name.uppercased() }) else {
                let names = Experiment.all.map(\.id).joined(separator: ", ")
                throw ValidationError("There is no experiment '\(name)'. There are: \(names).")
            }
            guard !experiment.needsFlights || events != nil else {
                throw ValidationError("\(experiment.id) runs on flights: give them with --events.")
            }
            return experiment
        }
    }
}

extension StudyCommand {
    private static var listing: Table {
        var table = Table(columns: ["id", "flights", "what"])
        for experiment in Experiment.all {
            table.append([
                .text(experiment.id), .text(experiment.needsFlights ? "needed" : "-"), .text(experiment.title),
            ])
        }
        return table
    }

    private static func table(_ rows: [StudyRow]) -> Table {
        var table = Table(columns: ["id", "what", "published", "ours", "rule", "reproduced", "verdict"])
        for row in rows {
            table.append([
                .text(row.id), .text(row.what), .text(row.published), .text(row.ours), .text(row.rule),
                .boolean(row.isReproduced), .text(row.verdictText),
            ])
        }
        return table
    }

    private static func paragraphs(_ rows: [StudyRow]) -> String {
        rows.map { row in
            """
            \(row.id)  \(row.verdictText)
              what       \(row.what)
              published  \(row.published)
              ours       \(row.ours)
              rule       \(row.rule)

            """
        }.joined(separator: "\n")
    }

    private struct Histogram {
        let mechanism: HistogramMechanism, people: [Int], epsilons: [Double]
    }

    private static let histogramRuns = 20_000

    private func histogram() throws -> Histogram {
        guard let mechanism = HistogramMechanism(rawValue: mechanism ?? "") else {
            let names = HistogramMechanism.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--mechanism is one of: \(names).")
        }
        func numbers<Number>(_ list: String?, _ number: (String) -> Number?, _ remedy: String) throws -> [Number] {
            try (list ?? "").split(separator: ",", omittingEmptySubsequences: false).map { text in
                guard let number = number(String(text)) else { throw ValidationError("'\(text)': \(remedy)") }
                return number
            }
        }
        let people = try numbers(
            n, { Int($0).flatMap { (1...1_000_000_000).contains($0) ? $0 : nil } },
            "--n takes whole numbers of 1 to 1,000,000,000.")
        let epsilons = try numbers(
            eps, { Double($0).flatMap(Self.validEpsilon) },
            "--eps takes numbers of 0.001 to 16 with at most three decimals.")
        return Histogram(mechanism: mechanism, people: people, epsilons: epsilons)
    }

    private static func validEpsilon(_ epsilon: Double) -> Double? {
        guard (0.001...16).contains(epsilon) else { return nil }
        return abs((1000 * epsilon).rounded() - 1000 * epsilon) < 1e-9 ? epsilon : nil
    }

    private func writeHistogram(_ histogram: Histogram) throws {
        let picture = HistogramPicture(
            mechanism: histogram.mechanism, cells: try cells(histogram), runCount: Self.histogramRuns)
        let table = Self.table(picture.cells).rendered(as: format, schema: .studyHistogram)
        guard let plot else { return try StandardStreams.write(table) }
        try PlotFile(plot).write(picture.svg)
        try StandardStreams.write(format == .table ? picture.sentence + "\n\n" + table : table)
    }

    private func cells(_ histogram: Histogram) throws -> [HistogramPicture.Cell] {
        try histogram.people.flatMap { people in
            try histogram.epsilons.map { epsilon in
                HistogramPicture.Cell(
                    people: people, epsilon: epsilon,
                    measured: try HistogramCell(
                        mechanism: histogram.mechanism, people: people, epsilon: epsilon, runs: Self.histogramRuns))
            }
        }
    }

    private static func table(_ cells: [HistogramPicture.Cell]) -> Table {
        var table = Table(columns: ["n", "epsilon", "mean_percent", "low_percent", "high_percent", "formula_percent"])
        for cell in cells {
            let measured = cell.measured
            let numbers = [measured.mean, measured.band.lowerBound, measured.band.upperBound, measured.formula]
            table.append(
                [.integer(cell.people), .significant(cell.epsilon, digits: 5)]
                    + numbers.map { .significant($0, digits: 4) })
        }
        return table
    }
}

extension CommandError {
    fileprivate init(_ error: StudyError) {
        switch error {
        case .flightsMissing(let experiment):
            self.init(.usage, "\(experiment) runs on flights. Give them with --events.")
        case .refused(let experiment, let reason):
            self.init(.runtimeFailure, "\(experiment): \(reason). Does libcrypto offer MD5 and SHA256 here?")
        }
    }
}
