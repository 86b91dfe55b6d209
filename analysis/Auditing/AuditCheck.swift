/// What an audit looks into, each by a name that a finding carries.
public enum AuditCheck: String, CaseIterable, Sendable {
    /// The likelihoods of all reports are integers that sum to exactly one, for every input.
    case likelihoodsSumToOne = "likelihoods-sum-to-one"
    /// The worst ratio of two likelihoods, from the integers sampled, is at most e^ε.
    case provenLossWithinEpsilon = "proven-loss-within-epsilon"
    /// That ratio's logarithm is the loss that the mechanism states.
    case statedLossIsRealised = "stated-loss-is-realised"
    /// A report's likelihood is that of the permanent response times that of the fresh noise, summed over all.
    case stagesMakeTheReport = "stages-make-the-report"
    /// Permanent responses to two values have likelihoods within e^ε∞.
    case permanentLossWithinEpsilon = "permanent-loss-within-epsilon"
    /// Reports about two permanent responses have likelihoods within e to the stated loss of the fresh noise.
    case freshLossIsRealised = "fresh-loss-is-realised"
    /// Claim 2, enumerated: transcripts about one value.
    case constantHistoriesProven = "constant-histories-proven"
    /// Claim 3, enumerated: transcripts of histories that change at the same reports.
    case renamedHistoriesProven = "renamed-histories-proven"
    /// Claim 4, enumerated: transcripts of histories that change whenever they do.
    case differingHistoriesProven = "differing-histories-proven"

    /// No event is shown to be likelier under one input than under another by more than e^ε.
    case attackWithinEpsilon = "attack-within-epsilon"
    /// With a million trials, and an event of one in a hundred, the attack shows nine tenths of ε.
    case attackHasPower = "attack-has-power"
    /// Claim 2, attacked.
    case constantHistoriesAttacked = "constant-histories-attacked"
    /// Claim 3, attacked.
    case renamedHistoriesAttacked = "renamed-histories-attacked"
    /// Claim 4, attacked.
    case differingHistoriesAttacked = "differing-histories-attacked"
    /// A device's permanent response to a value is the same whenever it is asked for.
    case permanentResponsesAreKept = "permanent-responses-are-kept"
    /// Permanent responses to other values, in other metrics, definitions and devices are independent.
    case permanentResponsesAreSeparate = "permanent-responses-are-separate"

    /// Every period has a report, with an event or without.
    case everyPeriodReports = "every-period-reports"
    /// All payloads have the announced length.
    case payloadsHaveOneLength = "payloads-have-one-length"
    /// All payloads decode.
    case payloadsAreValid = "payloads-are-valid"
    /// Every report draws the announced number of words, whatever the value.
    case announcedNoiseIsDrawn = "announced-noise-is-drawn"
    /// No run of reports occurs twice, not after a restart either.
    case noiseIsNotRepeated = "noise-is-not-repeated"
    /// A report tells nothing about the next one.
    case reportsAreIndependent = "reports-are-independent"
    /// Rows and cohorts are uniform, whatever the value.
    case partitionsAreUniform = "partitions-are-uniform"
    /// Reports occur as often as their likelihoods say.
    case samplesFollowLikelihoods = "samples-follow-likelihoods"
    /// Reports support their own value as often as p* says and every other one as often as q* says.
    case supportFollowsModel = "support-follows-model"

    /// The analyst counts every report once.
    case reportsAreCounted = "reports-are-counted"
    /// Estimates are right on average.
    case estimatesAreUnbiased = "estimates-are-unbiased"
    /// Estimates vary as their standard errors say.
    case varianceFollowsFormula = "variance-follows-formula"
    /// Intervals cover the truth at least as often as they promise.
    case intervalsCover = "intervals-cover"
}

/// How a check went.
public enum AuditVerdict: String, Comparable, Sendable {
    /// Nothing speaks against it.
    case passed
    /// It could not be decided, or there is more noise than ε demands.
    case warned
    /// It is refuted.
    case failed

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int { self == .passed ? 0 : self == .warned ? 1 : 2 }
}

/// What one check found. An audit runs on public parameters and inputs of its own, so the text may say everything.
public struct AuditFinding: Hashable, Sendable, CustomStringConvertible {
    /// What was looked into.
    public var check: AuditCheck
    /// How it went.
    public var verdict: AuditVerdict
    /// What was found, as a sentence without a full stop.
    public var text: String

    /// A finding.
    public init(_ check: AuditCheck, _ verdict: AuditVerdict, _ text: String) {
        (self.check, self.verdict, self.text) = (check, verdict, text)
    }

    /// Passed or failed.
    init(_ check: AuditCheck, holds: Bool, _ text: String) {
        self.init(check, holds ? .passed : .failed, text)
    }

    public var description: String { "\(check.rawValue) \(verdict.rawValue): \(text)" }
}

/// Why an audit could not be made. Never holds noise or secrets.
public enum AuditError: Error, Hashable, Sendable {
    /// The system gives no randomness.
    case noRandomness
    /// There are fewer trials than an audit needs.
    case tooFewTrials(count: Int, least: Int)
}
