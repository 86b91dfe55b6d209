internal import Studies

/// The results of a regression test as text, CSV or JSON.
struct RegressionOutput {
    private let results: [RegressionResult]
    private let verdicts: RegressionVerdicts

    init(_ results: [RegressionResult], _ verdicts: RegressionVerdicts) {
        (self.results, self.verdicts) = (results, verdicts)
    }

    func rendered(as format: OutputFormat) -> String {
        switch format {
        case .table:
            table.rendered(as: .table) + "\n" + verdicts.all.map { Self.line($0) + "\n" }.joined()
        case .csv: table.rendered(as: .csv)
        case .json:
            JSONOutput.document(.rapporRegtest, [("families", table.json), ("verdicts", verdictTable.json)]).rendered
                + "\n"
        }
    }

    /// A verdict as a sentence.
    static func line(_ verdict: RegressionVerdict) -> String {
        "\(verdict.outcome.rawValue): \(verdict.rule): \(verdict.found)"
    }

    private static let columns = [
        "family", "correction", "runs", "detected", "false_positives", "false_share", "missed", "total_variation",
        "coverage", "intervals", "misfit_share", "insufficient_share", "cpu_seconds",
    ]

    private static let comparedColumns = [
        "compared_runs", "reference_detected", "reference_false", "reference_total_variation", "best_baseline",
        "best_baseline_total_variation",
    ]

    private var table: Table {
        let isCompared = results.contains { $0.comparison != nil }
        var table = Table(columns: Self.columns + (isCompared ? Self.comparedColumns : []))
        for result in results { table.append(cells(of: result) + (isCompared ? comparedCells(of: result) : [])) }
        return table
    }

    private func cells(of result: RegressionResult) -> [Cell] {
        [
            .text(result.family.name), .text(result.correction.rawValue), .integer(result.runCount),
            .decimal(result.detected, digits: 2), .decimal(result.falsePositives, digits: 3),
            .decimal(result.falseShare, digits: 4), .decimal(result.missed, digits: 2),
            .decimal(result.totalVariation, digits: 4), result.coverage.map { .decimal($0, digits: 4) } ?? .null,
            .integer(result.intervalCount), .decimal(result.misfitShare, digits: 3),
            .decimal(result.insufficientShare, digits: 3), .decimal(result.processorSeconds, digits: 4),
        ]
    }

    private func comparedCells(of result: RegressionResult) -> [Cell] {
        guard let comparison = result.comparison else { return Self.comparedColumns.map { _ in .null } }
        return [
            .integer(comparison.runCount), .decimal(comparison.referenceDetected, digits: 2),
            .decimal(comparison.referenceFalse, digits: 2), .decimal(comparison.referenceTotalVariation, digits: 4),
            comparison.best.map { .text($0.baseline.rawValue) } ?? .null,
            comparison.best.map { .decimal($0.totalVariation, digits: 4) } ?? .null,
        ]
    }

    private var verdictTable: Table {
        var table = Table(columns: ["rule", "verdict", "found"])
        for verdict in verdicts.all {
            table.append([.text(verdict.rule), .text(verdict.outcome.rawValue), .text(verdict.found)])
        }
        return table
    }
}
