import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@Suite("Means from one memoized bit each")
struct MemoizedOneBitMeanEstimateTests {
    private func oracle(epsilon: Int = 1000, permanent: Int = 2000, segments: Int = 1) throws -> MemoizedOneBitMean {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: epsilon), permanentEpsilon: try Epsilon(thousandths: permanent),
            domain: .range, reportsAbsence: false, parameters: ["segments": DeclaredNumber(Int32(segments))])
        return try MemoizedOneBitMean(configuration: .init(declared: declared))
    }

    private func estimate(_ oracle: MemoizedOneBitMean, ones: Int, reportCounts: [Int]) throws -> MeanEstimate {
        var (left, pool) = (
            ones, PooledReports(oracle.makeAggregate(of: Fingerprint(value: 1)), on: UTCDay(containing: 0))
        )
        for (day, count) in reportCounts.enumerated() {
            let (own, date) = (min(left, count), UTCDay(containing: Int64(day) * 86_400))
            pool.count(on: date) { aggregate in
                for index in 0..<count {
                    oracle.absorb(CategoryReport(category: index < own ? 1 : 0), into: &aggregate)
                }
            }
            left -= own
        }
        return try #require(oracle.meanPlace(from: pool, confidence: .standard))
    }

    @Test("are unbiased for every place, summed over rounding, both stages and both bits")
    func unbiased() throws {
        for segments in [1, 2, 16] {
            for (epsilon, permanent) in [(1, 2), (1000, 2000), (4000, 16_000)] {
                let oracle = try oracle(epsilon: epsilon, permanent: permanent, segments: segments)
                let means = try [0, 1].map { try estimate(oracle, ones: $0, reportCounts: [1]).mean }
                for (item, input) in oracle.auditedInputs.enumerated() {
                    guard case .place(let place) = input else { continue }
                    let one = fraction(
                        oracle.likelihood(of: CategoryReport(category: 1), given: item), oracle.likelihoodBitCount)
                    let expected = means[0] * (1 - one) + means[1] * one
                    // At ε = 0.001 the two means are 2,000 apart: twelve digits of them.
                    #expect(abs(expected - Double(place) * 0x1p-32) <= 1e-12 * means[1], "\(segments), \(place)")
                }
            }
        }
    }

    @Test("of one period have intervals that cover, by the exact distribution of the ones")
    func coverageOfOnePeriod() throws {
        for (epsilon, permanent, total) in [(1000, 2000, 30), (4000, 8000, 60), (2000, 4000, 450)] {
            let oracle = try oracle(epsilon: epsilon, permanent: permanent)
            let table = try (0...total).map { try estimate(oracle, ones: $0, reportCounts: [total]).interval }
            for quarters in [[0], [4], [0, 4], [1, 2, 3]] {
                let devices = (0..<total).map { [quarters[$0 % quarters.count]] }
                let coverage = coverage(of: table, devices, oracle)
                #expect(coverage >= (total < 400 ? 0.95 : 0.944), "\(epsilon), \(total), \(quarters): \(coverage)")
            }
        }
    }

    @Test("pooled over 20 days have intervals that cover; those of independent reports would cover less than 75 %")
    func coverageOfManyPeriods() throws {
        let oracle = try oracle(), (deviceCount, days) = (120, 20)
        let total = deviceCount * days
        let pooled = try (0...total).map {
            try estimate(oracle, ones: $0, reportCounts: [Int](repeating: deviceCount, count: days)).interval
        }
        let naive = try (0...total).map { try estimate(oracle, ones: $0, reportCounts: [total]).interval }
        for quarters in [[0], [2], [0, 4], [1, 2, 3]] {
            let devices = (0..<deviceCount).map { [Int](repeating: quarters[$0 % quarters.count], count: days) }
            #expect(coverage(of: pooled, devices, oracle) >= 0.94, "\(quarters)")
            #expect(coverage(of: naive, devices, oracle) < 0.75, "\(quarters)")
        }
        // Numbers that change, so that a device rounds them to both ends.
        let devices = (0..<deviceCount).map { device in (0..<days).map { (device + $0 / 5) % 5 } }
        #expect(coverage(of: pooled, devices, oracle) >= 0.95)
    }

    @Test("pooled over few reports have intervals that cover as well")
    func coverageOfFewReports() throws {
        let oracle = try oracle(epsilon: 3000, permanent: 6000), days = 4
        for deviceCount in [1, 3, 10] {
            let table = try (0...deviceCount * days).map {
                try estimate(oracle, ones: $0, reportCounts: [Int](repeating: deviceCount, count: days)).interval
            }
            for quarter in 0...4 {
                let devices = (0..<deviceCount).map { _ in [Int](repeating: quarter, count: days) }
                #expect(coverage(of: table, devices, oracle) >= 0.95, "\(deviceCount) at \(quarter)")
            }
        }
    }

    @Test("have a standard error that is not below the true one, whoever reports when, and equals it for equal numbers")
    func standardError() throws {
        for segments in [1, 4] {
            let oracle = try oracle(segments: segments)
            let cases: [[[Int]]] = [
                [[Int](repeating: 0, count: 6)], [[0, 0, 0, 4, 4, 4], [2, 2, 2], [1]], [[4], [0, 1, 2, 3]],
                [[1, 3, 1, 3], [2, 2], [0], [4], [4]],
            ]
            for devices in cases {
                // A thousand groups of such devices, so that the ones are as many as is expected of them.
                let longest = devices.map(\.count).max() ?? 0, scale = 1000
                let reportCounts = (0..<longest).map { day in scale * devices.count { $0.count > day } }
                var (mean, variance) = (0.0, 0.0)
                for device in devices {
                    let distribution = onesDistribution(device, oracle)
                    let own = zip(0..., distribution).reduce(0) { $0 + Double($1.0) * $1.1 }
                    mean += own
                    variance += zip(0..., distribution).reduce(0) { $0 + pow(Double($1.0) - own, 2) * $1.1 }
                }
                let total = reportCounts.reduce(0, +)
                let estimate = try estimate(
                    oracle, ones: Int((mean * Double(scale)).rounded()), reportCounts: reportCounts)
                let truth = (variance * Double(scale)).squareRoot() / (Double(total) * gap(oracle))
                #expect(estimate.standardError >= truth * (1 - 1e-3), "\(segments), \(devices)")
                if devices.count == 1 { #expect(estimate.standardError <= truth * (1 + 1e-3), "\(segments)") }
            }
        }
    }

    /// How likely an interval holds the mean place of the devices' numbers, given by day as quarters of the first segment.
    private func coverage(
        of table: [ClosedRange<Double>], _ devices: [[Int]], _ oracle: MemoizedOneBitMean
    ) -> Double {
        var known: [[Int]: [Double]] = [:]
        let distribution = devices.reduce([1.0]) { sum, device in
            let own = known[device] ?? onesDistribution(device, oracle)
            known[device] = own
            var sums = [Double](repeating: 0, count: sum.count + own.count - 1)
            for (i, first) in sum.enumerated() where first > 1e-18 {
                for (j, second) in own.enumerated() { sums[i + j] += first * second }
            }
            return sums
        }
        let places = devices.joined().map { Double($0) / 4 }
        let truth = places.reduce(0, +) / Double(places.count)
        return zip(table, distribution).reduce(0) { $0 + ($1.0.contains(truth) ? $1.1 : 0) }
    }

    /// How many ones a device reports over its days, by its cohort of α and its permanent bit for each end.
    private func onesDistribution(_ items: [Int], _ oracle: MemoizedOneBitMean) -> [Double] {
        let stageBits = oracle.stageLikelihoodBitCount, cohorts = oracle.cohortCount
        let one = CategoryReport(category: 1)
        let chances = [0, 1].map {
            fraction(oracle.instantaneousLikelihood(of: one, given: CategoryReport(category: $0)), stageBits)
        }
        var sum = [Double](repeating: 0, count: items.count + 1)
        for cohort in 0..<cohorts {
            let memos = items.map { oracle.memo(of: $0, in: cohort) }, kept = Array(Set(memos)).sorted()
            for code in 0..<1 << kept.count {
                let weight = kept.enumerated().reduce(1 / Double(cohorts)) { product, memo in
                    let item = items[memos.firstIndex(of: memo.element) ?? 0]
                    let bit = CategoryReport(category: code >> memo.offset & 1)
                    return product * Double(cohorts)
                        * fraction(oracle.permanentLikelihood(of: bit, given: item, in: cohort), stageBits)
                }
                let distribution = memos.reduce([1.0]) { distribution, memo in
                    let chance = chances[code >> (kept.firstIndex(of: memo) ?? 0) & 1]
                    return zip(distribution + [0], [0] + distribution).map { $0 * (1 - chance) + $1 * chance }
                }
                for (count, probability) in distribution.enumerated() { sum[count] += weight * probability }
            }
        }
        return sum
    }

    private func gap(_ oracle: MemoizedOneBitMean) -> Double { oracle.ends.support.gap }

    private func fraction(_ wide: WideUnsigned, _ bitCount: Int) -> Double {
        wide.words.reversed().reduce(0) { $0 * 0x1p64 + Double($1) }
            * Double(sign: .plus, exponent: -bitCount, significand: 1)
    }
}
