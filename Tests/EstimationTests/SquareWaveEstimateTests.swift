import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@Suite("Distributions from square waves")
struct SquareWaveEstimateTests {
    private struct Vector: Decodable {
        var buckets: Int, epsilon: Int, counts: [Int]
        var regression: [Double], em: [Double], ems: [Double]
    }

    @Test("are those of an independent script, by regression and by maximisation with and without smoothing")
    func vectorsAgree() throws {
        let vectors: [Vector] = try Fixtures.json("distributions/square_wave.json")
        try #require(vectors.count >= 4)
        for vector in vectors {
            let oracle = try oracle(vector.epsilon, buckets: vector.buckets)
            for (fitting, shares) in [(DistributionFitting.unsmoothed, vector.em), (.smoothed, vector.ems)] {
                let estimate = try estimate(oracle, counts: vector.counts, fitting: fitting)
                #expect(distance(estimate.denoised, shares) < 1e-10, "\(fitting), \(vector.buckets)")
                #expect(distance(estimate.histogram.map(\.frequency), vector.regression) < 1e-10)
            }
        }
    }

    @Test("are unbiased bucket by bucket, and their shares sum to 1, at every ε")
    func unbiased() throws {
        for (thousandths, buckets) in [(1, 5), (100, 40), (1000, 64), (3000, 33), (16_000, 10)] {
            let oracle = try oracle(thousandths, buckets: buckets)
            let weights = (0..<buckets).map { Double(($0 * 7 + 3) % 11) }
            let shares = weights.map { $0 / weights.reduce(0, +) }
            let outputs = outputShares(oracle, of: shares), total = 1e17
            let estimate = try estimate(oracle, counts: outputs.map { Int(($0 * total).rounded()) })
            let frequencies = estimate.histogram.map(\.frequency)
            // At ε = 0.001 scores are ten thousand times as large as shares.
            #expect(distance(frequencies, shares) < (thousandths == 1 ? 1e-5 : 1e-8), "\(thousandths)")
            #expect(abs(frequencies.reduce(0, +) - 1) < (thousandths == 1 ? 1e-6 : 1e-9))
            let middles = zip(shares, 0...).reduce(0) { $0 + $1.0 * (Double($1.1) + 0.5) / Double(buckets) }
            #expect(abs(estimate.mean.mean - middles) < (thousandths == 1 ? 1e-5 : 1e-8))
        }
    }

    @Test("have the standard errors of the noise: from the scores that single reports show")
    func standardErrors() throws {
        let oracle = try oracle(1500, buckets: 12)
        let shares = (0..<12).map { Double($0 + 1) / 78 }, total = 1 << 50
        let outputs = outputShares(oracle, of: shares)
        let estimate = try estimate(oracle, counts: outputs.map { Int($0 * Double(total)) })
        let single = try outputs.indices.map { output in
            try self.estimate(oracle, counts: outputs.indices.map { $0 == output ? 1 : 0 })
        }
        for bucket in 0..<12 {
            let square = zip(outputs, single).reduce(0) { $0 + $1.0 * pow($1.1.histogram[bucket].frequency, 2) }
            let truth = (square - shares[bucket]).squareRoot() * Double(total).squareRoot()
            #expect(abs(estimate.histogram[bucket].standardError / truth - 1) < 1e-6, "\(bucket)")
        }
        let square = zip(outputs, single).reduce(0) { $0 + $1.0 * pow($1.1.mean.mean, 2) }
        let middles = zip(shares, 0...).reduce(0) { $0 + $1.0 * pow((Double($1.1) + 0.5) / 12, 2) }
        let truth = ((square - middles) / Double(total)).squareRoot()
        #expect(abs(estimate.mean.standardError / truth - 1) < 1e-6)
    }

    @Test("have intervals that cover, by the exact distribution of few outputs, also of quantiles and the mean")
    func exactCoverage() throws {
        for (thousandths, buckets, total) in [(1000, 2, 9), (3000, 3, 25), (9000, 3, 30)] {
            let oracle = try oracle(thousandths, buckets: buckets)
            try #require(oracle.shape <= 4)
            for pattern in [[0], [1, 1, 0], [0, buckets - 1], [1, 0, 1, 1, 1]] {
                let cells = (0..<total).map { pattern[$0 % pattern.count] }
                let devices = cells.map { cell in outputShares(oracle, of: unit(cell, of: buckets)) }
                let truth = Truth(cells: cells, bucketCount: buckets)
                var missed = [Double](repeating: 0, count: 3)
                try ExactCounts(devices).forEach { counts, probability in
                    let misses = truth.misses(try estimate(oracle, counts: counts))
                    for (index, isMissed) in misses.enumerated() where isMissed { missed[index] += probability }
                }
                #expect((missed.max() ?? 0) <= 0.05, "\(thousandths), \(buckets), \(pattern): \(missed)")
            }
        }
    }

    @Test("have intervals that cover as often as they claim: of one bucket, of the median and of the mean")
    func normalCoverage() throws {
        for (thousandths, buckets, devices) in [(2000, 8, 500), (4000, 10, 300)] {
            let oracle = try oracle(thousandths, buckets: buckets)
            let cells = (0..<buckets).flatMap { [Int](repeating: $0, count: $0 % 3 + 1) }
            let truth = Truth(cells: cells, bucketCount: buckets)
            var sampler = OutputSampler(
                cells.map { outputShares(oracle, of: unit($0, of: buckets)) }, seed: 0x5eed_0702)
            var missed = [0, 0, 0]
            for _ in 0..<600 {
                let estimate = try estimate(oracle, counts: sampler.counts(devicesOfEach: devices))
                for (index, isMissed) in truth.misses(estimate).enumerated() where isMissed { missed[index] += 1 }
            }
            let test = BinomialTest(comparisons: 6)
            for count in missed {
                #expect(
                    count <= 30 || test.accepts(successes: count, of: 600, probability: 0.05),
                    "\(thousandths), \(buckets): \(missed)")
            }
        }
    }

    @Test(
        "have intervals of inner buckets that the normal distribution makes from a thousand devices at ε = 1, and cover"
    )
    func normalZone() throws {
        let oracle = try oracle(1000, buckets: 16)
        var sampler = OutputSampler((0..<16).map { outputShares(oracle, of: unit($0, of: 16)) }, seed: 0x5eed_0705)
        var (missed, widest) = (0, 0.0)
        for _ in 0..<300 {
            let counts = try SupportCounts(of: Fingerprint(value: 1), counts: sampler.counts(devicesOfEach: 80))
            let reports = PooledReports(counts, on: UTCDay(containing: 0))
            let bucket = oracle.histogram(from: reports, confidence: .standard)[8]
            missed += bucket.interval.contains(1.0 / 16) ? 0 : 1
            let width = bucket.interval.upperBound - bucket.interval.lowerBound
            widest = max(widest, width * 1280 / (2 * 1.959963984540054 * bucket.standardError))
        }
        #expect(widest < 1.000001, "\(widest)")
        #expect(BinomialTest(comparisons: 1).accepts(successes: missed, of: 300, probability: 0.05), "\(missed)")
    }

    @Test("by smoothed maximisation are near a smooth truth: Wasserstein distance 0.006 at ε = 1 with 100,000 devices")
    func smoothTruth() throws {
        let oracle = try oracle(1000, buckets: 128)
        // Beta(2, 5) in buckets.
        let weights = (0..<128).map { (Double($0) + 0.5) / 128 }.map { $0 * pow(1 - $0, 4) }
        let shares = weights.map { $0 / weights.reduce(0, +) }
        var sampler = OutputSampler([outputShares(oracle, of: shares)], seed: 0x5eed_0703)
        let denoised = try (0..<3).map { _ in
            try estimate(oracle, counts: sampler.counts(devicesOfEach: 100_000)).denoised
        }
        let distances = denoised.map { denoisedShares in
            var (difference, sum) = (0.0, 0.0)
            for (one, other) in zip(denoisedShares, shares) {
                difference += one - other
                sum += abs(difference) / 128
            }
            return sum
        }
        // Published and measured elsewhere: 0.0060 on average over 256 buckets.
        #expect(distances.reduce(0, +) / 3 < 0.010, "\(distances)")
        #expect(denoised.allSatisfy { $0.allSatisfy { $0 >= 0 } && abs($0.reduce(0, +) - 1) < 1e-9 })
    }

    @Test("have quantiles that rise, within intervals that end where buckets do, and none of no reports")
    func quantiles() throws {
        let oracle = try oracle(2000, buckets: 16)
        let shares = (0..<16).map { Double(16 - $0) / 136 }
        let counts = outputShares(oracle, of: shares).map { Int($0 * 1e9) }
        let estimate = try estimate(oracle, counts: counts, fitting: .unsmoothed)
        #expect(zip(estimate.quantiles, estimate.quantiles.dropFirst()).allSatisfy { $0.value <= $1.value })
        for quantile in estimate.quantiles {
            #expect(quantile.interval.contains(quantile.value))
            #expect((quantile.interval.upperBound - quantile.interval.lowerBound) <= 3.0 / 16)
            #expect((quantile.interval.lowerBound * 16).rounded() == quantile.interval.lowerBound * 16)
        }
        let none = PooledReports(oracle.makeAggregate(of: Fingerprint(value: 1)), on: UTCDay(containing: 0))
        #expect(
            oracle.distribution(from: none, quantiles: [0.5], fitting: .smoothed, confidence: .standard) == nil)
        #expect(oracle.histogram(from: none, confidence: .standard).isEmpty)
    }

    /// What devices hold, and which intervals miss it: of the first bucket, of the median and of the mean.
    private struct Truth {
        let first: Double, median: Double, mean: Double

        init(cells: [Int], bucketCount: Int) {
            let total = Double(cells.count)
            first = Double(cells.count { $0 == 0 }) / total
            // All numbers in the middles of their buckets.
            func middle(_ cell: Int) -> Double { (Double(cell) + 0.5) / Double(bucketCount) }
            median = middle(cells.sorted()[(cells.count - 1) / 2])
            mean = cells.reduce(0) { $0 + middle($1) } / total
        }

        func misses(_ estimate: DistributionEstimate) -> [Bool] {
            [
                !estimate.histogram[0].interval.contains(first), !estimate.quantiles[2].interval.contains(median),
                !estimate.mean.interval.contains(mean),
            ]
        }
    }

    private func unit(_ cell: Int, of count: Int) -> [Double] { (0..<count).map { $0 == cell ? 1 : 0 } }

    private func distance(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(left.count == right.count ? 0 : .infinity) { max($0, abs($1.0 - $1.1)) }
    }

    private func oracle(_ thousandths: Int, buckets: Int) throws -> SquareWave {
        try SquareWave(
            configuration: .init(
                declared: MechanismDeclaration(
                    epsilon: try Epsilon(thousandths: thousandths), domain: .range, reportsAbsence: false,
                    parameters: ["buckets": DeclaredNumber(Int32(buckets))])))
    }

    /// The probability of every output, of buckets of these shares, from the integers and the definition.
    private func outputShares(_ oracle: SquareWave, of shares: [Double]) -> [Double] {
        let outside = Double(oracle.configuration.outsideThreshold) * 0x1p-64
        let width = oracle.configuration.width
        return (0..<oracle.shape).map { output in
            zip(shares, 0...).reduce(0) { sum, cell in
                let isInside = (cell.1..<cell.1 + width).contains(output)
                return sum + cell.0 * (isInside ? (1 - outside) / Double(width) : outside / Double(shares.count - 1))
            }
        }
    }

    private func estimate(
        _ oracle: SquareWave, counts: [Int], fitting: DistributionFitting = .smoothed
    ) throws -> DistributionEstimate {
        let reports = PooledReports(
            try SupportCounts(of: Fingerprint(value: 1), counts: counts), on: UTCDay(containing: 0))
        return try #require(
            oracle.distribution(
                from: reports, quantiles: [0.05, 0.25, 0.5, 0.75, 0.95], fitting: fitting, confidence: .standard))
    }
}
