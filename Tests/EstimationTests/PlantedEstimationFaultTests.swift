import Estimation
import LocalPrivacy
import Mechanisms
import Testing

@Suite("Planted faults of an oracle are rejected")
struct PlantedEstimationFaultTests {
    @Test("without a fault the wrapper keeps every law")
    func soundWrapperPasses() throws {
        for (valueCount, thousandths) in [(2, 1000), (3, 8000)] {
            #expect(try lawsBroken(nil, valueCount: valueCount, thousandths: thousandths).isEmpty)
        }
    }

    @Test("p* and q* swapped make the estimate biased")
    func swapped() throws {
        #expect(try lawsBroken(.supportProbabilitiesSwapped).contains(.estimatesAreUnbiased))
    }

    @Test("n counted wrong is no count of each report once")
    func miscounted() throws {
        #expect(try lawsBroken(.reportsCountedTwice).contains(.eachReportCountsOnce))
        #expect(try lawsBroken(.lastReportOfABlobDropped).contains(.eachReportCountsOnce))
        let wide = EstimationLaws(FaultyOracle(try sound(valueCount: 300), .reportsCountedByTheByte))
        #expect(try wide.countingBreaches().map(\.law).contains(.eachReportCountsOnce))
        #expect(try EstimationLaws(FaultyOracle(try sound(valueCount: 300), nil)).countingBreaches().isEmpty)
    }

    @Test("a tally that skips what is malformed accepts malformed payloads")
    func skipped() throws {
        #expect(try lawsBroken(.outOfDomainValuesSkipped) == [.malformedPayloadsAreRefused])
    }

    @Test("a variance without the holders' term has the wrong standard error at large ε, and so has one too many")
    func variance() throws {
        let broken = try lawsBroken(.varianceOfAbsenceForAll, valueCount: 3, thousandths: 8000)
        #expect(broken == [.standardErrorIsThatOfTheNoise])
        #expect(try lawsBroken(.devicesDrawnAnew) == [.standardErrorIsThatOfTheNoise])
    }

    @Test("a normal interval with 1.9 for 1.96 does not cover")
    func interval() throws {
        #expect(try lawsBroken(.intervalOfTooSmallAVariance) == [.intervalsCover])
    }

    @Test("a p-value of less than half the tail is not valid")
    func pValue() throws {
        #expect(try lawsBroken(.pValueOfLessThanHalfTheTail) == [.pValuesAreValid])
    }

    private func lawsBroken(
        _ fault: FaultyOracle.Fault?, valueCount: Int = 4, thousandths: Int = 1000
    ) throws -> Set<EstimationLaw> {
        let oracle = FaultyOracle(try sound(valueCount: valueCount, thousandths: thousandths), fault)
        return Set(try EstimationLaws(oracle).breaches().map(\.law))
    }

    private func sound(valueCount: Int, thousandths: Int = 1000) throws -> RandomizedResponse {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: thousandths), valueCount: valueCount, reportsAbsence: false)
        return try RandomizedResponse(configuration: .init(declared: declaration))
    }
}
