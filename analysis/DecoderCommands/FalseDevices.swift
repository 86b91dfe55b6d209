internal import ArgumentParser
internal import Estimation
internal import Foundation
internal import Mechanisms

/// How many devices are taken to be false, when intervals are asked for that allow for them.
public enum FalseDevices: Hashable, Sendable {
    /// So many, with one report each in every period.
    case count(Int)
    /// This part of all, from 0 to below 1.
    case share(Double)

    /// Reads `250` or `1%`.
    init(option text: String) throws {
        if text.hasSuffix("%"), let percent = Double(text.dropLast()), (0..<100).contains(percent) {
            self = .share(percent / 100)
        } else if let count = Int(text), count >= 0 {
            self = .count(count)
        } else {
            throw ValidationError(
                "--false-devices '\(text)': is neither a number of devices nor a percentage below 100. Write 250, or 1%"
            )
        }
    }

    /// How many of the reports of so many periods are then false; no more than there are.
    func reportCount(of reportCount: Int, periodCount: Int) -> Double {
        switch self {
        case .count(let count): min(Double(reportCount), Double(count) * Double(periodCount))
        case .share(let share): Double(reportCount) * share
        }
    }
}

/// How far one false report moves the figures of a group.
public struct ReportInfluences: Hashable, Sendable {
    /// The count of a value, and of "no event".
    var ofValue, ofAbsence: ReportInfluence?
    /// The count of each bucket.
    var ofBuckets: [ReportInfluence] = []
    /// A mean is that of scores from here to there, in the units of the range.
    var scores: ClosedRange<Double>?

    /// Of no figures.
    public init() {}

    init(of oracle: any FrequencyOracle) {
        ofValue = oracle.influence(on: .item(0))
        ofAbsence = oracle.influence(on: .absent)
    }
}

extension ReleasedEstimates {
    /// Where the truth may be if so many of the reports are false: two cells, empty where that is not known.
    func cells(
        at row: Int, value: MechanismInput?, ifFalse falseReportCount: Double, digits: FrequencyDigits,
        for reader: EstimateRows.Reader
    ) -> [Cell] {
        func cells(_ estimate: FrequencyEstimate, _ influence: ReportInfluence?) -> [Cell] {
            guard let influence, influence.raise.isFinite, estimate.standardError.isFinite else {
                return [.null, .null]
            }
            let interval = influence.interval(
                estimate.interval, falseReportCount: falseReportCount, of: reportCount)
            return [interval.lowerBound, interval.upperBound].map { .decimal($0, digits: digits.frequency) }
        }
        switch figures {
        case .frequencies(let estimates):
            return cells(estimates[row], value == .absent ? influences.ofAbsence : influences.ofValue)
        case .numbers(let figures) where figures.view == .distribution:
            return cells(
                figures.histogram[row], influences.ofBuckets.indices.contains(row) ? influences.ofBuckets[row] : nil)
        case .numbers: return [.null, .null]
        case .mean(let mean):
            let (total, honest) = (Double(reportCount), Double(reportCount) - falseReportCount)
            guard let scores = influences.scores, honest > 0 else { return [.null, .null] }
            // The honest reports' sum of scores is that of all without that of the false ones.
            let low = (mean.interval.lowerBound * total - scores.upperBound * falseReportCount) / honest
            let high = (mean.interval.upperBound * total - scores.lowerBound * falseReportCount) / honest
            return EstimateRows.decimals([low, high], error: mean.standardError, for: reader)
        }
    }
}

extension EstimateResult {
    /// Whether the reports look honest, and what one that is not can do, for programs.
    func screenMembers(of released: ReleasedEstimates) -> [(String, JSONOutput)] {
        var members: [(String, JSONOutput)] = []
        if let screen = released.screen {
            members.append(
                (
                    "alarm",
                    .object(
                        [
                            ("raised", .cell(.boolean(screen.isAlarm))),
                            ("p_value", .cell(.significant(screen.pValue, digits: 6))),
                            ("tests", .array(screen.tests.map { .cell(.text($0.rawValue)) })),
                        ] + (screen.isAlarm ? screen.test.map { [("test", .cell(.text($0.rawValue)))] } ?? [] : []))
                ))
        }
        return members + [("influence_per_report", influence(of: released))]
    }

    private func influence(of released: ReleasedEstimates) -> JSONOutput {
        func figures(_ influence: ReportInfluence) -> [(String, JSONOutput)] {
            [
                ("raise", .cell(.significant(influence.raise, digits: 6))),
                ("lower", .cell(.significant(influence.lower, digits: 6))),
                ("is_bound", .cell(.boolean(influence.isExact))),
            ]
        }
        let influences = released.influences
        if case .mean(let mean) = released.figures, let scores = influences.scores {
            let next = Double(released.reportCount) + 1
            return .object(
                figures(
                    ReportInfluence(
                        raise: (scores.upperBound - mean.mean) / next, lower: (mean.mean - scores.lowerBound) / next)))
        }
        if let value = influences.ofValue {
            var members = figures(value)
            if let absence = influences.ofAbsence, absence != value, self.values.contains(.absent) {
                members.append(("none", .object(figures(absence))))
            }
            return .object(members)
        }
        guard let first = influences.ofBuckets.first else { return .cell(.null) }
        let most = influences.ofBuckets.reduce(first) {
            ReportInfluence(
                raise: max($0.raise, $1.raise), lower: max($0.lower, $1.lower), isExact: $0.isExact && $1.isExact)
        }
        return .object(figures(most))
    }
}
