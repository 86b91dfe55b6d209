public import ArgumentParser
public import Estimation
internal import Foundation
internal import Mechanisms
public import MetricDefinitions

/// What is shown of the numbers of a metric.
public enum NumberView: String, CaseIterable, Hashable, Sendable, ExpressibleByArgument {
    /// How often a number lies in each bucket of the range.
    case distribution
    /// Below which numbers given parts of all lie.
    case quantiles
    /// Their mean.
    case mean

    /// What a mechanism's reports can show; what is shown unasked comes first. Nothing of values that are no numbers.
    static func views(of counter: any ReportCounter) -> [NumberView] {
        switch counter {
        case is any DistributionOracle: [.distribution, .quantiles, .mean]
        case is any HistogramOracle: [.distribution]
        case is any MeanOracle: [.mean]
        default: []
        }
    }

    /// The view that a request asks for, or the first that there is; `nil` for values that are no numbers.
    ///
    /// - Throws: ``CommandError`` of status 2 for a view that the reports cannot show.
    static func resolved(
        _ request: EstimateRequest, of definition: MetricDefinition, counter: any ReportCounter
    ) throws(CommandError) -> NumberView? {
        let views = views(of: counter), mechanism = type(of: definition.mechanism).identifier
        if request.fitting != nil, !(counter is any DistributionOracle) {
            throw CommandError(
                .usage,
                "--fit: reports of \(mechanism) are estimated without a fit of a distribution. Leave it out.")
        }
        guard let asked = request.numbers ?? views.first else { return nil }
        guard views.contains(asked) else {
            let others =
                views.isEmpty
                ? "\(definition.name) is a \(definition.domain.typeName), and only numbers have views. Leave it out."
                : "reports of \(mechanism) do not tell that. They tell: \(views.map(\.rawValue).joined(separator: ", "))"
            throw CommandError(.usage, "--show \(asked.rawValue): \(others)")
        }
        if counter is any HistogramOracle, asked != .distribution, request.choices.interval == .population {
            throw CommandError(
                .usage,
                "--interval population: \(definition.name) is a number that is counted in buckets, and only the frequencies "
                    + "of buckets have one. Leave it out, or take --show \(NumberView.distribution.rawValue).")
        }
        return asked
    }

    /// How many rows a group has.
    func rowCount(of counter: any ReportCounter) -> Int {
        switch self {
        case .distribution: (counter as? any HistogramOracle)?.bucketCount ?? 1
        case .quantiles: NumberFigures.quantiles.count
        case .mean: 1
        }
    }
}

extension DistributionFitting: ExpressibleByArgument {}

extension EstimateResult {
    /// The same estimates of a distribution, of which another view is shown.
    func showing(_ view: NumberView) -> EstimateResult {
        var request = request
        request.numbers = view
        let groups = groups.map { group in
            guard var estimates = group.estimates, case .numbers(let figures) = estimates.figures else { return group }
            estimates.figures = .numbers(figures.showing(view))
            return EstimateGroup(from: group.from, to: group.to, periodCount: group.periodCount, estimates: estimates)
        }
        return EstimateResult(
            definition: definition, request: request, values: values, groups: groups, notes: notes,
            numberColumns: view == .distribution ? numberColumns : nil)
    }
}

/// What is estimated of the numbers of a group of reports, in the units of the range.
public struct NumberFigures: Hashable, Sendable {
    /// The quantiles that are shown.
    public static let quantiles = [0.05, 0.25, 0.5, 0.75, 0.95]

    private(set) var view: NumberView
    let range: NumberRange
    let histogram: [FrequencyEstimate]
    /// The rest of a distribution; `nil` where there are buckets alone.
    let distribution: DistributionEstimate?

    func showing(_ view: NumberView) -> NumberFigures {
        var figures = self
        figures.view = view
        return figures
    }

    var rowCount: Int {
        switch view {
        case .distribution: histogram.count
        case .quantiles: distribution?.quantiles.count ?? 0
        case .mean: 1
        }
    }

    /// The columns of a view; `nil` where they are those of every metric of the type.
    static func columns(_ view: NumberView?, of counter: any ReportCounter) -> [String]? {
        guard view == .distribution else { return nil }
        return EstimateRows.columns(of: .boolean) + (counter is any DistributionOracle ? ["denoised"] : [])
    }

    func cells(at row: Int, reportCount: Int, for reader: EstimateRows.Reader) -> [Cell] {
        switch view {
        case .distribution:
            let digits = FrequencyDigits(reportCount: reportCount, for: reader)
            let denoised = distribution.map { [Cell.decimal($0.denoised[row], digits: digits.frequency)] } ?? []
            return [.text(Self.label(row, of: histogram.count, in: range))] + digits.cells(of: histogram[row])
                + denoised
        case .quantiles:
            guard let quantile = distribution?.quantiles[row] else { return [] }
            let name = Cell.text(Self.name(of: quantile))
            let width = (range.high - range.low) / Double(histogram.count)
            let (value, interval) = (quantile.value, quantile.interval)
            let cells = EstimateRows.decimals(
                [value, interval.lowerBound, interval.upperBound], error: width, for: reader)
            return [name, cells[0], .null, cells[1], cells[2]]
        case .mean:
            guard let mean = distribution?.mean else { return [] }
            return [.text("mean")] + EstimateRows.cells(of: mean, for: reader)
        }
    }

    /// Such as `quantile 0.25`.
    static func name(of quantile: QuantileEstimate) -> String {
        "quantile " + String(format: "%g", quantile.probability)
    }

    /// A bucket by its ends: `[0..10)` holds 0 and not 10, and the last, `[90..100]`, holds both. A spreadsheet takes
    /// neither for a formula, as it would a number with a sign.
    public static func label(_ bucket: Int, of count: Int, in range: NumberRange) -> String {
        func end(_ index: Int) -> String {
            String(format: "%.\(digitCount(of: count, in: range))g", Self.end(index, of: count, in: range))
        }
        return "[" + end(bucket) + ".." + end(bucket + 1) + (bucket == count - 1 ? "]" : ")")
    }

    /// As many digits as tell the ends of buckets apart: 12, and more where buckets are narrow beside the range's ends.
    static func digitCount(of count: Int, in range: NumberRange) -> Int {
        let size = max(abs(range.low), abs(range.high)), width = (range.high - range.low) / Double(count)
        guard size > 0, width > 0 else { return 12 }
        return max(12, min(17, Int(log10(size / width).rounded(.up)) + 3))
    }

    /// Where a bucket ends and the next one begins: the upper end of the range exactly, whatever a rounded product gives.
    static func end(_ index: Int, of count: Int, in range: NumberRange) -> Double {
        index == count ? range.high : range.low + (range.high - range.low) * (Double(index) / Double(count))
    }
}
