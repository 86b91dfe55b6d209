import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@Suite("Means from one bit each")
struct OneBitMeanEstimateTests {
    @Test("are unbiased for every place, summed over both bits")
    func unbiased() throws {
        for thousandths in [1, 500, 1000, 4000, 16_000] {
            let oracle = try oracle(thousandths)
            let means = try [0, 1].map { try estimate(oracle, ones: $0, of: 1).mean }
            for place in [0, 1, 12_345, 1 << 31, 1 << 32 - 1, 1 << 32] as [UInt64] {
                let one = probability(oracle, place)
                let expected = means[0] * (1 - one) + means[1] * one
                // At ε = 0.001 the two means are 2,000 apart: twelve digits of them.
                #expect(abs(expected - Double(place) * 0x1p-32) <= 1e-12 * means[1], "\(thousandths), \(place)")
            }
        }
    }

    @Test("have a standard error that is never below that of the noise, and equals it where all numbers are equal")
    func standardError() throws {
        let oracle = try oracle(1000), total = 1 << 20
        for places in [[0.5], [0, 1], [0.1, 0.2, 0.9, 0.95], [0, 0, 0, 1]] {
            let chances = places.map { probability(oracle, UInt64($0 * 0x1p32)) }
            let mean = chances.reduce(0, +) / Double(chances.count)
            let variance = chances.reduce(0) { $0 + $1 * (1 - $1) } / Double(chances.count)
            let estimate = try estimate(oracle, ones: Int((mean * Double(total)).rounded()), of: total)
            let truth = (variance / Double(total)).squareRoot() / gap(oracle)
            #expect(estimate.standardError >= truth * (1 - 1e-6), "\(places)")
            #expect(estimate.standardError <= truth * (places.count == 1 ? 1 + 1e-6 : 1.128), "\(places)")
        }
    }

    @Test("have no standard error below that of the noise at one end, whatever the bits, and one report has it")
    func leastStandardError() throws {
        for (thousandths, total) in [(1000, 1), (1000, 7), (4000, 60), (16_000, 40)] {
            let oracle = try oracle(thousandths), lie = probability(oracle, 0)
            let least = (lie * (1 - lie) / Double(total)).squareRoot() / gap(oracle)
            for ones in 0...total {
                let estimate = try estimate(oracle, ones: ones, of: total)
                #expect(estimate.standardError >= least * (1 - 1e-12), "\(thousandths), \(ones) of \(total)")
                // What lies within the probabilities is not moved.
                let share = Double(ones) / Double(total)
                if (lie...1 - lie).contains(share) {
                    let expected = (share * (1 - share) / Double(total)).squareRoot() / gap(oracle)
                    #expect(abs(estimate.standardError / expected - 1) < 1e-12)
                } else {
                    #expect(abs(estimate.standardError / least - 1) < 1e-12)
                    let margin = 1.9599639845400545 * least * (1 - 1e-12)
                    #expect(estimate.interval.contains(estimate.mean - margin))
                    #expect(estimate.interval.contains(estimate.mean + margin))
                }
            }
        }
    }

    @Test("of Clopper and Pearson are those of exact rational arithmetic")
    func exactIntervals() throws {
        // From Python's fractions and math.comb, by bisection to 2⁻⁴⁴.
        for (ones, total, low, high) in [
            (0, 10, 0, 0.3084971078187664), (5, 10, 0.18708602844736788, 0.8129139715526321),
            (10, 10, 0.6915028921812336, 1), (3, 200, 0.0031041076215387875, 0.043208281917713975),
        ] {
            let interval = ProportionEstimate.exactInterval(
                successCount: ones, trialCount: total, missProbability: 0.05)
            #expect(abs(interval.lowerBound - low) < 1e-12 && abs(interval.upperBound - high) < 1e-12, "\(interval)")
        }
    }

    @Test("have intervals that cover, by the exact distribution of the ones, whatever the spread of the numbers")
    func coverage() throws {
        for (thousandths, total) in [(1000, 30), (4000, 60), (16_000, 40), (2000, 450)] {
            let oracle = try oracle(thousandths)
            let table = try (0...total).map { try estimate(oracle, ones: $0, of: total).interval }
            for holders in Set([0, 1, total / 10, total / 2, total]) {
                let mixtures: [(low: Double, high: Double)] = [(0, 1), (0.4, 0.6), (0, 0.05)]
                for mixture in mixtures {
                    let places = (0..<total).map { $0 < holders ? mixture.high : mixture.low }
                    let distribution = places.reduce([1.0]) { distribution, place in
                        let chance = probability(oracle, UInt64(place * 0x1p32))
                        return zip(distribution + [0], [0] + distribution).map { $0 * (1 - chance) + $1 * chance }
                    }
                    let truth = places.reduce(0, +) / Double(total)
                    let coverage = zip(table, distribution).reduce(0) { $0 + ($1.0.contains(truth) ? $1.1 : 0) }
                    // Beyond a variance of 100 the interval is Wald's alone, whose steps miss by half a percent.
                    #expect(coverage >= (total < 400 ? 0.95 : 0.944), "\(thousandths), \(total), \(holders) \(mixture)")
                }
            }
        }
    }

    @Test("of 300,000 air times up to 720 minutes at ε = 1 err by 1.36 minutes, where Laplace noise errs by 1.86")
    func airTimes() throws {
        let rows = try Fixtures.rows("numbers/air_times.csv").map {
            (minutes: try #require(UInt64($0[0])), flights: try #require(Int($0[1])))
        }
        let (oracle, total) = (try oracle(1000), rows.reduce(0) { $0 + $1.flights })
        try #require(total == 300_000)
        var (expected, variance) = (0.0, 0.0)
        for row in rows {
            let chance = probability(oracle, (row.minutes << 32) / 720)
            expected += Double(row.flights) * chance
            variance += Double(row.flights) * chance * (1 - chance)
        }
        // The exact standard deviation of the estimate, not a sample of it.
        let deviation = 720 * variance.squareRoot() / (Double(total) * gap(oracle))
        #expect(abs(deviation / 1.36 - 1) <= 0.05)
        #expect(deviation < 720 * 2.0.squareRoot() / Double(total).squareRoot())
        let estimate = try estimate(oracle, ones: Int(expected.rounded()), of: total).scaled(low: 0, width: 720)
        let mean = rows.reduce(0) { $0 + Double($1.minutes) * Double($1.flights) } / Double(total)
        #expect(abs(estimate.mean - mean) < 0.01)
        #expect((deviation...1.05 * deviation).contains(estimate.standardError))
    }

    @Test("of no reports there are none")
    func empty() throws {
        let oracle = try oracle(1000)
        let reports = PooledReports(oracle.makeAggregate(of: Fingerprint(value: 1)), on: UTCDay(containing: 0))
        #expect(oracle.meanPlace(from: reports, confidence: .standard) == nil)
    }

    private func oracle(_ thousandths: Int) throws -> OneBitMean {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: thousandths), domain: .range, reportsAbsence: false)
        return try OneBitMean(configuration: .init(declared: declaration))
    }

    private func probability(_ oracle: OneBitMean, _ place: UInt64) -> Double {
        Double(oracle.onesNumerator(of: place)) * 0x1p-64
    }

    private func gap(_ oracle: OneBitMean) -> Double { 1 - 2 * probability(oracle, 0) }

    private func estimate(_ oracle: OneBitMean, ones: Int, of total: Int) throws -> MeanEstimate {
        var aggregate = oracle.makeAggregate(of: Fingerprint(value: 1))
        for (bit, count) in [(0, total - ones), (1, ones)] {
            // Doubled and added, so that a million reports take no time.
            var (power, rest) = (oracle.makeAggregate(of: Fingerprint(value: 1)), count)
            oracle.absorb(CategoryReport(category: bit), into: &power)
            while rest > 0 {
                if rest & 1 == 1 { try aggregate.merge(power) }
                rest >>= 1
                if rest > 0 { try power.merge(power) }
            }
        }
        let reports = PooledReports(aggregate, on: UTCDay(containing: 0))
        return try #require(oracle.meanPlace(from: reports, confidence: .standard))
    }
}
