internal import Mechanisms
package import MetricDefinitions
package import ReportFormat

/// Why one report of an otherwise sound batch is not stored. The raw values are words of the protocol.
package enum RejectionCode: String, Hashable, Sendable, CaseIterable {
    /// No metric of the set has this identity.
    case unknownMetric = "unknown_metric"
    /// The report was randomized under another definition than the set's.
    case parametersMismatch = "params_mismatch"
    /// The period is after the metric's last day.
    case metricExpired = "metric_expired"
    /// The period is more than ``WireLimits/daysBack`` days ago.
    case tooLate = "too_late"
    /// The period is more than ``WireLimits/daysAhead`` days ahead.
    case tooEarly = "too_early"
    /// The payload is none that the mechanism can make.
    case malformed
    /// The batch holds an admitted report of the same metric and period already.
    case duplicateReport = "duplicate_report"
    /// The token has stored as many reports today as it may.
    case overQuota = "over_quota"
}

/// A report that is not stored: its place in the batch, counted from 0, and why.
package struct Rejection: Hashable, Sendable {
    package var index: Int
    package var code: RejectionCode

    package init(index: Int, code: RejectionCode) { (self.index, self.code) = (index, code) }
}

/// A report that passed every check, as it is stored.
package struct AdmittedReport: Hashable, Sendable {
    package var group: ReportGroup
    package var payload: [UInt8]

    package init(group: ReportGroup, payload: [UInt8]) { (self.group, self.payload) = (group, payload) }
}

/// What the reports of one chunk share.
package struct ReportGroup: Hashable, Sendable {
    package var metric: UInt32
    package var version: UInt32
    package var day: UTCDay
    /// The partition that the payload belongs to, such as a cohort; 0 where the mechanism has none.
    package var shapeKey: Int64

    package init(metric: UInt32, version: UInt32, day: UTCDay, shapeKey: Int64 = 0) {
        (self.metric, self.version, self.day, self.shapeKey) = (metric, version, day, shapeKey)
    }
}

/// Decides which reports of a batch are stored. A function of batch, metric set and day alone: it sees no sender. A
/// batch is judged once; the store remembers the verdict for its repetitions.
package struct BatchAdmission: Sendable {
    private struct Rule {
        var definition: MetricDefinition
        var fingerprint: Fingerprint
    }

    /// What is stored of a batch, and what is not.
    package struct Verdict: Hashable, Sendable {
        package var admitted: [AdmittedReport] = []
        /// In the order of the batch.
        package var rejected: [Rejection] = []

        /// Keeps the first `count` of the admitted reports; the others are over a quota.
        mutating func keep(_ count: Int) {
            guard count < admitted.count else { return }
            let refused = Set(rejected.map(\.index))
            let indices = (0..<(admitted.count + rejected.count)).filter { !refused.contains($0) }
            rejected += indices[count...].map { Rejection(index: $0, code: .overQuota) }
            rejected.sort { $0.index < $1.index }
            admitted.removeLast(admitted.count - count)
        }
    }

    private let rules: [UInt32: Rule]

    /// The admission to the metrics of a set.
    package init(_ metricSet: MetricSet) {
        let rules = metricSet.metrics.map {
            ($0.identifier.value, Rule(definition: $0, fingerprint: $0.fingerprint))
        }
        self.rules = Dictionary(uniqueKeysWithValues: rules)
    }

    /// Sorts the reports of a batch that arrives on a day.
    ///
    /// - Complexity: linear in the bytes of the batch.
    package func verdict(on batch: Batch, today: UTCDay) -> Verdict {
        var verdict = Verdict()
        var admittedPeriods: Set<ReportGroup> = []
        for (index, record) in batch.reports.enumerated() {
            switch admit(record, today: today) {
            case .failure(let refusal): verdict.rejected.append(Rejection(index: index, code: refusal.code))
            case .success(let report):
                // A device makes one report per metric and period: who sends two wants to count twice.
                var period = report.group
                period.shapeKey = 0
                guard admittedPeriods.insert(period).inserted else {
                    verdict.rejected.append(Rejection(index: index, code: .duplicateReport))
                    continue
                }
                verdict.admitted.append(report)
            }
        }
        return verdict
    }

    private struct Refusal: Error { var code: RejectionCode }

    private func admit(_ record: ReportRecord, today: UTCDay) -> Result<AdmittedReport, Refusal> {
        guard let rule = rules[record.metric] else { return .failure(Refusal(code: .unknownMetric)) }
        guard record.fingerprint == rule.fingerprint else { return .failure(Refusal(code: .parametersMismatch)) }
        guard !rule.definition.expiry.isPast(on: record.period) else {
            return .failure(Refusal(code: .metricExpired))
        }
        guard record.period >= today.advanced(by: -WireLimits.daysBack) else {
            return .failure(Refusal(code: .tooLate))
        }
        guard record.period <= today.advanced(by: WireLimits.daysAhead) else {
            return .failure(Refusal(code: .tooEarly))
        }
        do { try rule.definition.mechanism.validate(payload: record.payload) } catch {
            return .failure(Refusal(code: .malformed))
        }
        let (partition, payload) = rule.definition.mechanism.stored(payload: record.payload)
        let group = ReportGroup(
            metric: record.metric, version: rule.definition.version, day: record.period, shapeKey: Int64(partition))
        return .success(AdmittedReport(group: group, payload: payload))
    }
}
