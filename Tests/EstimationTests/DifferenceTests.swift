import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import Testing

@Suite("Differences between two groups have intervals and p-values of their own")
struct DifferenceTests {
    /// Reports of a group, their support and what every count of it says.
    private struct Group {
        let reportCount: Int
        let support: SupportProbabilities
        let figures: [GroupFigure]

        init(_ reportCount: Int, epsilonThousandths: Int, valueCount: Int = 2) throws {
            let declaration = MechanismDeclaration(
                epsilon: try Epsilon(thousandths: epsilonThousandths), valueCount: valueCount, reportsAbsence: false)
            let oracle = try RandomizedResponse(configuration: .init(declared: declaration))
            let model = SupportModel(reportCount: reportCount, support: oracle.support, noise: .independent)
            let origin = LinearCount(reportCount: reportCount, support: oracle.support, noise: .independent)
            (self.reportCount, support) = (reportCount, oracle.support)
            figures = (0...reportCount).map { count in
                let estimate = model.estimate(supportCount: count, confidence: .standard, detectionThreshold: 0)
                return GroupFigure(estimate, reportCount: reportCount, origin: origin)
            }
        }

        func distribution(holders: Int) -> [Double] {
            let own = BinomialDistribution(trialCount: holders, probability: support.truthful)
            let other = BinomialDistribution(trialCount: reportCount - holders, probability: support.spurious)
            let (first, second) = ((0...holders).map(own.density), (0...(reportCount - holders)).map(other.density))
            var sums = [Double](repeating: 0, count: reportCount + 1)
            for (i, one) in first.enumerated() { for (j, two) in second.enumerated() { sums[i + j] += one * two } }
            return sums
        }
    }

    private static func differences(_ first: Group, _ second: Group) -> [[DifferenceEstimate]] {
        first.figures.map { one in second.figures.map { DifferenceEstimate(one, minus: $0) } }
    }

    private static func probability(
        _ table: [[DifferenceEstimate]], _ first: [Double], _ second: [Double],
        _ condition: (DifferenceEstimate) -> Bool
    ) -> Double {
        var sum = 0.0
        for (i, one) in first.enumerated() where one > 1e-13 {
            for (j, two) in second.enumerated() where one * two > 1e-14 && condition(table[i][j]) { sum += one * two }
        }
        return sum
    }

    @Test("intervals cover, and p-values are as rare as they say, over the exact distributions of both counts")
    func exact() throws {
        for (reportCounts, epsilons, valueCount) in [
            ((30, 30), (2000, 2000), 2), ((30, 30), (6000, 6000), 2), ((60, 20), (3000, 1000), 2),
            ((40, 25), (4000, 4000), 9), ((20, 20), (500, 500), 2),
        ] {
            let first = try Group(reportCounts.0, epsilonThousandths: epsilons.0, valueCount: valueCount)
            let second = try Group(reportCounts.1, epsilonThousandths: epsilons.1, valueCount: valueCount)
            let table = Self.differences(first, second)
            for (one, other) in [(0.0, 0.0), (0.1, 0.1), (0.5, 0.5), (1, 1), (0.1, 0.4), (0, 1), (0.9, 0.6)] {
                let holders = (Int(one * Double(reportCounts.0)), Int(other * Double(reportCounts.1)))
                let shares = (
                    Double(holders.0) / Double(reportCounts.0), Double(holders.1) / Double(reportCounts.1)
                )
                let distributions = (first.distribution(holders: holders.0), second.distribution(holders: holders.1))
                let coverage = Self.probability(table, distributions.0, distributions.1) {
                    $0.interval.contains(shares.0 - shares.1)
                }
                #expect(coverage >= 0.95, "\(reportCounts) at \(epsilons), \(shares): \(coverage)")
                guard shares.0 == shares.1 else { continue }
                for level in [0.05, 0.01, 0.001] {
                    let rate = Self.probability(table, distributions.0, distributions.1) { $0.pValue <= level }
                    #expect(rate <= level, "\(reportCounts) at \(epsilons), \(shares): \(rate)")
                }
            }
        }
    }

    @Test(
        "where counts are large, a difference is the normal one, and its p-value is below 0.05 as its interval is off 0"
    )
    func normal() throws {
        let (first, second) = (try Group(900, epsilonThousandths: 1000), try Group(700, epsilonThousandths: 1200))
        for (one, other) in [(300, 300), (420, 210), (520, 390), (610, 455)] {
            let (left, right) = (first.figures[one], second.figures[other])
            let difference = DifferenceEstimate(left, minus: right)
            let error = hypot(left.standardError, right.standardError)
            #expect(difference.difference == left.value - right.value)
            #expect(abs(difference.standardError / error - 1) < 1e-12)
            let z = NormalDistribution.quantile(centralProbability: 0.95)
            #expect(abs(difference.interval.upperBound - (difference.difference + z * error)) < 1e-12)
            let exact = 2 * NormalDistribution.upperTail(from: abs(difference.difference) / error)
            #expect(abs(difference.pValue / exact - 1) < 1e-12)
            #expect((difference.pValue < 0.05) == !difference.interval.contains(0))
        }
    }

    @Test("a difference taken the other way has the other sign and all else alike")
    func antisymmetry() throws {
        let (first, second) = (try Group(25, epsilonThousandths: 3000), try Group(40, epsilonThousandths: 1500))
        for (one, other) in [(3, 30), (12, 20), (25, 0), (0, 40)] {
            let forth = DifferenceEstimate(first.figures[one], minus: second.figures[other])
            let back = DifferenceEstimate(second.figures[other], minus: first.figures[one])
            #expect(forth.difference == -back.difference && forth.standardError == back.standardError)
            #expect(abs(forth.pValue - back.pValue) <= 1e-6 * forth.pValue)
            #expect(abs(forth.interval.lowerBound + back.interval.upperBound) < 1e-12)
        }
    }

    @Test("with scarce counts a normal p-value alone would be far too small, so that the bound is needed")
    func normalAloneIsWrong() throws {
        let (first, second) = (try Group(30, epsilonThousandths: 6000), try Group(30, epsilonThousandths: 6000))
        let distributions = (first.distribution(holders: 3), second.distribution(holders: 3))
        func rate(_ pValue: (DifferenceEstimate) -> Double) -> Double {
            Self.probability(Self.differences(first, second), distributions.0, distributions.1) { pValue($0) <= 0.001 }
        }
        #expect(rate { 2 * NormalDistribution.upperTail(from: abs($0.difference) / $0.standardError) } > 0.002)
        #expect(rate(\.pValue) <= 0.001)
    }

    @Test("where errors may vary apart, they are added, and so are the margins")
    func varyingApart() throws {
        let (first, second) = (try Group(900, epsilonThousandths: 1000), try Group(700, epsilonThousandths: 1200))
        let (left, right) = (first.figures[420], second.figures[210])
        let difference = DifferenceEstimate(left, minus: right, mayVaryApart: true)
        #expect(abs(difference.standardError - left.standardError - right.standardError) < 1e-12)
        let margin = (left.interval.upperBound - left.value) + (right.value - right.interval.lowerBound)
        #expect(abs(difference.interval.upperBound - difference.difference - margin) < 1e-12)
    }

    @Test("what is left of a whole has the p-value of what is taken from it")
    func complement() throws {
        let support = try Group(30, epsilonThousandths: 3000).support
        let origin = LinearCount(reportCount: 20, bitsPerReport: 3, support: support, noise: .independent)
        func figure(_ value: Double, _ origin: LinearCount) -> GroupFigure {
            GroupFigure(value: value, standardError: 0.05, interval: value - 0.1...value + 0.1, origin: origin)
        }
        let held = DifferenceEstimate(figure(0.7, origin), minus: figure(0.2, origin))
        let left = DifferenceEstimate(figure(0.3, origin.complement), minus: figure(0.8, origin.complement))
        #expect(abs(held.pValue - left.pValue) <= 1e-6 * held.pValue)
    }
}

@Suite("Memoized groups of the same devices share noise")
struct SharedDifferenceTests {
    /// A device's reports in two groups: its value is 0 or not in each, the same or another.
    private struct Device {
        let values: (Int, Int)
        let days: (Int, Int)
    }

    @Test("the sum of both variances is never below that of the difference, over all shared noise, whoever changes")
    func variance() throws {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 2000), valueCount: 3,
            reportsAbsence: true)
        let oracle = try MemoizedRandomizedResponse(configuration: .init(declared: declaration))
        let kinds = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)]
        for first in kinds {
            for second in kinds {
                let devices = [Device(values: first, days: (3, 3)), Device(values: second, days: (3, 3))]
                let reportCount = 6.0
                let holders = (
                    devices.reduce(0) { $0 + ($1.values.0 == 0 ? $1.days.0 : 0) },
                    devices.reduce(0) { $0 + ($1.values.1 == 0 ? $1.days.1 : 0) }
                )
                let permanent = try #require(oracle.permanentSupport)
                let model = SupportModel(
                    reportCount: 6, support: oracle.support,
                    noise: .shared(permanent, ReportOverlap(reportCounts: [2, 2, 2])))
                let bound =
                    model.variance(frequency: Double(holders.0) / reportCount)
                    + model.variance(frequency: Double(holders.1) / reportCount)
                let exact = devices.reduce(0) { $0 + variance(oracle, $1) }
                #expect(exact <= bound * (1 + 1e-12), "\(first), \(second)")
                if devices.allSatisfy({ $0.values.0 == $0.values.1 }) { #expect(exact < bound) }
            }
        }
    }

    /// Of the supports of value 0 in the first group less those in the second, over permanent responses.
    private func variance(_ oracle: MemoizedRandomizedResponse, _ device: Device) -> Double {
        var (mean, square) = (0.0, 0.0)
        for one in oracle.allPermanentResponses {
            for other in oracle.allPermanentResponses {
                // Equal values have one permanent response, different ones have independent ones.
                let isShared = device.values.0 == device.values.1
                guard !isShared || one == other else { continue }
                let weight =
                    permanent(oracle, one, device.values.0) * (isShared ? 1 : permanent(oracle, other, device.values.1))
                let (p, q) = (instantaneous(oracle, one), instantaneous(oracle, other))
                let (first, second) = (Double(device.days.0), Double(device.days.1))
                let difference = first * p - second * q
                mean += weight * difference
                square += weight * (difference * difference + first * p * (1 - p) + second * q * (1 - q))
            }
        }
        return square - mean * mean
    }

    private func permanent(_ oracle: MemoizedRandomizedResponse, _ response: CategoryReport, _ item: Int) -> Double {
        fraction(oracle.permanentLikelihood(of: response, given: item), oracle)
    }

    private func instantaneous(_ oracle: MemoizedRandomizedResponse, _ response: CategoryReport) -> Double {
        fraction(oracle.instantaneousLikelihood(of: CategoryReport(category: 0), given: response), oracle)
    }

    private func fraction(_ wide: WideUnsigned, _ oracle: MemoizedRandomizedResponse) -> Double {
        wide.words.reversed().reduce(0) { $0 * 0x1p64 + Double($1) }
            * Double(sign: .plus, exponent: -oracle.stageLikelihoodBitCount, significand: 1)
    }
}
