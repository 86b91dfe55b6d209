public import Mechanisms
internal import SecureRandomness

/// A law that every mechanism must keep. A breach names its law, so that a planted fault shows which one catches it.
public enum MechanismLaw: String, CaseIterable, Sendable {
    /// For every item, the likelihoods of all reports are integers that sum to exactly two to `likelihoodBitCount`.
    case likelihoodsSumToOne
    /// For every report, the likelihoods under any two items differ by a factor of at most e^ε, for the declared ε.
    case ratiosWithinEpsilon
    /// The same factor is at most e to the realised loss, and e to that less 2·10⁻⁹ nats is below it.
    case lossIsTheWorstRatio
    /// Made from a declaration, a mechanism spends the declared ε to 2·10⁻⁹ nats, or where its thresholds are coarse to
    /// what it or an independent script says that their rounding gives away: there is no less noisy one.
    case declaredEpsilonIsSpent
    /// Reports occur as often as their likelihoods say.
    case samplesFollowLikelihoods
    /// Each report draws as many words as announced, whatever the item.
    case announcedWordsAreDrawn
    /// Inputs outside the domain are refused.
    case inputsAreBounded
    /// Every report has one encoding, of the announced length, from which it decodes again.
    case payloadsRoundTrip
    /// Bytes that no report encodes to are refused.
    case malformedPayloadsAreRefused
    /// What is written where it is encoded are the bytes of the report about the same value from the same words, and of
    /// the same permanent response; what was there before stays.
    case payloadsAreReports
    /// A configuration reads back from what it wrote.
    case configurationsRoundTrip

    /// The likelihood of a report is that of the permanent response times that of the fresh one, summed over all.
    case stagesMakeTheReport
    /// Two items give a permanent response with likelihoods that differ by at most e^ε∞, declared and realised.
    case permanentRatiosWithinPermanentEpsilon
    /// Two permanent responses of a cohort give a report with likelihoods that differ by at most e to the instantaneous
    /// loss.
    case freshRatiosWithinInstantaneousLoss
    /// Claim 2: transcripts about one value each differ by at most e^ε∞.
    case constantHistoriesWithinPermanentEpsilon
    /// Claim 3: transcripts of two histories that repeat values, or what of them has a permanent response, at the same
    /// reports differ by at most e^(d·ε∞), on devices of any one cohort.
    case renamedHistoriesWithinDistinctValues
    /// Claim 4: transcripts of histories that differ at s reports differ by at most e^(s·ε_IRR).
    case differingHistoriesWithinInstantaneousLoss
    /// Reports about one permanent response occur as often as the likelihoods of the fresh noise say.
    case reportsAreFresh
    /// A device's permanent response to an item is the same whenever it is asked for.
    case permanentResponsesAreKept
    /// Permanent responses in other metrics and under other definitions are independent; those to other items are
    /// independent given the cohort that they share.
    case permanentResponsesAreIndependent
}

/// How a mechanism breaks a law. The laws run on public parameters and seeded noise, so the detail may say everything.
public struct LawBreach: Hashable, Sendable, CustomStringConvertible {
    /// The law.
    public var law: MechanismLaw
    /// What was found.
    public var detail: String

    /// A breach of this law.
    public init(_ law: MechanismLaw, _ detail: String) { (self.law, self.detail) = (law, detail) }

    public var description: String { "\(law): \(detail)" }
}

/// The laws, generic over mechanisms. Each function returns what it found; none found is a pass.
public enum MechanismLaws {
    /// Every law that applies to a mechanism, whichever it is. One that cannot be audited exactly breaks the first law.
    public static func breaches(
        of mechanism: any LocalRandomizer, madeFromDeclaration: Bool = true, unspentNanonats: Int = 0,
        samplesPerItem: Int = 3000
    ) throws -> [LawBreach] {
        guard let auditable = mechanism as? any ExactlyAuditable else {
            return [LawBreach(.likelihoodsSumToOne, "\(type(of: mechanism)) does not write down its likelihoods")]
        }
        var breaches = try all(
            of: auditable, unspentNanonats: madeFromDeclaration ? unspentNanonats : nil, samplesPerItem: samplesPerItem)
        if mechanism is any LongitudinalRandomizer {
            guard let longitudinal = mechanism as? any ExactlyAuditableLongitudinal else {
                return breaches + [LawBreach(.stagesMakeTheReport, "\(type(of: mechanism)) hides its stages")]
            }
            breaches += try longitudinalBreaches(of: longitudinal)
        }
        return breaches
    }

    private static func all<M: ExactlyAuditable>(
        of mechanism: M, unspentNanonats: Int?, samplesPerItem: Int
    ) throws -> [LawBreach] {
        var breaches = likelihoodBreaches(of: mechanism)
        if let unspentNanonats {
            breaches += declarationBreaches(of: mechanism, unspentNanonats: unspentNanonats)
        }
        breaches += try samplingBreaches(of: mechanism, samplesPerItem: samplesPerItem)
        breaches += inputBreaches(of: mechanism)
        breaches += payloadBreaches(of: mechanism)
        // Of one that draws as it announces.
        if breaches.isEmpty { breaches += try writingBreaches(of: mechanism) }
        return breaches
    }

    private static func longitudinalBreaches<M: ExactlyAuditableLongitudinal>(of mechanism: M) throws -> [LawBreach] {
        let breaches =
            stageBreaches(of: mechanism) + transcriptBreaches(of: mechanism) + (try memoBreaches(of: mechanism))
            + freshBreaches(of: mechanism)
        // Of one whose permanent responses stay what they are.
        return breaches.isEmpty ? try permanentWritingBreaches(of: mechanism) : breaches
    }

    /// The laws that `breaches` break, each once.
    public static func names(of breaches: [LawBreach]) -> Set<MechanismLaw> { Set(breaches.map(\.law)) }

    /// A device with a secret of its own; a mechanism without memory gets none.
    static func device<M: LocalRandomizer>(
        for mechanism: M, from noise: inout SeededNoise
    ) throws -> DeviceContext {
        guard mechanism is any LongitudinalRandomizer else { return DeviceContext(permanentNoise: nil) }
        return DeviceContext(
            permanentNoise: try PermanentNoise(
                secret: noise.secret(), metric: 1, definitionHash: noise.bytes(count: 32)))
    }
}
