import BigInt
import LocalPrivacy
import Mechanisms
import TestSupport
import Testing

/// Against what an independent script computed: see `Tests/Fixtures/generate/thresholds.py`.
@Suite("Thresholds of k-ary randomized response")
struct ThresholdTests {
    struct Row: Sendable {
        var categoryCount: Int, epsilon: Epsilon, threshold: UInt64, loss: Int?

        init(_ cells: [Substring]) throws {
            categoryCount = try #require(Int(cells[0]))
            epsilon = try Epsilon(thousandths: try #require(Int(cells[1])))
            threshold = try #require(UInt64(cells[2], radix: 16))
            loss = cells.count > 3 ? Int(cells[3]) : nil
        }
    }

    private static func rows(_ name: String) throws -> [Row] {
        try Fixtures.rows("thresholds/\(name)").map { try Row($0) }
    }

    @Test("are the script's, over a grid of domains up to 2²⁰ and of ε up to 16")
    func karyThresholdsAgree() throws {
        let rows = try Self.rows("kary.csv")
        try #require(rows.count == 7200)
        let breaches = rows.filter {
            ResponseRule<UInt64>.smallestLieThreshold(categoryCount: $0.categoryCount, epsilon: $0.epsilon)
                != $0.threshold
        }
        #expect(breaches.isEmpty, "\(breaches.count) differ, such as \(breaches.first.map { "\($0)" } ?? "")")
    }

    @Test("of the eight-bit twin are the script's")
    func eightBitThresholdsAgree() throws {
        let rows = try Self.rows("eight_bit.csv")
        try #require(rows.count == 24)
        for row in rows {
            let threshold = ResponseRule<UInt8>.smallestLieThreshold(
                categoryCount: row.categoryCount, epsilon: row.epsilon)
            #expect(UInt64(threshold) == row.threshold, "\(row)")
        }
    }

    @Test("for two categories are those of the coin", arguments: [1, 2, 693, 1000, 5000, 15_999, 16_000])
    func binaryThresholdsAreTheCoins(thousandths: Int) throws {
        let epsilon = try Epsilon(thousandths: thousandths)
        #expect(
            ResponseRule<UInt64>.smallestLieThreshold(categoryCount: 2, epsilon: epsilon)
                == Probability(flippingWithin: epsilon).numerator)
    }

    @Test("realise the loss that the script computes, also where they add noise")
    func realisedLossesAgree() throws {
        let rows = try Self.rows("realised_loss.csv")
        try #require(rows.count == 300)
        for row in rows {
            let rule = try ResponseRule(categoryCount: row.categoryCount, lieThreshold: row.threshold)
            #expect(try rule.loss().nanonats == row.loss, "\(row)")
        }
    }

    @Test("are the smallest: one less exceeds e^ε beyond doubt, in exact integers")
    func oneLessViolates() throws {
        let whole = BigUInt(1) << 64
        for row in try Self.rows("kary.csv") where row.epsilon.thousandths.isMultiple(of: 100) {
            let bound = ExactExponential(row.epsilon)
            let fewest = whole / BigUInt(row.categoryCount - 1)
            func likelihoods(_ threshold: BigUInt) -> (BigUInt, BigUInt) {
                ((whole - threshold) * whole, threshold * fewest)
            }
            let (truth, lie) = likelihoods(BigUInt(row.threshold))
            #expect(bound.surelyCovers(truth, over: lie), "\(row)")
            let (likelier, rarer) = likelihoods(BigUInt(row.threshold) - 1)
            #expect(bound.surelyMisses(likelier, over: rarer), "\(row)")
        }
    }
}
