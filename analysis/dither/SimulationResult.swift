internal import DecoderCommands
internal import Estimation
internal import Foundation
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// Estimates beside the truth.
struct SimulationResult: Sendable {
    /// What was estimated.
    enum Figures: Sendable {
        /// For each candidate, or bucket of a range, the reports that are truly about it, and their estimated number.
        case frequencies([(candidate: Candidate, truth: Int, estimate: FrequencyEstimate)])
        /// The mean, in the units of the range.
        case mean(truth: Double, estimate: MeanEstimate)
    }

    private static let columns = [
        "value", "truth", "estimate", "standard_error", "low", "high", "p_value", "detected",
    ]
    /// How many rows a table for people has.
    private static let shownLimit = 50

    let definition: MetricDefinition
    let deviceCount: Int
    let periodCount: Int
    let reportCount: Int
    let figures: Figures

    /// Writes the result in blocks.
    func write<Failure: Error>(as format: OutputFormat, to sink: (String) throws(Failure) -> Void) throws(Failure) {
        switch format {
        case .csv: try rows(typed: false).writeCSV(to: sink)
        case .json:
            try JSONOutput.document(
                .simulate,
                [
                    ("metric", .cell(.text(definition.name))), ("version", .cell(.integer(Int(definition.version)))),
                    ("fingerprint", .cell(.text(definition.fingerprint.description))),
                    ("devices", .cell(.integer(deviceCount))), ("periods", .cell(.integer(periodCount))),
                    ("reports", .cell(.integer(reportCount))), ("rows", rows(typed: true).json),
                ]
            ).write(to: sink)
            try sink("\n")
        case .table: try sink(page)
        }
    }

    private var page: String {
        let rows = rows(typed: false)
        var lines = [
            "\(definition.name), version \(definition.version): \(deviceCount) simulated devices, \(reportCount) reports "
                + "over \(periodCount) \(periodCount == 1 ? "period" : "periods"); 95 % intervals", "",
            rows.table(of: shown).rendered(as: .table),
        ]
        if rows.count > Self.shownLimit {
            lines.append(
                "\(Self.shownLimit) of \(rows.count) values are shown, the most frequent first. For all of them: "
                    + "--format csv\n")
        }
        return lines.joined(separator: "\n")
    }

    /// All rows of a short list; of a long one those that truly are the most frequent.
    private var shown: [Int] {
        guard case .frequencies(let rows) = figures else { return [0] }
        guard rows.count > Self.shownLimit else { return Array(rows.indices) }
        let sorted = rows.indices.sorted { (rows[$0].truth, $1) > (rows[$1].truth, $0) }
        return Array(sorted.prefix(Self.shownLimit))
    }

    /// The rows, with values of their own type where the format knows types.
    private func rows(typed: Bool) -> RowList {
        switch figures {
        case .mean(let truth, let mean):
            let numbers = [
                truth, mean.mean, mean.standardError, mean.interval.lowerBound, mean.interval.upperBound,
            ]
            let cells = [.text("mean")] + numbers.map { Cell.significant($0, digits: 10) } + [.null, .null]
            return RowList(columns: Self.columns, count: 1) { _ in cells }
        case .frequencies(let rows):
            let total = Double(reportCount), isBoolean = definition.domain == .boolean
            return RowList(columns: Self.columns, count: rows.count) { index in
                let (candidate, truth, estimate) = rows[index]
                return [
                    typed ? candidate.typedCell(isBoolean: isBoolean) : .text(candidate.name), .integer(truth),
                    .decimal(estimate.count, digits: 3), .decimal(estimate.standardError, digits: 3),
                    .decimal(estimate.interval.lowerBound * total, digits: 3),
                    .decimal(estimate.interval.upperBound * total, digits: 3),
                    .significant(estimate.pValue, digits: 6), .boolean(estimate.isDetected),
                ]
            }
        }
    }
}

extension Candidate {
    /// A text, a truth value, or no event, which is null.
    fileprivate func typedCell(isBoolean: Bool) -> Cell {
        switch input {
        case .absent: .null
        case .item(let item) where isBoolean: .boolean(item == 1)
        default: .text(name)
        }
    }
}
