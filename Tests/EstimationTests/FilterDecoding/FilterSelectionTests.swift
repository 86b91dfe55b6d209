import Foundation
import TestSupport
import Testing

@testable import Estimation

@Suite("Detection keeps its error rate, and intervals cover given the selection")
struct FilterSelectionTests {
    private struct Tails: Decodable {
        var logTails: [Place]
        var quantiles: [Quantile]

        struct Place: Decodable {
            var z: String
            var logTail: String
        }

        struct Quantile: Decodable {
            var tail: String
            var z: String
        }
    }

    @Test("tails and their quantiles are right to twelve digits, down to the smallest numbers")
    func tails() throws {
        let tails = try Fixtures.json("filters/normal_tails.json", as: Tails.self)
        for row in tails.logTails {
            let (z, expected) = (try #require(Double(row.z)), try #require(Double(row.logTail)))
            let found = NormalDistribution.logUpperTail(from: z)
            #expect(isNear(found, expected, 1e-12) || abs(found - expected) < 1e-15, "z \(row.z): \(found)")
        }
        for row in tails.quantiles {
            let (tail, expected) = (try #require(Double(row.tail)), try #require(Double(row.z)))
            let found = NormalDistribution.upperQuantile(ofTail: tail)
            #expect(isNear(found, expected, 1e-12, of: 0.1), "tail \(row.tail): \(found)")
        }
        #expect(NormalDistribution.upperQuantile(ofTail: 0) == .infinity)
        #expect(NormalDistribution.upperQuantile(ofTail: .leastNonzeroMagnitude) > 38)
    }

    private static func detected(
        _ pValues: [Double], _ correction: FilterCorrection, alpha: Double = 0.05
    ) -> [Int] {
        let standardised = pValues.map { $0.isNaN ? .nan : NormalDistribution.upperQuantile(ofTail: $0) }
        let selection = FilterSelection(standardised: standardised, correction: correction, alpha: alpha)
        return selection.isDetected.indices.filter { selection.isDetected[$0] }
    }

    @Test("Bonferroni shares alpha among all candidates, and no correction gives it to each")
    func bonferroni() {
        let pValues = [0.0124, 0.0126, 0.4, 0.9]
        #expect(Self.detected(pValues, .bonferroni) == [0])
        #expect(Self.detected(pValues, .none) == [0, 1])
        #expect(Self.detected([0.0124, .nan, .nan, .nan], .bonferroni) == [0])
        #expect(Self.detected([], .bonferroni).isEmpty && Self.detected([], .falseDiscoveryRate).isEmpty)
        #expect(Self.detected([0.2, 0.0001], .bonferroni, alpha: 1e-5).isEmpty)
        #expect(Self.detected([0.98, 0.2], .none, alpha: 0.99) == [0, 1])
    }

    @Test("false discovery steps up, at alpha over the share of candidates that the negative ones say are absent")
    func falseDiscovery() {
        // Five of ten are negative: (1 + 5)/5 > 1, so alpha is .05, and the steps are .005, .01, .015, .02 ...
        let many = [0.004, 0.0149, 0.0148, 0.021, 0.45, 0.6, 0.7, 0.8, 0.9, 0.99]
        #expect(Self.detected(many, .falseDiscoveryRate) == [0, 1, 2])
        // One of ten: (1 + 1)/5, alpha .125, steps of .0125: the fourth p-value is below the fourth.
        let few = [0.004, 0.0149, 0.0148, 0.049, 0.063, 0.2, 0.3, 0.4, 0.45, 0.6]
        #expect(Self.detected(few, .falseDiscoveryRate) == [0, 1, 2, 3])
        #expect(Self.detected([0.06, 0.5, 0.5, 0.5, 0.7], .falseDiscoveryRate).isEmpty)
    }

    @Test("no candidate that the bits cannot tell from others is detected, nor one with a negative estimate")
    func neverDetected() {
        // None or one negative of so many: alpha over the share of the absent passes 1.
        let present = [Double](repeating: 1e-6, count: 98)
        for correction in FilterCorrection.allCases {
            #expect(Self.detected(present + [.nan, .nan], correction) == Array(0..<98))
            #expect(Self.detected(present + [.nan, 0.8], correction) == Array(0..<98))
        }
    }

    /// The conditional distribution at an estimate by Simpson's rule: what lies above `standardised` of what lies above
    /// the cut, or below of below.
    private static func conditional(_ standardised: Double, cut: Double, theta: Double, isDetected: Bool) -> Double {
        // The least deviation on this side of the cut, so that no density vanishes.
        let least = isDetected ? max(0, cut - theta) : max(0, theta - cut)
        func mass(from low: Double, to high: Double) -> Double {
            let count = 20_000, step = (high - low) / Double(count)
            return (0...count).reduce(0) { sum, index in
                let weight = index == 0 || index == count ? 1.0 : index % 2 == 1 ? 4 : 2
                let deviation = low + step * Double(index) - theta
                return sum + weight * exp((least * least - deviation * deviation) / 2)
            } * step
        }
        let top = max(standardised, theta, cut) + 12, bottom = min(standardised, theta, cut) - 12
        return isDetected
            ? mass(from: standardised, to: top) / mass(from: cut, to: top)
            : mass(from: bottom, to: standardised) / mass(from: bottom, to: cut)
    }

    private static func selection(cut: Double) -> FilterSelection {
        FilterSelection(standardised: [0], correction: .none, alpha: NormalDistribution.upperTail(from: cut))
    }

    @Test("an interval's ends leave half of the miss each on the conditional distribution's sides")
    func ends() throws {
        for (level, miss) in [(0.95, 0.025), (0.5, 0.25), (0.999, 0.0005)] {
            let confidence = try #require(ConfidenceLevel(level))
            for (cut, z) in [(1.5, 1.6), (1.5, 2.5), (3.9, 4.0), (3.9, 9), (1.5, 1.4), (3.9, 0), (3.9, -3)] {
                let isDetected = z > cut
                let interval = Self.selection(cut: cut).interval(of: z, isDetected: isDetected, confidence: confidence)
                for (theta, low, high) in [
                    (interval.lowerBound, miss, 1 - miss), (interval.upperBound, 1 - miss, miss),
                ] where abs(theta - z) < 59.9 {
                    let share = Self.conditional(z, cut: cut, theta: theta, isDetected: isDetected)
                    #expect(
                        abs(share - (isDetected ? low : high)) < 1e-6, "\(level), z \(z), cut \(cut): \(interval)")
                }
            }
        }
    }

    @Test("far from the cut an interval is the plain one")
    func farFromTheCut() {
        for (z, isDetected) in [(14.0, true), (200, true), (1e6, true), (-7, false), (-500, false)] {
            let interval = Self.selection(cut: 3).interval(of: z, isDetected: isDetected, confidence: .standard)
            #expect(abs(interval.lowerBound - (z - 1.959963984540054)) < 1e-6 * max(1, abs(z) * 1e-4), "\(interval)")
            #expect(abs(interval.upperBound - (z + 1.959963984540054)) < 1e-6 * max(1, abs(z) * 1e-4), "\(interval)")
        }
    }

    @Test("an interval of any confidence is one, at any estimate")
    func extremes() throws {
        for level in [1e-300, 1e-9, 0.5, 1 - 1e-9, 1 - 1e-16] {
            let confidence = try #require(ConfidenceLevel(level))
            for alpha in [Double.leastNonzeroMagnitude, 1e-100, 0.05, 0.5, 1 - 1e-16] {
                for correction in FilterCorrection.allCases {
                    let standardised = [-1e9, -60, -1, 0, 1, 5, 60, 1e9, .nan]
                    let selection = FilterSelection(
                        standardised: standardised, correction: correction, alpha: alpha)
                    for (z, isDetected) in zip(standardised, selection.isDetected) where !z.isNaN {
                        let interval = selection.interval(of: z, isDetected: isDetected, confidence: confidence)
                        #expect(interval.lowerBound <= interval.upperBound)
                        #expect(interval.lowerBound >= z - 61 && interval.upperBound <= z + 61)
                    }
                }
            }
        }
    }

    /// The probability that an interval covers θ, of Z ~ N(θ, 1) given its side of the cut: where it changes between covering
    /// and not is found by bisection, so that the rest is exact.
    private static func coverage(
        theta: Double, cut: Double, isDetected: Bool, _ covers: (Double) -> Bool
    ) -> Double {
        let low = isDetected ? cut : min(cut, theta) - 9, high = isDetected ? max(cut, theta) + 9 : cut
        func mass(_ from: Double, _ to: Double) -> Double {
            from > theta
                ? NormalDistribution.upperTail(from: from - theta) - NormalDistribution.upperTail(from: to - theta)
                : NormalDistribution.upperTail(from: theta - to) - NormalDistribution.upperTail(from: theta - from)
        }
        var (covered, start, was) = (0.0, low, covers(low + 1e-12))
        let step = (high - low) / 150
        for index in 1...150 {
            let place = low + step * (Double(index) - 1e-9), now = covers(place)
            guard now != was else { continue }
            var (left, right) = (place - step, place)
            while right - left > 1e-9 {
                let middle = (left + right) / 2
                if covers(max(middle, low + 1e-12)) == was { left = middle } else { right = middle }
            }
            if was { covered += mass(start, right) }
            (start, was) = (right, now)
        }
        if was { covered += mass(start, high) }
        return covered / mass(low, high)
    }

    @Test("given the selection intervals cover as often as they say, and plain ones do not")
    func coverage() {
        for cut in [1.6, 4.0] {
            let selection = Self.selection(cut: cut)
            for isDetected in [true, false] {
                var worstOfPlain = 1.0
                for theta in [0, cut - 2, cut - 0.5, cut, cut + 1, cut + 3] {
                    let coverage = Self.coverage(theta: theta, cut: cut, isDetected: isDetected) {
                        selection.interval(of: $0, isDetected: isDetected, confidence: .standard).contains(theta)
                    }
                    #expect(abs(coverage - 0.95) < 1e-4, "θ \(theta), cut \(cut), detected \(isDetected)")
                    let plain = Self.coverage(theta: theta, cut: cut, isDetected: isDetected) {
                        abs($0 - theta) < 1.959963984540054
                    }
                    worstOfPlain = min(worstOfPlain, plain)
                }
                #expect(worstOfPlain < 0.5, "cut \(cut), detected \(isDetected)")
            }
        }
    }
}
