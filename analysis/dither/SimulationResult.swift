internal import DecoderCommands
internal import Estimation
internal import Foundation
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// Estimates beside the truth.
struct SimulationResult {
    let definition: MetricDefinition
    let deviceCount: Int
    let periodCount: Int
    let reportCount: Int
    private var table = Table(columns: SimulatedEstimation.columns)
    /// The same rows with values of their own type, as JSON has them.
    private var typedValues: [Cell] = []

    init(definition: MetricDefinition, deviceCount: Int, periodCount: Int, reportCount: Int) {
        (self.definition, self.deviceCount) = (definition, deviceCount)
        (self.periodCount, self.reportCount) = (periodCount, reportCount)
    }

    /// The row of a value: estimates are counts of reports.
    mutating func append(_ candidate: Candidate, truth: Int, _ estimate: FrequencyEstimate) {
        let total = Double(reportCount)
        typedValues.append(typed(candidate))
        table.append([
            .text(candidate.name), .integer(truth), .decimal(estimate.count, digits: 3),
            .decimal(estimate.standardError, digits: 3),
            .decimal(estimate.interval.lowerBound * total, digits: 3),
            .decimal(estimate.interval.upperBound * total, digits: 3),
            .digits(String(format: "%.6g", estimate.pValue)), .boolean(estimate.isDetected),
        ])
    }

    /// The row of the mean: nothing is detected in it.
    mutating func append(mean: MeanEstimate, truth: Double) {
        typedValues.append(.text("mean"))
        table.append([
            .text("mean"), .decimal(truth, digits: 6), .decimal(mean.mean, digits: 6),
            .decimal(mean.standardError, digits: 6), .decimal(mean.interval.lowerBound, digits: 6),
            .decimal(mean.interval.upperBound, digits: 6), .null, .null,
        ])
    }

    func rendered(as format: OutputFormat) -> String {
        switch format {
        case .csv: return table.rendered(as: .csv)
        case .table:
            let heading =
                "\(definition.name), version \(definition.version): \(deviceCount) simulated devices, "
                + "\(reportCount) reports over \(periodCount) \(periodCount == 1 ? "period" : "periods"); 95 % intervals"
            return heading + "\n\n" + table.rendered(as: .table)
        case .json:
            let rows = zip(typedValues, table.rows).map { value, row in
                JSONOutput.object(zip(table.columns, [value] + row.dropFirst()).map { ($0, .cell($1)) })
            }
            return JSONOutput.object([
                ("metric", .cell(.text(definition.name))), ("version", .cell(.integer(Int(definition.version)))),
                ("fingerprint", .cell(.text(definition.fingerprint.description))),
                ("devices", .cell(.integer(deviceCount))), ("periods", .cell(.integer(periodCount))),
                ("reports", .cell(.integer(reportCount))), ("rows", .array(rows)),
            ]).rendered + "\n"
        }
    }

    private func typed(_ candidate: Candidate) -> Cell {
        switch (definition.domain, candidate.input) {
        case (_, .absent): .null
        case (.boolean, .item(let item)): .boolean(item == 1)
        default: .text(candidate.name)
        }
    }
}
