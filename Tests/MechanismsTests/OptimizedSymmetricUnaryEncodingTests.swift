import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@Suite("Optimized symmetric unary encoding")
struct OptimizedSymmetricUnaryEncodingTests {
    private typealias Encoding = OptimizedSymmetricUnaryEncoding

    @Test("has the thresholds, losses, reports and permanent responses of an independent script")
    func vectorsAgree() throws {
        for fixture in try MechanismFixture.of(Encoding.self).configurations {
            try BitVectorFixture.expectVectors(of: fixture, Encoding.self)
            let rule = try fixture.mechanism(Encoding.self).response.rule
            #expect(rule.keep == 1 << 63, "a set bit is kept by the toss of a coin")
        }
    }

    @Test("refuses one step less noise in either stage, and takes one more")
    func lessNoiseIsRefused() throws {
        for fixture in try MechanismFixture.of(Encoding.self).configurations {
            let least = try fixture.mechanism(Encoding.self).configuration
            for (less, more) in BitVectorFixture.neighbours(of: least.noise) {
                var configuration = least
                configuration.noise = less
                let error = #expect(throws: ParameterError.self) { try Encoding(configuration: configuration) }
                #expect(error?.name == "lossAboveEpsilon", "\(fixture)")
                configuration.noise = more
                #expect(throws: Never.self, "\(fixture)") { try Encoding(configuration: configuration) }
            }
        }
    }

    @Test("gives every item a bit of its own, absence as well", arguments: [2, 3, 63, 64, 65, 128, 4096])
    func bitsAreOneHot(itemCount: Int) throws {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 2000),
            valueCount: itemCount - 1, reportsAbsence: true)
        let mechanism = try Encoding(configuration: .init(declared: declared))
        for item in Set([0, itemCount / 2, itemCount - 1]) {
            let input = item == itemCount - 1 ? MechanismInput.absent : .item(item)
            let report = BitVectorReport(partition: 0, words: try mechanism.bits(of: input, cohort: 0))
            #expect(report.words.count == mechanism.shape.wordCount)
            #expect((0..<itemCount).filter { report[$0] } == [item])
        }
        #expect(throws: InputError.outOfDomain) { try mechanism.bits(of: .item(itemCount - 1), cohort: 0) }
    }
}
