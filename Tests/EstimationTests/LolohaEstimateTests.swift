import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Estimates from hashed and memoized answers")
struct LolohaEstimateTests {
    private func oracle(values: Int, hashRange: Int, epsilon: Int = 1000, permanent: Int = 2000) throws -> Loloha {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: epsilon), permanentEpsilon: try Epsilon(thousandths: permanent),
            domain: .items(values), reportsAbsence: true, parameters: ["hash_range": DeclaredNumber(Int32(hashRange))])
        return try Loloha(configuration: .init(declared: declared))
    }

    @Test(
        "count support by one transform as by hashing every item for every report",
        arguments: [(5, 2), (40, 8), (299, 4)])
    func transform(values: Int, hashRange: Int) throws {
        let oracle = try oracle(values: values, hashRange: hashRange), reports = oracle.allReports
        var (noise, aggregate) = (SeededNoise(seed: 0x5eed_0420), oracle.makeAggregate(of: Fingerprint(value: 1)))
        var expected = [Int](repeating: 0, count: values + 1)
        for _ in 0..<2000 {
            let report = reports[noise.index(below: reports.count)]
            oracle.absorb(report, into: &aggregate)
            for item in expected.indices
            where oracle.hash.answer(to: item, seed: report.partition) == report.category { expected[item] += 1 }
        }
        #expect(oracle.supportCounts(in: aggregate) == expected)
    }

    @Test("refuse a partition that is no seed, and an answer beyond the range")
    func malformed() throws {
        let oracle = try oracle(values: 5, hashRange: 2)
        var aggregate = oracle.makeAggregate(of: Fingerprint(value: 1))
        let (good, bad) = ([UInt8](arrayLiteral: 0, 1), [UInt8](arrayLiteral: 0, 2))
        #expect(throws: ReportError.valueOutOfRange) { try oracle.tally(good.span, partition: 8, into: &aggregate) }
        #expect(throws: ReportError.valueOutOfRange) { try oracle.tally(good.span, partition: -1, into: &aggregate) }
        #expect(throws: ReportError.valueOutOfRange) { try oracle.tally(bad.span, partition: 7, into: &aggregate) }
        #expect(aggregate.reportCount == 1)
    }

    @Test("pooled over days, do not understate the variance, whichever values a device holds on which day")
    func pooledVariance() throws {
        for hashRange in [2, 4] {
            let oracle = try oracle(values: 2, hashRange: hashRange, epsilon: 1500)
            let daysOfDevice = [3, 2, 1], reportCount = 6
            let permanent = try #require(oracle.permanentSupport)
            let model = SupportModel(
                reportCount: reportCount, support: oracle.support,
                noise: .shared(permanent, ReportOverlap(reportCounts: [3, 2, 1])))
            var known: [[Int]: (mean: Double, variance: Double)] = [:]
            for code in 0..<729 {
                let items = (0..<reportCount).map { place in (0..<place).reduce(code) { rest, _ in rest / 3 } % 3 }
                var (start, variance, mean) = (0, 0.0, 0.0)
                for days in daysOfDevice {
                    let held = Array(items[start..<start + days])
                    let moments = known[held] ?? supportMoments(of: held, oracle)
                    known[held] = moments
                    (mean, variance, start) = (mean + moments.mean, variance + moments.variance, start + days)
                }
                let frequency = Double(items.count { $0 == 0 }) / Double(reportCount)
                let expected = Double(reportCount) * (oracle.support.spurious + frequency * oracle.support.gap)
                #expect(abs(mean / expected - 1) < 1e-12, "\(items)")
                #expect(model.variance(frequency: frequency) >= variance * (1 - 1e-12), "g \(hashRange), \(items)")
            }
        }
    }

    /// Mean and variance of how many of a device's reports support value 0, over its seed, its permanent responses and the
    /// fresh noise.
    private func supportMoments(of items: [Int], _ oracle: Loloha) -> (mean: Double, variance: Double) {
        let range = oracle.configuration.hashRange
        let (permanent, fresh) = (oracle.stages.permanent, oracle.stages.instantaneous)
        var (mean, square) = (0.0, 0.0)
        for seed in 0..<oracle.hash.seedCount {
            let answers = items.map { oracle.hash.answer(to: $0, seed: seed) }
            let wanted = oracle.hash.answer(to: 0, seed: seed), kept = Array(Set(answers))
            for code in 0..<kept.reduce(1, { product, _ in product * range }) {
                let responses = kept.indices.map { place in (0..<place).reduce(code) { rest, _ in rest / range } % range
                }
                let weight = zip(kept, responses).reduce(1 / Double(oracle.hash.seedCount)) {
                    $0 * fraction(permanent.likelihood(of: $1.1, given: $1.0))
                }
                let chances = answers.map { answer in
                    let place = kept.firstIndex(of: answer) ?? 0
                    return fraction(fresh.likelihood(of: wanted, given: responses[place]))
                }
                let expected = chances.reduce(0, +)
                mean += weight * expected
                square += weight * (expected * expected + chances.reduce(0) { $0 + $1 * (1 - $1) })
            }
        }
        return (mean, square - mean * mean)
    }

    private func fraction(_ wide: WideUnsigned) -> Double {
        wide.words.reversed().reduce(0) { $0 * 0x1p64 + Double($1) } * 0x1p-128
    }
}
