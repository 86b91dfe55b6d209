internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// A document as OpenMetrics text 1.0.
///
/// Every metric has at most so many values, the same in all its periods: each makes time series of its own wherever the text
/// is read. With periods, samples have the time at which their day begins; without, the time at which they are read.
struct OpenMetricsText {
    /// How many values of a metric there are unless more are asked for.
    static let defaultValueLimit = 100

    private let document: ExportDocument
    private let valueLimit: Int

    private var info = OpenMetricsFamily(
        "dither_metric", help: "1 for each metric with figures, and the mechanism of its noise.")
    private var epsilon = OpenMetricsFamily(
        "dither_epsilon", help: "The ε of one report, as its metric declares it.")
    private var confidence = OpenMetricsFamily(
        "dither_confidence", unit: "ratio", help: "With what probability an interval covers the truth.")
    private var firstDay = OpenMetricsFamily(
        "dither_first_day_timestamp", unit: "seconds", help: "When the first UTC day with reports began.")
    private var lastDay = OpenMetricsFamily(
        "dither_last_day_timestamp", unit: "seconds", help: "When the last UTC day with reports began.")
    private var reports = OpenMetricsFamily("dither_reports", help: "How many noisy reports were estimated from.")
    private var alarm = OpenMetricsFamily(
        "dither_alarm", help: "Whether some of the reports are not honest: do not trust the figures.")
    private var omitted = OpenMetricsFamily(
        "dither_omitted_values", help: "How many values of a metric have no samples here.")
    private var detected = OpenMetricsFamily(
        "dither_detected", help: "Whether it is ruled out that no device held the value.")
    private var withheld = OpenMetricsFamily(
        "dither_withheld", help: "1 for each metric, or day of one, without figures, and why.")
    private var figures: [ExportRow.Kind: FigureFamilies] = [
        .frequency: FigureFamilies(
            "dither_frequency", unit: "ratio", help: "the share of the reports that are about a value, unbiased"),
        .bucket: FigureFamilies(
            "dither_bucket_frequency", unit: "ratio", help: "the share of the numbers that lie in a bucket, unbiased"),
        .quantile: FigureFamilies(
            "dither_quantile", unit: nil, help: "the number below which the part named by level lies"),
        .mean: FigureFamilies("dither_mean", unit: nil, help: "the mean of the reported numbers, unbiased"),
    ]

    init(_ document: ExportDocument, valueLimit: Int = defaultValueLimit) {
        (self.document, self.valueLimit) = (document, valueLimit)
        for metric in document.metrics { add(metric) }
    }

    /// The text to its end.
    var text: String {
        let families =
            [info, epsilon, confidence, firstDay, lastDay, reports, alarm]
            + ExportRow.Kind.allCases.flatMap { figures[$0]?.all ?? [] } + [detected, omitted, withheld]
        return families.map(\.text).joined() + "# EOF\n"
    }

    private mutating func add(_ metric: ExportedMetric) {
        let definition = metric.definition
        let labels = [("metric", definition.name), ("version", String(definition.version))]
        let groups = metric.groups(confidence: document.confidence)
        for group in groups { add(group, labels) }
        for omission in metric.omissions {
            // A metric that has no day has the day of the document.
            let day = omission.day ?? document.madeOn
            withheld.add(.integer(1), labels + [("reason", omission.reason)], at: time(of: day))
        }
        let rows = ValueChoice(limit: valueLimit, groups: groups.map(\.estimates)).rows
        // All times of a series stand together.
        for row in rows {
            for group in groups { add(group.row(at: row), labels, at: time(of: group.group.from)) }
        }
    }

    private mutating func add(_ group: ExportedGroup, _ labels: [(String, String)]) {
        let (definition, second) = (group.definition, time(of: group.group.from))
        let mechanism = type(of: definition.mechanism).identifier
        info.add(
            .integer(1), labels + [("mechanism", mechanism), ("memoized", String(definition.isMemoized))], at: second)
        epsilon.add(.thousandths(definition.mechanism.epsilon.thousandths), labels, at: second)
        confidence.add(.digits(String(format: "%.15g", group.confidence.probability)), labels, at: second)
        firstDay.add(.integer(Int(group.group.from.startInSeconds)), labels, at: second)
        lastDay.add(.integer(Int(group.group.to.startInSeconds)), labels, at: second)
        reports.add(.integer(group.estimates.reportCount), labels, at: second)
        if let screen = group.estimates.screen { alarm.add(.boolean(screen.isAlarm), labels, at: second) }
        if group.valueCount > 0 { omitted.add(.integer(max(0, group.valueCount - valueLimit)), labels, at: second) }
    }

    private mutating func add(_ row: ExportRow, _ labels: [(String, String)], at second: Int64?) {
        var labels = labels
        switch row.kind {
        case .frequency:
            labels.append(("value", row.value.text))
            // A text may read as no event does.
            if row.value.isAbsence { labels.append(("no_event", "true")) }
        case .bucket: labels.append(("bucket", row.value.text))
        case .quantile: labels.append(("level", row.level.separated))
        case .mean: break
        }
        figures[row.kind]?.add(row, labels, at: second)
        if row.kind == .frequency { detected.add(row.isDetected, labels, at: second) }
    }

    /// When a day begins; `nil` where all days are one group.
    private func time(of day: UTCDay) -> Int64? { document.byPeriod ? day.startInSeconds : nil }
}

/// The families of one kind of figure: never an estimate without its interval.
private struct FigureFamilies {
    private var estimate, low, high, error: OpenMetricsFamily

    init(_ name: String, unit: String?, help: String) {
        estimate = OpenMetricsFamily(name, unit: unit, help: "Estimate of " + help + ".")
        low = OpenMetricsFamily("\(name)_low", unit: unit, help: "Lower end of the interval of " + help + ".")
        high = OpenMetricsFamily("\(name)_high", unit: unit, help: "Upper end of the interval of " + help + ".")
        error = OpenMetricsFamily("\(name)_standard_error", unit: unit, help: "Standard error of " + help + ".")
    }

    var all: [OpenMetricsFamily] { [estimate, low, high, error] }

    mutating func add(_ row: ExportRow, _ labels: [(String, String)], at second: Int64?) {
        estimate.add(row.estimate, labels, at: second)
        low.add(row.low, labels, at: second)
        high.add(row.high, labels, at: second)
        error.add(row.standardError, labels, at: second)
    }
}

/// Which rows of a metric make time series: of values those detected in the most periods first, then the most frequent; all
/// of buckets, quantiles and means, as there are few.
private struct ValueChoice {
    let rows: [Int]

    init(limit: Int, groups: [ReleasedEstimates]) {
        var (detections, counts): ([Int], [Double]) = ([], [])
        for case .frequencies(let estimates) in groups.map(\.figures) {
            if detections.isEmpty {
                detections = [Int](repeating: 0, count: estimates.count)
                counts = [Double](repeating: 0, count: estimates.count)
            }
            for (row, estimate) in estimates.enumerated() {
                detections[row] += estimate.isDetected ? 1 : 0
                counts[row] += estimate.count.isFinite ? estimate.count : 0
            }
        }
        guard !detections.isEmpty else {
            rows = Array(0..<(groups.first.map { ExportedGroup.count(of: $0.figures) } ?? 0))
            return
        }
        let order = detections.indices.sorted { left, right in
            if detections[left] != detections[right] { return detections[left] > detections[right] }
            return counts[left] == counts[right] ? left < right : counts[left] > counts[right]
        }
        rows = order.prefix(limit).sorted()
    }
}

extension ExportedGroup {
    /// How many values there are, of which some may have no samples.
    fileprivate var valueCount: Int {
        if case .frequencies(let estimates) = estimates.figures { estimates.count } else { 0 }
    }
}

extension ExportedValue {
    /// The value in one text, whatever its type.
    fileprivate var text: String {
        if case .text(let text) = cell(for: .spreadsheets) { text } else { "" }
    }
}
