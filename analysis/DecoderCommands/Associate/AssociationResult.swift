internal import Estimation
internal import Foundation

/// What reports say of two variables together.
struct AssociationResult: Sendable {
    static let columns = [
        "value1", "value2", "frequency", "standard_error", "frequency_low", "frequency_high",
    ]

    /// Below this, variables are said to depend on each other.
    private static let significance = 0.05

    /// Where the reports come from.
    let source: String
    let variables: (first: AssociationLabels, second: AssociationLabels)
    let estimate: AssociationEstimate
    let confidence: ConfidenceLevel
    /// What was left out, as sentences.
    let variableNotes: [String]

    init(
        source: String, variables: (AssociationLabels, AssociationLabels), estimate: AssociationEstimate,
        confidence: ConfidenceLevel, variableNotes: [String]
    ) {
        (self.source, self.variables, self.estimate) = (source, variables, estimate)
        (self.confidence, self.variableNotes) = (confidence, variableNotes)
    }

    /// Writes the result to standard output, and notes that have no place there to standard error.
    func write(as format: RapporFormat) throws(CommandError) {
        switch format {
        case .table, .google: try StandardStreams.write(page)
        case .csv:
            try rows(for: .spreadsheets).writeCSV { (block) throws(CommandError) in try StandardStreams.write(block) }
            for note in notes { StandardStreams.tell("note: \(note)") }
        case .json:
            try json.write { (block) throws(CommandError) in try StandardStreams.write(block) }
            try StandardStreams.write("\n")
        }
    }

    /// One row for each pair of values.
    func rows(for reader: EstimateRows.Reader) -> RowList {
        RowList(columns: Self.columns, count: estimate.shares.count) { [estimate, variables] row in
            let (first, second) = row.quotientAndRemainder(dividingBy: estimate.secondCount)
            return [
                Self.name(variables.first[first], for: reader), Self.name(variables.second[second], for: reader),
            ] + Self.cells(of: estimate.shares[row], reportCount: estimate.reportCount, for: reader)
        }
    }

    /// What a reader has to know, in sentences.
    var notes: [String] {
        let test = estimate.independence
        var notes = variableNotes
        if test.degreesOfFreedom > 0 {
            let figures =
                "chi-square \(printed(test.statistic, "%.*g", digits: 4)) with \(test.degreesOfFreedom) degrees of freedom, "
                + "p = \(printed(test.pValue, "%.*g", digits: 3))"
            notes.append(
                test.pValue < Self.significance
                    ? "\(variables.first.name) and \(variables.second.name) depend on each other: \(figures)."
                    : "No dependence of \(variables.first.name) and \(variables.second.name) shows: \(figures).")
        }
        if [variables.first, variables.second].contains(where: \.hasOther) {
            notes.append("\(AssociationLabels.other) stands for all strings that are not listed.")
        }
        if !estimate.isConverged {
            notes.append(
                "The fit has not converged in \(estimate.stepCount) steps: the likelihood may be e^"
                    + "\(printed(estimate.likelihoodGap, "%.*g", digits: 3)) times as high. Look for fewer candidates.")
        }
        if !estimate.hasErrors {
            notes.append(
                estimate.shares.count > AssociationEstimate.informationCellLimit
                    ? "No errors are computed of more than \(AssociationEstimate.informationCellLimit) pairs of values. Look for "
                        + "fewer candidates."
                    : "The reports cannot tell some pairs of values apart, so that no errors are known. Look for fewer "
                        + "candidates, or collect more reports.")
        }
        return notes
    }

    private static func name(_ label: String, for reader: EstimateRows.Reader) -> Cell {
        .text(label.isEmpty && reader == .people ? "\"\"" : label)
    }

    private static func cells(
        of share: AssociationEstimate.Share, reportCount: Int, for reader: EstimateRows.Reader
    ) -> [Cell] {
        let digits = FrequencyDigits(reportCount: reportCount, for: reader).frequency
        let isKnown = share.standardError.isFinite
        return [
            .decimal(share.frequency, digits: digits), .decimal(share.standardError, digits: digits),
            isKnown ? .decimal(share.interval.lowerBound, digits: digits) : .null,
            isKnown ? .decimal(share.interval.upperBound, digits: digits) : .null,
        ]
    }

    /// The rows for people: the most frequent first where there are too many.
    private var page: String {
        let rows = rows(for: .people), limit = EstimateRows.shownLimit
        var shown = Array(estimate.shares.indices)
        if shown.count > limit {
            let frequencies = estimate.shares.map(\.frequency)
            shown = Array(
                shown.sorted { frequencies[$0] == frequencies[$1] ? $0 < $1 : frequencies[$0] > frequencies[$1] }
                    .prefix(limit))
        }
        var lines = [
            "\(source): value1 is \(variables.first.name), value2 is \(variables.second.name); \(estimate.reportCount) reports; "
                + "\(String(format: "%.6g", confidence.probability * 100)) % intervals", "",
            rows.table(of: shown).rendered(as: .table),
        ]
        if rows.count > shown.count {
            lines += [
                "\(shown.count) of \(rows.count) pairs are shown, the most frequent first. For all of them: --format csv",
                "",
            ]
        }
        return (lines + notes.map { "- " + $0 }).joined(separator: "\n") + "\n"
    }
}

extension AssociationResult {
    /// All that is known, by key.
    var json: JSONOutput {
        func number(_ value: Double, _ digits: Int = 6) -> JSONOutput { .cell(.significant(value, digits: digits)) }
        let test = estimate.independence
        return .document(
            .associate,
            [
                ("reports", .cell(.integer(estimate.reportCount))), ("confidence", number(confidence.probability, 15)),
                ("first", variable(variables.first, estimate.firstMarginal)),
                ("second", variable(variables.second, estimate.secondMarginal)),
                (
                    "independence",
                    .object([
                        ("statistic", number(test.statistic)),
                        ("degrees_of_freedom", .cell(.integer(test.degreesOfFreedom))),
                        ("p_value", number(test.pValue)),
                    ])
                ),
                ("converged", .cell(.boolean(estimate.isConverged))),
                ("likelihood_gap", number(estimate.likelihoodGap)), ("steps", .cell(.integer(estimate.stepCount))),
                ("rows", rows(for: .programs).json), ("notes", .array(notes.map { .cell(.text($0)) })),
            ])
    }

    private func variable(_ labels: AssociationLabels, _ shares: [AssociationEstimate.Share]) -> JSONOutput {
        let columns = ["value"] + Self.columns.dropFirst(2)
        let values = shares.enumerated().map { value, share in
            let cells =
                [.text(labels[value])] + Self.cells(of: share, reportCount: estimate.reportCount, for: .programs)
            return JSONOutput.object(
                zip(columns, cells).map { ($0, .cell($1)) } + [("other", .cell(.boolean(value >= labels.values.count)))]
            )
        }
        return .object([
            ("name", .cell(.text(labels.name))), ("type", .cell(.text(labels.isTruth ? "boolean" : "string"))),
            ("values", .array(values)),
        ])
    }

    /// Writes google/rappor's assoc-results.csv and assoc-metrics.json, each as a whole.
    ///
    /// - Throws: ``CommandError`` of status 1.
    func writeGoogleFiles(to folder: String, elapsed: Duration, fitting: Duration) throws(CommandError) {
        let metrics = metricsFile(elapsed: elapsed, fitting: fitting)
        try GoogleFiles.write([("assoc-results.csv", resultsFile), ("assoc-metrics.json", metrics)], to: folder)
    }

    /// As R's write.csv writes it: the second variable, the first, their share; strings between quotation marks, truth
    /// values and numbers plain.
    var resultsFile: String {
        func quoted(_ text: String) -> String { "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\"" }
        func cell(_ labels: AssociationLabels, _ value: Int) -> String {
            guard value < labels.values.count else { return quoted("Other") }
            let label = labels.values[value]
            return labels.isTruth ? label : quoted(label.isEmpty ? "Empty" : label)
        }
        var text =
            [variables.second.name, variables.first.name, "proportion"].map(quoted).joined(separator: ",") + "\n"
        for first in 0..<estimate.firstCount {
            for second in 0..<estimate.secondCount {
                let share = printed(estimate[first, second].frequency, "%.*g", digits: 15)
                text += "\(cell(variables.second, second)),\(cell(variables.first, first)),\(share)\n"
            }
        }
        return text
    }

    /// The summary, with google/rappor's keys. All reports are used, so that the sample is all of them.
    func metricsFile(elapsed: Duration, fitting: Duration) -> String {
        func seconds(_ time: Duration) -> JSONOutput {
            .cell(.decimal(Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18, digits: 3))
        }
        return JSONOutput.object([
            ("num_reports", .cell(.integer(estimate.reportCount))),
            ("reports_sample_size", .cell(.integer(estimate.reportCount))),
            (
                "estimate_dimensions",
                .array([.cell(.integer(estimate.secondCount)), .cell(.integer(estimate.firstCount))])
            ),
            ("sum_estimates", .cell(.decimal(estimate.shares.reduce(0) { $0 + $1.frequency }, digits: 6))),
            ("total_elapsed_time", seconds(elapsed)), ("em_elapsed_time", seconds(fitting)),
            ("num_em_iters", .cell(.integer(estimate.stepCount))),
        ]).rendered + "\n"
    }
}
