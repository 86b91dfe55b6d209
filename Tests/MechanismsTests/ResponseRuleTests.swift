import BigInt
import LocalPrivacy
import Mechanisms
import TestSupport
import Testing

@Suite("The rule of k-ary randomized response")
struct ResponseRuleTests {
    /// How often each response follows, over all 65,536 pairs of eight-bit words.
    private static func enumerated(_ rule: ResponseRule<UInt8>, truth: UInt8) -> [Int] {
        var counts = [Int](repeating: 0, count: Int(rule.categoryCount))
        for lieWord in UInt8.min...UInt8.max {
            for otherWord in UInt8.min...UInt8.max {
                counts[Int(rule.respond(to: truth, lieWord: lieWord, otherWord: otherWord))] += 1
            }
        }
        return counts
    }

    private static func likelihoods(_ rule: ResponseRule<UInt8>, truth: UInt8) -> [Int] {
        (0..<Int(rule.categoryCount)).map { Int(BigUInt(wide: rule.likelihood(of: $0, given: Int(truth)))) }
    }

    @Test(
        "at eight bits responds exactly as often as it says, over every pair of words",
        arguments: [2, 3, 4, 5, 6, 7, 13, 37, 127, 128])
    func enumerationEqualsLikelihoods(categoryCount: Int) throws {
        let largest = ResponseRule<UInt8>.largestLieThreshold(categoryCount: categoryCount)
        for threshold in [largest / 2, largest] {
            let rule = try ResponseRule<UInt8>(categoryCount: categoryCount, lieThreshold: threshold)
            let truths = Set([0, 1, rule.categoryCount / 2, rule.categoryCount - 1])
            for truth in categoryCount <= 5 ? Set(0..<rule.categoryCount) : truths {
                let counts = Self.enumerated(rule, truth: truth)
                #expect(counts == Self.likelihoods(rule, truth: truth), "T \(threshold), truth \(truth)")
                #expect(counts.reduce(0, +) == 65_536)
                let others = counts.enumerated().filter { $0.offset != Int(truth) }.map(\.element)
                #expect(others.allSatisfy { $0 < counts[Int(truth)] }, "a lie is as likely as the truth")
                #expect(BigUInt(others.min() ?? 0) == BigUInt(wide: rule.leastLieLikelihood))
                #expect(BigUInt(others.max() ?? 0) == BigUInt(wide: rule.greatestLieLikelihood))
            }
        }
    }

    @Test("at eight bits loses at most ε with the smallest threshold, and more with one less")
    func eightBitThresholdsAreTight() throws {
        for row in try Fixtures.rows("thresholds/eight_bit.csv") {
            let categoryCount = try #require(Int(row[0]))
            let epsilon = try Epsilon(thousandths: try #require(Int(row[1])))
            let threshold = try #require(UInt8(row[2], radix: 16))
            func worst(_ threshold: UInt8) throws -> (BigUInt, BigUInt) {
                let rule = try ResponseRule<UInt8>(categoryCount: categoryCount, lieThreshold: threshold)
                let counts = Self.enumerated(rule, truth: 0)
                return (BigUInt(counts.max() ?? 0), BigUInt(counts.min() ?? 0))
            }
            let (likely, unlikely) = try worst(threshold)
            #expect(ExactExponential(epsilon).surelyCovers(likely, over: unlikely), "k \(categoryCount), ε \(epsilon)")
            let (likelier, rarer) = try worst(threshold - 1)
            #expect(ExactExponential(epsilon).surelyMisses(likelier, over: rarer), "k \(categoryCount), ε \(epsilon)")
        }
    }

    @Test("is refused outside 2 to 2²⁰ categories", arguments: [Int.min, -1, 0, 1, 1 << 20 + 1, .max])
    func categoryCountIsBounded(categoryCount: Int) {
        #expect(throws: ParameterError.categoryCountOutOfRange(count: categoryCount, allowed: 2...1 << 20)) {
            try ResponseRule<UInt64>(categoryCount: categoryCount, lieThreshold: 1 << 40)
        }
    }

    @Test("at eight bits is refused above 128 categories, where the sum of truth and offset would not fit a word")
    func sumsMustFitTheWord() {
        #expect(throws: ParameterError.categoryCountOutOfRange(count: 129, allowed: 2...128)) {
            try ResponseRule<UInt8>(categoryCount: 129, lieThreshold: 1)
        }
    }

    @Test("is refused where a lie would be as likely as the truth, or impossible", arguments: [2, 3, 7, 1 << 20])
    func thresholdIsBounded(categoryCount: Int) throws {
        let largest = ResponseRule<UInt64>.largestLieThreshold(categoryCount: categoryCount)
        #expect(throws: Never.self) { try ResponseRule(categoryCount: categoryCount, lieThreshold: largest) }
        for threshold in [0, largest + 1, .max] {
            #expect(throws: ParameterError.thresholdOutOfRange(threshold: threshold, allowed: 1...largest)) {
                try ResponseRule<UInt64>(categoryCount: categoryCount, lieThreshold: threshold)
            }
        }
    }

    @Test("at 64 bits stays within the domain at both ends of both words", arguments: [2, 3, 1000, 1 << 20])
    func responsesStayWithinTheDomain(categoryCount: UInt64) throws {
        let rule = try ResponseRule<UInt64>(categoryCount: Int(categoryCount), lieThreshold: 1 << 60)
        for truth in [0, 1, categoryCount - 1] {
            for lieWord in [0, rule.lieThreshold - 1] {
                for otherWord in [0, 1, UInt64.max / 2, .max] {
                    let response = rule.respond(to: truth, lieWord: lieWord, otherWord: otherWord)
                    #expect(response < categoryCount && response != truth)
                }
            }
            for lieWord in [rule.lieThreshold, .max] {
                #expect(rule.respond(to: truth, lieWord: lieWord, otherWord: 12_345) == truth)
            }
        }
    }
}
