internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// One figure with its interval, as a row of a long table.
struct ExportRow {
    /// What the figure is.
    enum Kind: String, CaseIterable {
        /// The share of the reports that are about a value.
        case frequency
        /// The share of the numbers that lie in a bucket.
        case bucket
        /// The number below which a part of all lies.
        case quantile
        case mean
    }

    let group: ExportedGroup
    let kind: Kind
    let value: ExportedValue
    /// Of a quantile the part that lies below, within 0 and 1.
    var level = Cell.null
    /// The ends of a bucket.
    var ends = (low: Cell.null, high: Cell.null)
    let estimate: Cell
    let low: Cell
    let high: Cell
    let standardError: Cell
    var pValue = Cell.null
    var isDetected = Cell.null

    /// - Parameter figures: the estimate, the ends of its interval, and its standard error. What has no interval is no
    ///   estimate.
    init(
        _ kind: Kind, of value: ExportedValue, in group: ExportedGroup,
        figures: (estimate: Cell, low: Cell, high: Cell, error: Cell)
    ) {
        (self.kind, self.value, self.group) = (kind, value, group)
        let hasInterval = figures.low != .null && figures.high != .null
        estimate = hasInterval ? figures.estimate : .null
        (low, high, standardError) = (figures.low, figures.high, figures.error)
    }

    static let columns = [
        "metric", "version", "mechanism", "epsilon", "first_day", "last_day", "kind", "value", "level", "bucket_low",
        "bucket_high", "reports", "estimate", "low", "high", "standard_error", "p_value", "detected", "alarm",
        "confidence",
    ]

    func cells(for reader: EstimateRows.Reader) -> [Cell] {
        let alarm = group.estimates.screen.map { Cell.boolean($0.isAlarm) } ?? .null
        return Self.head(of: group.definition, days: (group.group.from, group.group.to)) + [
            .text(kind.rawValue), value.cell(for: reader), level, ends.low, ends.high,
            .integer(group.estimates.reportCount), estimate, low, high, standardError, pValue, isDetected, alarm,
            .digits(String(format: "%.15g", group.confidence.probability)),
        ]
    }

    /// A row without figures, and with a reason in a column more.
    static func cells(_ omission: ExportOmission, of definition: MetricDefinition) -> [Cell] {
        let head = head(of: definition, days: omission.day.map { ($0, $0) }) + [.text(omission.kind.rawValue)]
        return head + Array(repeating: .null, count: columns.count - head.count) + [.text(omission.reason)]
    }

    private static func head(of definition: MetricDefinition, days: (UTCDay, UTCDay)?) -> [Cell] {
        [
            .text(definition.name), .integer(Int(definition.version)),
            .text(type(of: definition.mechanism).identifier),
            .thousandths(definition.mechanism.epsilon.thousandths),
            days.map { .text($0.0.description) } ?? .null, days.map { .text($0.1.description) } ?? .null,
        ]
    }
}

/// What a row is about.
enum ExportedValue {
    /// A value of the metric's domain, or no event.
    case input(MechanismInput, domain: MetricDomain)
    /// What the row is called where it is about no value, such as `mean`.
    case name(String)

    func cell(for reader: EstimateRows.Reader) -> Cell {
        switch self {
        case .input(let input, let domain): EstimateRows.name(of: input, in: domain, for: reader)
        case .name(let name): .text(name)
        }
    }

    var isAbsence: Bool {
        guard case .input(.absent, _) = self else { return false }
        return true
    }
}

/// The released estimates of a group of periods, as rows.
struct ExportedGroup {
    let definition: MetricDefinition
    let values: [MechanismInput]
    let group: EstimateGroup
    let estimates: ReleasedEstimates
    let confidence: ConfidenceLevel

    /// All rows: values or buckets first, then quantiles, then the mean.
    var count: Int { Self.count(of: estimates.figures) }

    static func count(of figures: EstimatedFigures) -> Int {
        switch figures {
        case .frequencies(let estimates): estimates.count
        case .mean: 1
        case .numbers(let figures):
            figures.histogram.count + (figures.distribution.map { $0.quantiles.count + 1 } ?? 0)
        }
    }

    func row(at row: Int) -> ExportRow {
        switch estimates.figures {
        case .frequencies(let estimates):
            return share(estimates[row], .frequency, of: .input(values[row], domain: definition.domain))
        case .mean(let mean): return self.mean(mean)
        case .numbers(let figures):
            let count = figures.histogram.count
            guard row >= count else { return bucket(row, of: figures) }
            guard let distribution = figures.distribution else {
                preconditionFailure("buckets alone have no rows behind them")
            }
            guard row - count < distribution.quantiles.count else { return mean(distribution.mean) }
            return quantile(
                distribution.quantiles[row - count],
                bucketWidth: (figures.range.high - figures.range.low) / Double(count))
        }
    }

    private func bucket(_ bucket: Int, of figures: NumberFigures) -> ExportRow {
        let count = figures.histogram.count
        func end(_ index: Int) -> Cell {
            .significant(
                NumberFigures.end(index, of: count, in: figures.range),
                digits: NumberFigures.digitCount(of: count, in: figures.range))
        }
        var row = share(
            figures.histogram[bucket], .bucket, of: .name(NumberFigures.label(bucket, of: count, in: figures.range)))
        row.ends = (end(bucket), end(bucket + 1))
        return row
    }

    /// With as many digits as `dither estimate` gives a frequency.
    private func share(_ estimate: FrequencyEstimate, _ kind: ExportRow.Kind, of value: ExportedValue) -> ExportRow {
        let digits = FrequencyDigits(reportCount: estimates.reportCount, for: .programs)
        let cells = digits.cells(of: estimate)
        let error = Cell.decimal(estimate.standardError / Double(estimates.reportCount), digits: digits.frequency)
        var row = ExportRow(kind, of: value, in: self, figures: (cells[2], cells[3], cells[4], error))
        if row.estimate != .null { (row.pValue, row.isDetected) = (cells[5], cells[6]) }
        return row
    }

    private func quantile(_ quantile: QuantileEstimate, bucketWidth: Double) -> ExportRow {
        let interval = quantile.interval
        let cells = EstimateRows.decimals(
            [quantile.value, interval.lowerBound, interval.upperBound], error: bucketWidth, for: .programs)
        var row = ExportRow(
            .quantile, of: .name(NumberFigures.name(of: quantile)), in: self,
            figures: (cells[0], cells[1], cells[2], .null))
        row.level = .significant(quantile.probability, digits: 6)
        return row
    }

    private func mean(_ mean: MeanEstimate) -> ExportRow {
        let cells = EstimateRows.cells(of: mean, for: .programs)
        return ExportRow(
            .mean, of: .name("mean"), in: self, figures: (cells[0], cells[2], cells[3], cells[1]))
    }
}
