import LocalPrivacy
import Mechanisms
import SecureRandomness
import TestSupport
import Testing

@Suite("Planted faults of RAPPOR")
struct RapporFaultTests {
    private static func mechanism(cohorts: Int) throws -> Rappor {
        try RapporTests.mechanism(bits: 2, hashes: 1, cohorts: cohorts, f: 500, p: 250, q: 750)
    }

    @Test(
        "are each caught, and by the laws that are theirs",
        arguments: [
            (FaultyRappor.Fault.none, Set<MechanismLaw>()),
            (.permanentNoiseDrawnAnew, [.permanentResponsesAreKept]),
            (.permanentNoiseSharedByTexts, [.permanentResponsesAreIndependent]),
            (.freshNoiseFromThePermanentResponse, [.samplesFollowLikelihoods, .reportsAreFresh]),
            (.permanentResponseReported, [.samplesFollowLikelihoods, .reportsAreFresh]),
            (.filterReported, [.samplesFollowLikelihoods, .permanentResponsesAreIndependent]),
            (.filterWritten, [.payloadsAreReports]), (.storedResponseSent, [.payloadsAreReports]),
            (.absenceOfATextsFilter, [.samplesFollowLikelihoods]),
            (
                .permanentLossOfHalfTheBits,
                [
                    .permanentRatiosWithinPermanentEpsilon, .constantHistoriesWithinPermanentEpsilon,
                    .renamedHistoriesWithinDistinctValues,
                ]
            ),
        ] as [(FaultyRappor.Fault, Set<MechanismLaw>)], [1, 2])
    func faultsAreCaught(expected: (fault: FaultyRappor.Fault, laws: Set<MechanismLaw>), cohorts: Int) throws {
        let faulty = FaultyRappor(base: try Self.mechanism(cohorts: cohorts), fault: expected.fault)
        let breaches = try MechanismLaws.breaches(of: faulty, unspentNanonats: 999_999)
        #expect(MechanismLaws.names(of: breaches) == expected.laws, "\(breaches)")
    }

    @Test("of permanent noise that metrics or definitions share are caught by the law on independence")
    func sharedNoiseIsCaught() throws {
        let mechanism = try Self.mechanism(cohorts: 2)
        #expect(try MechanismLaws.memoBreaches(of: mechanism).isEmpty)
        let withoutMetric: MechanismLaws.NoiseMaker = { secret, _, definitionHash in
            try PermanentNoise(secret: secret, metric: 0, definitionHash: definitionHash)
        }
        let withoutDefinition: MechanismLaws.NoiseMaker = { secret, metric, _ in
            try PermanentNoise(secret: secret, metric: metric, definitionHash: [])
        }
        for (name, noise) in [("another metric", withoutMetric), ("another definition", withoutDefinition)] {
            let breaches = try MechanismLaws.memoBreaches(of: mechanism, noise: noise)
            #expect(breaches.map(\.law) == [.permanentResponsesAreIndependent])
            #expect(breaches.first?.detail.hasPrefix(name) == true)
        }
    }
}
