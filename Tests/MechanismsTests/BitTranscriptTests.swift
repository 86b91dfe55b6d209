import BigInt
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

/// What thirty reports about one value tell, exactly: how often each bit was set is all that they tell.
@Suite("Thirty reports of a memoized vector of bits")
struct BitTranscriptTests {
    private static let reportCount = 30

    private static func mechanism() throws -> BasicRappor {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 2000), valueCount: 2,
            reportsAbsence: true)
        return try BasicRappor(configuration: .init(declared: declared))
    }

    /// For every pair of counts of set bits, the likelihood of one transcript with them, by input.
    private static func likelihoods(_ mechanism: BasicRappor) -> [[BigUInt]] {
        let rule = mechanism.response.rule, whole = BigUInt(1) << 64
        // By the permanent bit, then by how many of the reports set it.
        let powers = [rule.clear, rule.set].map { threshold in
            (0...reportCount).map { count in
                BigUInt(threshold).power(count) * (whole - BigUInt(threshold)).power(reportCount - count)
            }
        }
        return mechanism.auditedInputs.indices.map { item in
            (0...reportCount).flatMap { first in
                (0...reportCount).map { second in
                    mechanism.allPermanentResponses.reduce(BigUInt(0)) { sum, permanent in
                        sum + BigUInt(wide: mechanism.permanentLikelihood(of: permanent, given: item))
                            * powers[permanent[0] ? 1 : 0][first] * powers[permanent[1] ? 1 : 0][second]
                    }
                }
            }
        }
    }

    private static func choices(_ count: Int) -> BigUInt {
        (0..<count).reduce(BigUInt(1)) { $0 * BigUInt(reportCount - $1) / BigUInt($1 + 1) }
    }

    @Test("have likelihoods that sum to one, and never differ by more than the permanent loss")
    func ratiosAreBounded() throws {
        let mechanism = try Self.mechanism(), table = Self.likelihoods(mechanism)
        let bound = ExactExponential(mechanism.permanentLoss), whole = BigUInt(1) << (128 * (Self.reportCount + 1))
        let multiplicities = (0...Self.reportCount).flatMap { first in
            (0...Self.reportCount).map { Self.choices(first) * Self.choices($0) }
        }
        for (item, row) in table.enumerated() {
            #expect(zip(row, multiplicities).reduce(BigUInt(0)) { $0 + $1.0 * $1.1 } == whole)
            for other in table.indices where other != item {
                let ratio = zip(row, table[other]).allSatisfy { bound.surelyCovers($0, over: $1) }
                #expect(ratio, "\(item) against \(other)")
                // With S the sum of the larger likelihoods, the best guess of two is right with probability S/2, and at
                // most e^ε / (1 + e^ε) where S / (2 − S) is at most e^ε.
                let larger = zip(zip(row, table[other]), multiplicities).reduce(BigUInt(0)) {
                    $0 + max($1.0.0, $1.0.1) * $1.1
                }
                #expect(bound.surelyCovers(larger, over: 2 * whole - larger))
            }
        }
    }

    @Test("come near that bound, and with fresh noise alone would exceed it many times over")
    func boundIsTight() throws {
        let mechanism = try Self.mechanism(), table = Self.likelihoods(mechanism)
        // All reports with the first bit set and the second clear.
        let place = Self.reportCount * (Self.reportCount + 1)
        let nearly = ExactExponential(of: BigUInt(mechanism.permanentLoss.nanonats - 1_000_000), over: 1_000_000_000)
        #expect(nearly.surelyMisses(table[0][place], over: table[1][place]))
        let report = BitVectorReport(partition: 0, words: [1])
        let (own, other) = (
            BigUInt(wide: mechanism.likelihood(of: report, given: 0)),
            BigUInt(wide: mechanism.likelihood(of: report, given: 1))
        )
        #expect(
            ExactExponential(mechanism.permanentLoss, times: 14).surelyMisses(
                own.power(Self.reportCount), over: other.power(Self.reportCount)))
    }
}
