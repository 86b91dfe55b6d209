import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@Suite("Histograms from sampled buckets")
struct DBitFlipEstimateTests {
    @Test("are unbiased, and as exact as their standard errors say, which are those that are published")
    func headline() throws {
        // Of [DKY17], 32 buckets at ε = 1; n·Var of a rare bucket is about (k/d)·s/(s − 1)², s = e^(ε/2).
        for sampled in [4, 32] {
            let oracle = try oracle(1000, buckets: 32, sampled: sampled)
            let devices = (0..<4000).map { UInt64($0 * $0 % 1000 % 32) }
            let truth = (0..<32).map { bucket in Double(devices.count { $0 == bucket }) / 4000 }
            var noise = SeededNoise(seed: 0x5eed_0704)
            let estimates = try estimates(oracle, devices, &noise)
            let s = exp(0.5), deviation = (32 / Double(sampled) * s / ((s - 1) * (s - 1)) / 4000).squareRoot()
            for (estimate, share) in zip(estimates, truth) {
                #expect(abs(estimate.standardError / 4000 / deviation - 1) < 0.16, "\(sampled)")
                // Hoeffding's inequality for bits of reports that sampled the bucket, 64 comparisons.
                let samples = 4000 * Double(sampled) / 32 * 0.7
                let bound = (log(2 * 64 / 1e-9) / (2 * samples)).squareRoot() * (s + 1) / (s - 1)
                #expect(abs(estimate.frequency - share) < bound)
                #expect(abs(estimate.count - estimate.frequency * 4000) < 1e-6)
            }
        }
    }

    @Test("have intervals that cover, with few reports and with many")
    func coverage() throws {
        for (thousandths, buckets, sampled, total) in [(1000, 4, 1, 12), (3000, 3, 2, 40), (2000, 3, 2, 900)] {
            let oracle = try oracle(thousandths, buckets: buckets, sampled: sampled)
            let devices = (0..<total).map { UInt64($0 % 5 == 0 ? 0 : 1) }
            let truth = Double(devices.count { $0 == 0 }) / Double(total)
            var noise = SeededNoise(seed: 0x5eed_0705), missed = 0
            let runs = total > 100 ? 250 : 400
            for _ in 0..<runs {
                missed += try estimates(oracle, devices, &noise)[0].interval.contains(truth) ? 0 : 1
            }
            let test = BinomialTest(comparisons: 3)
            #expect(
                missed <= runs / 20 || test.accepts(successes: missed, of: runs, probability: 0.05),
                "\(thousandths), \(total): \(missed) of \(runs)")
        }
    }

    @Test("of a bucket that no report sampled say nothing, and of no reports there are none")
    func unsampled() throws {
        let oracle = try oracle(1000, buckets: 4, sampled: 1)
        var aggregate = oracle.makeAggregate(of: Fingerprint(value: 1))
        #expect(oracle.histogram(from: reports(aggregate), confidence: .standard).isEmpty)
        oracle.absorb(SampledBitsReport(sampled: [4], bits: [4]), into: &aggregate)
        let estimates = oracle.histogram(from: reports(aggregate), confidence: .standard)
        #expect(estimates[0].frequency.isNaN && estimates[0].standardError == .infinity && !estimates[0].isDetected)
        #expect(estimates[0].interval == -Double.infinity...Double.infinity)
        #expect(estimates[2].frequency > 1 && estimates[2].interval.contains(0.5))
    }

    @Test("are the same from payloads as a store keeps them")
    func payloads() throws {
        let oracle = try oracle(2000, buckets: 20, sampled: 5)
        var noise = SeededNoise(seed: 0x5eed_0706), bytes: [UInt8] = []
        var (absorbed, tallied) = (
            oracle.makeAggregate(of: Fingerprint(value: 1)), oracle.makeAggregate(of: Fingerprint(value: 1))
        )
        for value in 0..<20 as Range<UInt64> {
            let report = oracle.randomize(value, using: &noise)
            oracle.absorb(report, into: &absorbed)
            bytes += report.encoded(shape: oracle.shape)
        }
        try oracle.tally(bytes.span, partition: 0, into: &tallied)
        #expect(absorbed == tallied && tallied.reportCount == 20)
        #expect(tallied.setCounts.prefix(20).reduce(0, +) == 100)
    }

    private func oracle(_ thousandths: Int, buckets: Int, sampled: Int) throws -> DBitFlip {
        try DBitFlip(
            configuration: .init(
                declared: MechanismDeclaration(
                    epsilon: try Epsilon(thousandths: thousandths), domain: .range, reportsAbsence: false,
                    parameters: [
                        "buckets": DeclaredNumber(Int32(buckets)), "sampled_buckets": DeclaredNumber(Int32(sampled)),
                    ])))
    }

    private func estimates(
        _ oracle: DBitFlip, _ devices: [UInt64], _ noise: inout SeededNoise
    ) throws -> [FrequencyEstimate] {
        var aggregate = oracle.makeAggregate(of: Fingerprint(value: 1))
        for value in devices { oracle.absorb(oracle.randomize(value, using: &noise), into: &aggregate) }
        return oracle.histogram(from: reports(aggregate), confidence: .standard)
    }

    private func reports(_ aggregate: BitCounts) -> PooledReports<BitCounts> {
        PooledReports(aggregate, on: UTCDay(containing: 0))
    }
}
