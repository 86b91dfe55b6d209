/// A law that every frequency oracle must keep. A breach names its law, so that a planted fault shows which catches it.
enum EstimationLaw: String, CaseIterable, Sendable {
    /// The aggregate of m payloads counts m reports.
    case eachReportCountsOnce
    /// A tally of payloads end to end is the same as absorbing each report.
    case tallyEqualsAbsorbing
    /// Payloads of a wrong length or with a value outside the domain are refused.
    case malformedPayloadsAreRefused
    /// Merging is associative and commutative, the aggregate of no reports is its identity, and order is lost.
    case aggregatesAreACommutativeMonoid
    /// Over the likelihoods of all reports, the expected estimate of every value's count is the true count.
    case estimatesAreUnbiased
    /// The squared standard error is the variance that the likelihoods give, for the values that the devices hold.
    case standardErrorIsThatOfTheNoise
    /// Summed over the exact distribution of the support, intervals cover at least as often as they claim.
    case intervalsCover
    /// Where no device holds a value, a p-value of at most x has probability at most x.
    case pValuesAreValid
}

/// How an oracle breaks a law.
struct EstimationBreach: Hashable, Sendable, CustomStringConvertible {
    let law: EstimationLaw
    let detail: String

    init(_ law: EstimationLaw, _ detail: String) { (self.law, self.detail) = (law, detail) }

    var description: String { "\(law): \(detail)" }
}
