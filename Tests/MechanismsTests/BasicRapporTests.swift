import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@Suite("Basic RAPPOR")
struct BasicRapporTests {
    @Test("has the thresholds, losses, reports and permanent responses of an independent script")
    func vectorsAgree() throws {
        let fixtures = try MechanismFixture.of(BasicRappor.self).configurations + BitVectorFixture.Wide.load().basic
        for fixture in fixtures { try BitVectorFixture.expectVectors(of: fixture, BasicRappor.self) }
    }

    @Test("refuses one step less noise in either stage where it is made from ε, and takes one more")
    func lessNoiseIsRefused() throws {
        let fixtures = try MechanismFixture.of(BasicRappor.self).configurations + BitVectorFixture.Wide.load().basic
        for fixture in fixtures where fixture.epsilon != nil {
            let least = try fixture.mechanism(BasicRappor.self).configuration
            for (less, more) in BitVectorFixture.neighbours(of: least.noise) {
                var configuration = least
                configuration.noise = less
                let error = #expect(throws: ParameterError.self) { try BasicRappor(configuration: configuration) }
                #expect(error?.name == "lossAboveEpsilon", "\(fixture)")
                configuration.noise = more
                #expect(throws: Never.self, "\(fixture)") { try BasicRappor(configuration: configuration) }
            }
        }
    }

    @Test("gives every value a bit of its own and absence none", arguments: [1, 2, 63, 64, 65, 128, 4096])
    func bitsAreOneHot(valueCount: Int) throws {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 2000),
            valueCount: valueCount, reportsAbsence: true)
        let mechanism = try BasicRappor(configuration: .init(declared: declared))
        for item in Set([0, valueCount / 2, valueCount - 1]) {
            let words = try mechanism.bits(of: .item(item), cohort: 0)
            #expect(words.count == mechanism.shape.wordCount)
            let report = BitVectorReport(partition: 0, words: words)
            #expect((0..<valueCount).filter { report[$0] } == [item])
        }
        #expect(try mechanism.bits(of: .absent, cohort: 0) == [UInt64](repeating: 0, count: mechanism.shape.wordCount))
        #expect(throws: InputError.outOfDomain) { try mechanism.bits(of: .item(valueCount), cohort: 0) }
    }
}
