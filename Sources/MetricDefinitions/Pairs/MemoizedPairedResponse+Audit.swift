public import LocalPrivacy
public import Mechanisms
internal import ReportFormat

/// Given the cohort and both values the halves are independent. Where both name it, its probability is a factor of
/// either's likelihoods, and counts once.
extension MemoizedPairedResponse: ExactlyAuditableLongitudinal {
    private var audited: (first: any ExactlyAuditableLongitudinal, second: any ExactlyAuditableLongitudinal) {
        guard let first = first as? any ExactlyAuditableLongitudinal,
            let second = second as? any ExactlyAuditableLongitudinal
        else { preconditionFailure("a catalogued mechanism is audited exactly") }
        return (first, second)
    }

    private func items(_ item: Int) -> (first: Int, second: Int) {
        PairedInputs(audited.first, audited.second).items[item]
    }

    /// log₂ of the number of cohorts that both halves name.
    private var sharedCohortBitCount: Int {
        min(halves.first.partitionByteCount, halves.second.partitionByteCount) > 0
            ? audited.first.cohortCount.trailingZeroBitCount : 0
    }

    public var auditedInputs: [MechanismInput] { PairedInputs(audited.first, audited.second).inputs }

    public var allReports: [PairReport] {
        let seconds = audited.second.allPayloads
        return audited.first.allPayloads.flatMap { first in
            seconds.map { PairReport(first: first, second: $0) }
        }.filter(isOfOneCohort)
    }

    public var allPermanentResponses: [PairReport] {
        let seconds = audited.second.allPermanentPayloads
        return audited.first.allPermanentPayloads.flatMap { first in
            seconds.map { PairReport(first: first.bytes, second: $0.bytes) }
        }.filter(isOfOneCohort)
    }

    /// Whether the partitions that both halves name are one.
    private func isOfOneCohort(_ report: PairReport) -> Bool {
        let shared = min(halves.first.partitionByteCount, halves.second.partitionByteCount)
        return report.first[..<shared] == report.second[..<shared]
    }

    public var likelihoodBitCount: Int { audited.first.likelihoodBitCount + audited.second.likelihoodBitCount }

    public var stageLikelihoodBitCount: Int {
        audited.first.stageLikelihoodBitCount + audited.second.stageLikelihoodBitCount
    }

    public func likelihood(of report: PairReport, given item: Int) -> WideUnsigned {
        let items = items(item)
        return audited.first.likelihood(ofPayload: report.first, given: items.first)
            * audited.second.likelihood(ofPayload: report.second, given: items.second) << sharedCohortBitCount
    }

    public func permanentLikelihood(of permanent: PairReport, given item: Int) -> WideUnsigned {
        let items = items(item)
        return audited.first.permanentLikelihood(ofPayload: permanent.first, given: items.first)
            * audited.second.permanentLikelihood(ofPayload: permanent.second, given: items.second)
            << sharedCohortBitCount
    }

    public func instantaneousLikelihood(of report: PairReport, given permanent: PairReport) -> WideUnsigned {
        audited.first.instantaneousLikelihood(ofPayload: report.first, givenPermanent: permanent.first)
            * audited.second.instantaneousLikelihood(ofPayload: report.second, givenPermanent: permanent.second)
    }

    public var cohortCount: Int { max(audited.first.cohortCount, audited.second.cohortCount) }

    public func cohort(of permanent: PairReport) -> Int {
        halves.first.partitionByteCount > 0
            ? audited.first.cohort(ofPermanentPayload: permanent.first)
            : audited.second.cohort(ofPermanentPayload: permanent.second)
    }

    /// The memos of both, since a pair has its own.
    public func memo(of item: Int, in cohort: Int) -> Int {
        let items = items(item)
        return audited.first.memo(of: items.first, in: cohort) << 32
            | audited.second.memo(of: items.second, in: cohort)
    }

    public var unspentAllowanceNanonats: Int {
        audited.first.unspentAllowanceNanonats + audited.second.unspentAllowanceNanonats
    }
}
