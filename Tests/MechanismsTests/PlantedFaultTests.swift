import LocalPrivacy
import Mechanisms
import SecureRandomness
import TestSupport
import Testing

@Suite("Planted faults")
struct PlantedFaultTests {
    @Test(
        "of randomized response are each caught, and by the law that is theirs",
        arguments: [
            (FaultyResponse.Fault.none, Set<MechanismLaw>()),
            (.understatedEpsilon, [.ratiosWithinEpsilon, .declaredEpsilonIsSpent]),
            (.understatedLoss, [.lossIsTheWorstRatio, .declaredEpsilonIsSpent]),
            (.overstatedLoss, [.lossIsTheWorstRatio, .declaredEpsilonIsSpent]),
            (.categoryNeverChosen, [.samplesFollowLikelihoods]),
            (.categoryImpossible, [.ratiosWithinEpsilon, .lossIsTheWorstRatio]),
            (.truthAndLieSwapped, [.samplesFollowLikelihoods]),
            (.secondWordOnlyForLies, [.announcedWordsAreDrawn]),
            (.likelihoodOffByOne, [.likelihoodsSumToOne]),
            (.moreNoiseThanDeclared, [.declaredEpsilonIsSpent]),
            (.foreignItemsTaken, [.inputsAreBounded]),
            (.absenceTaken, [.inputsAreBounded]),
        ] as [(FaultyResponse.Fault, Set<MechanismLaw>)])
    func faultsOfOneReportAreCaught(fault: FaultyResponse.Fault, laws: Set<MechanismLaw>) throws {
        let faulty = try FaultyResponse(categoryCount: 4, epsilon: 2000, fault: fault)
        let breaches = try MechanismLaws.breaches(of: faulty)
        #expect(MechanismLaws.names(of: breaches) == laws, "\(breaches)")
    }

    @Test("of a payload that takes foreign bytes is caught by the law on malformed payloads")
    func laxDecodingIsCaught() throws {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), valueCount: 3, reportsAbsence: false)
        let faulty = try LaxlyDecodedResponse(configuration: .init(declared: declared))
        #expect(MechanismLaws.names(of: try MechanismLaws.breaches(of: faulty)) == [.malformedPayloadsAreRefused])
    }

    @Test(
        "of a memo are each caught, and by the law that is theirs",
        arguments: [
            (FaultyMemo.Fault.none, Set<MechanismLaw>()),
            (.understatedPermanentEpsilon, [.permanentRatiosWithinPermanentEpsilon]),
            (
                .understatedInstantaneousLoss,
                [.freshRatiosWithinInstantaneousLoss, .differingHistoriesWithinInstantaneousLoss]
            ),
            (.noiseSharedByItems, [.permanentResponsesAreIndependent]),
            (.drawnAnew, [.permanentResponsesAreKept]),
            (.memoNotPerturbed, [.samplesFollowLikelihoods, .reportsAreFresh]),
        ] as [(FaultyMemo.Fault, Set<MechanismLaw>)])
    func faultsOfAMemoAreCaught(fault: FaultyMemo.Fault, laws: Set<MechanismLaw>) throws {
        let faulty = try FaultyMemo(valueCount: 3, epsilon: 1000, permanentEpsilon: 2000, fault: fault)
        let breaches = try MechanismLaws.breaches(of: faulty)
        #expect(MechanismLaws.names(of: breaches) == laws, "\(breaches)")
    }

    @Test(
        "of a sketch are each caught, and by the law that is theirs",
        arguments: [
            (FaultySketch.Fault.none, true, Set<MechanismLaw>()),
            (.rowNotUniform, true, [.samplesFollowLikelihoods]),
            (.epsilonForHalfOfIt, true, [.ratiosWithinEpsilon, .declaredEpsilonIsSpent]),
            (.absenceHashedLikeNoText, true, [.samplesFollowLikelihoods]),
            (.absenceTakenWhereNotReported, false, [.inputsAreBounded]),
            (.placeNotFlipped, true, [.samplesFollowLikelihoods]),
            (.placeWritten, true, [.payloadsAreReports]),
        ] as [(FaultySketch.Fault, Bool, Set<MechanismLaw>)])
    func faultsOfASketchAreCaught(fault: FaultySketch.Fault, absence: Bool, laws: Set<MechanismLaw>) throws {
        let faulty = try FaultySketch(epsilon: 2000, reportsAbsence: absence, fault: fault)
        let breaches = try MechanismLaws.breaches(of: faulty)
        #expect(MechanismLaws.names(of: breaches) == laws, "\(breaches)")
    }

    @Test("of a one-bit mean that is off by one end is caught by the laws on ratios")
    func endOfTheRangeIsCaught() throws {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), domain: .range, reportsAbsence: false)
        let faulty = try FaultyMean(configuration: .init(declared: declared))
        let breaches = try MechanismLaws.breaches(of: faulty)
        #expect(MechanismLaws.names(of: breaches) == [.ratiosWithinEpsilon, .lossIsTheWorstRatio])
    }

    @Test("of a memo keyed without the metric's parameters is caught by the law on independence")
    func memoKeyedWithoutParametersIsCaught() throws {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 2000), valueCount: 3,
            reportsAbsence: true)
        let mechanism = try MemoizedRandomizedResponse(configuration: .init(declared: declared))
        #expect(try MechanismLaws.memoBreaches(of: mechanism).isEmpty)
        let withoutDefinition: MechanismLaws.NoiseMaker = { secret, metric, _ in
            try PermanentNoise(secret: secret, metric: metric, definitionHash: [])
        }
        let withoutMetric: MechanismLaws.NoiseMaker = { secret, _, definitionHash in
            try PermanentNoise(secret: secret, metric: 0, definitionHash: definitionHash)
        }
        for (name, noise) in [("another definition", withoutDefinition), ("another metric", withoutMetric)] {
            let breaches = try MechanismLaws.memoBreaches(of: mechanism, noise: noise)
            #expect(breaches.map(\.law) == [.permanentResponsesAreIndependent])
            #expect(breaches.first?.detail.hasPrefix(name) == true)
        }
    }
}
