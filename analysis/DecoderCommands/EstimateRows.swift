internal import Estimation
internal import Foundation
internal import Mechanisms
internal import MetricDefinitions

/// The rows of one group, each made when it is written, as there may be millions.
struct EstimateRows: Sendable {
    /// For whom cells are made.
    enum Reader { case people, spreadsheets, programs }

    /// How many rows a table for people has.
    static let shownLimit = 50

    private let estimates: ReleasedEstimates
    private let values: [MechanismInput]
    private let labels: [String]
    private let isBoolean: Bool
    /// How many reports are taken to be false, where rows say what that means.
    private let falseReportCount: Double?

    init(
        _ estimates: ReleasedEstimates, of values: [MechanismInput], in domain: MetricDomain,
        falseReportCount: Double? = nil
    ) {
        (self.estimates, self.values, self.falseReportCount) = (estimates, values, falseReportCount)
        (labels, isBoolean) = (domain.labels, domain == .boolean)
    }

    static func columns(of domain: MetricDomain) -> [String] {
        if case .number = domain { return ["value", "estimate", "standard_error", "low", "high"] }
        return [
            "value", "count", "standard_error", "frequency", "frequency_low", "frequency_high", "p_value", "detected",
        ]
    }

    var count: Int {
        switch estimates.figures {
        case .frequencies(let estimates): estimates.count
        case .mean: 1
        case .numbers(let figures): figures.rowCount
        }
    }

    func cells(at row: Int, for reader: Reader) -> [Cell] {
        guard let falseReportCount else { return ownCells(at: row, for: reader) }
        let digits = FrequencyDigits(reportCount: estimates.reportCount, for: reader)
        return ownCells(at: row, for: reader)
            + estimates.cells(
                at: row, value: values.indices.contains(row) ? values[row] : nil, ifFalse: falseReportCount,
                digits: digits, for: reader)
    }

    private func ownCells(at row: Int, for reader: Reader) -> [Cell] {
        switch estimates.figures {
        case .frequencies(let estimates):
            let digits = FrequencyDigits(reportCount: self.estimates.reportCount, for: reader)
            return [value(at: row, for: reader)] + digits.cells(of: estimates[row])
                + Self.addedCells(self.estimates.added, at: row, digits: digits)
        case .mean(let estimate): return [.text("mean")] + Self.cells(of: estimate, for: reader)
        case .numbers(let figures):
            return figures.cells(at: row, reportCount: self.estimates.reportCount, for: reader)
        }
    }

    /// The rows that people see: where there are too many, the detected ones before the others, the most frequent first.
    var shown: [Int] {
        guard count > Self.shownLimit, case .frequencies(let estimates) = estimates.figures else {
            return Array(0..<count)
        }
        let sorted = estimates.indices.sorted { left, right in
            let (first, second) = (estimates[left], estimates[right])
            guard first.isDetected == second.isDetected else { return first.isDetected }
            // A value that cannot be told from others has no count, and stands last.
            let counts = [first, second].map { $0.count.isNaN ? -.infinity : $0.count }
            return counts[0] == counts[1] ? left < right : counts[0] > counts[1]
        }
        return Array(sorted.prefix(Self.shownLimit))
    }

    var detectedCount: Int {
        guard case .frequencies(let estimates) = estimates.figures else { return 0 }
        return estimates.count { $0.isDetected }
    }

    private func value(at row: Int, for reader: Reader) -> Cell {
        Self.name(of: values[row], labels: labels, isBoolean: isBoolean, for: reader)
    }

    /// A text, a truth value, or no event, which is null to programs alone: to them it is no text of its own.
    private static func name(
        of value: MechanismInput, labels: [String], isBoolean: Bool, for reader: Reader
    ) -> Cell {
        switch value {
        case .item(let item):
            return isBoolean && reader == .programs ? .boolean(item == 1) : .text(labels[item])
        case .text(let bytes):
            // An empty cell would leave people to guess.
            if bytes.isEmpty, reader == .people { return .text("\"\"") }
            return .text(String(decoding: bytes, as: UTF8.self))
        case .absent: return reader == .programs ? .null : .text(MetricDomain.absenceLabel)
        case .place, .pair: preconditionFailure("a number or a pair has no row of its own")
        }
    }

    /// The name of a value of a domain.
    static func name(of value: MechanismInput, in domain: MetricDomain, for reader: Reader) -> Cell {
        name(of: value, labels: domain.labels, isBoolean: domain == .boolean, for: reader)
    }

    /// So many digits that the standard error has three after its first; one for people.
    static func cells(of estimate: MeanEstimate, for reader: Reader) -> [Cell] {
        let figures = [
            estimate.mean, estimate.standardError, estimate.interval.lowerBound, estimate.interval.upperBound,
        ]
        return decimals(figures, error: estimate.standardError, for: reader)
    }

    /// Figures with so many digits that their error has three after its first; one for people.
    static func decimals(_ figures: [Double], error: Double, for reader: Reader) -> [Cell] {
        // Where a decimal point would need hundreds of digits, an exponent is written.
        guard error >= 1e-12, figures.allSatisfy({ abs($0) < 1e15 }) else {
            return figures.map { .significant($0, digits: 15) }
        }
        let digits = Int((reader == .people ? 1 : 3) - log10(error).rounded(.down))
        return figures.map { .decimal($0, digits: digits) }
    }
}

/// With how many digits frequencies are written.
struct FrequencyDigits {
    let count: Int
    let frequency: Int
    let significant: Int

    /// For programs, enough that frequency times reports gives the count in all its digits.
    init(reportCount: Int, for reader: EstimateRows.Reader) {
        (count, significant) = reader == .people ? (1, 3) : (3, 6)
        frequency = reader == .people ? 6 : 4 + String(reportCount).count
    }

    /// The columns after the value.
    func cells(of estimate: FrequencyEstimate) -> [Cell] {
        [
            .decimal(estimate.count, digits: count), .decimal(estimate.standardError, digits: count),
            .decimal(estimate.frequency, digits: frequency),
            .decimal(estimate.interval.lowerBound, digits: frequency),
            .decimal(estimate.interval.upperBound, digits: frequency),
            .significant(estimate.pValue, digits: significant), .boolean(estimate.isDetected),
        ]
    }
}
