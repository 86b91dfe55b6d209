import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@Suite("Where collisions make the tails of a sketch")
struct SketchTailTests {
    @Test("a p-value of x has at most probability x, by the exact distribution of noise and of the rows of a meeting")
    func pValuesAreValid() throws {
        var (worstOfNormal, worstOfNoise) = (0.0, 0.0)
        for (rows, width, epsilon, reports, values) in [
            // A few rows, in which one meeting is improbable and makes a frequent value of one that nobody holds.
            (1, 1024, 4000, 20_000, 1), (2, 1024, 4000, 20_000, 1), (4, 1024, 4000, 20_000, 2),
            (16, 1024, 4000, 1_000_000, 16), (128, 1024, 4000, 1_000_000, 1), (1, 8, 1000, 50, 1),
            (4, 64, 8000, 400, 2), (16, 16, 4000, 5_000, 1), (32, 16, 2000, 3_000, 5),
            (64, 256, 4000, 50_000, 1), (64, 256, 4000, 50_000, 4), (256, 2, 1000, 2_000, 1),
            (1024, 1024, 2000, 300_000, 1), (65_536, 1024, 4000, 1_000_000, 1),
        ] as [(Int32, Int32, Int, Int, Int)] {
            let table = try DominatedTable(
                rows: rows, width: width, epsilon: epsilon, reports: reports, values: values)
            for level in [0.5, 0.05, 0.01, 1e-3, 1e-4, 1e-5, 1e-7] {
                let probability = table.tail(from: table.leastSupport { table.estimate($0).pValue <= level })
                #expect(probability <= level, "\(rows)x\(width), \(reports) reports: \(probability) at \(level)")
                // Where a normal tail of both variances would be put instead, or the exact one of noise alone.
                let z = NormalDistribution.quantile(centralProbability: 1 - 2 * min(level, 0.1))
                let (total, support) = (Double(reports), table.model.support)
                let normal = total * support.spurious + z * table.model.variance(frequency: 0).squareRoot()
                worstOfNormal = max(worstOfNormal, table.tail(from: min(Int(normal) + 1, reports)) / level)
                let noise = BinomialDistribution(trialCount: reports, probability: support.spurious)
                worstOfNoise = max(
                    worstOfNoise, table.tail(from: table.leastSupport { noise.upperTail(from: $0) <= level }) / level)
            }
        }
        #expect(worstOfNormal > 1000 && worstOfNoise > 1000, "\(worstOfNormal), \(worstOfNoise)")
    }

    @Test("where noise outweighs collisions, a p-value is at most a third above that of a normal distribution")
    func pValuesAreTight() throws {
        for (reports, values) in [(1_000_000, 50), (1_000_000, 1), (100_000, 1)] {
            let table = try DominatedTable(rows: 65_536, width: 1024, epsilon: 4000, reports: reports, values: values)
            let deviation = table.model.variance(frequency: 0).squareRoot()
            for z in [2.0, 3, 4, 5, 6] {
                let supported = Int(Double(reports) * table.model.support.spurious + z * deviation)
                let ratio = table.estimate(supported).pValue / table.tail(from: supported)
                #expect((1...1.34).contains(ratio), "\(reports) reports of \(values) values, z \(z): \(ratio)")
            }
        }
    }

    @Test("intervals of a candidate that nobody holds cover 0 in 94 of 100 tables, by the same exact distribution")
    func exactCoverage() throws {
        var worstOfNormal = 1.0
        for (rows, width) in [
            (16, 16), (16, 32), (16, 64), (16, 128), (16, 256), (16, 1024), (16, 65_536), (32, 16), (64, 512),
            (1024, 1024), (1024, 8192),
        ] as [(Int32, Int32)] {
            for (reports, values) in [(1000, 1), (20_000, 1), (20_000, 2), (20_000, 5), (1_000_000, 1), (1_000_000, 8)]
            {
                let table = try DominatedTable(
                    rows: rows, width: width, epsilon: 4000, reports: reports, values: values)
                /// The probability that a lower end is at most 0 and an upper end at least 0.
                func coverage(lower: (FrequencyEstimate) -> Double) -> Double {
                    let first = table.leastSupport { table.estimate($0).interval.upperBound >= 0 }
                    let beyond = table.leastSupport { lower(table.estimate($0)) > 0 }
                    return table.tail(from: first) - table.tail(from: beyond)
                }
                let covered = coverage { $0.interval.lowerBound }
                #expect(covered >= 0.94, "\(rows)x\(width), \(reports) reports of \(values) values: \(covered)")
                let normal = coverage { $0.frequency - 1.96 * $0.standardError / Double(reports) }
                worstOfNormal = min(worstOfNormal, normal)
            }
        }
        // What is wrong with a normal interval: one meeting, in one table of eight, is outside of it.
        #expect(worstOfNormal < 0.89, "\(worstOfNormal)")
    }

    @Test("over tables of few rows, candidates that nobody holds are detected in 5 of 100 at most, and intervals cover")
    func fewRows() throws {
        let tables = 90, limit = log(1e9 * 6)
        for (rows, width, reports) in [(16, 64, 1000), (16, 1024, 1500), (32, 16, 1000)] as [(Int32, Int32, Int)] {
            // Zipf's law over 30 values, for every third table one value that has all reports, or two.
            var (covered, falseAlarms, falseAlarmsOfNoise) = (0, 0, 0)
            for run in 0..<tables {
                let under = try SketchUnderTest(
                    rows: rows, width: width, epsilon: 8000, hashSeed: 0xFE30_0000 + UInt64(run))
                let valueCount = [30, 1, 2][run % 3]
                let weights = (1...valueCount).map { valueCount == 2 ? 1 : 1 / Double($0) }
                let held = weights.map { Int((Double(reports) * $0 / weights.reduce(0, +)).rounded()) }
                let counts = held.enumerated().map { (input: SketchUnderTest.text($0.offset), count: $0.element) }
                let aggregate = try under.aggregate(holding: counts, seed: 0xFE31_0000 + UInt64(run))
                let absent = (0..<30).map { SketchUnderTest.text(1000 + $0) }
                let estimates = try under.estimates(counts.map(\.input) + absent, aggregate)
                let total = Double(held.reduce(0, +)), nobodys = estimates.dropFirst(valueCount)
                // One candidate a table, so that what is counted is independent.
                let place = run % 2 == 0 ? valueCount : run % valueCount
                let truth = run % 2 == 0 ? 0 : Double(held[place]) / total
                covered += estimates[place].interval.contains(truth) ? 1 : 0
                falseAlarms += nobodys.contains(where: \.isDetected) ? 1 : 0
                let support = under.sketch.support
                let noise = BinomialDistribution(trialCount: Int(total), probability: support.spurious)
                let level = FrequencyEstimate.familyErrorRate / Double(estimates.count)
                let greatest = (nobodys.map(\.count).max() ?? 0) * support.gap + total * support.spurious
                falseAlarmsOfNoise += noise.upperTail(from: Int(greatest.rounded())) <= level ? 1 : 0
            }
            // One-sided Chernoff–KL; six comparisons share 10⁻⁹.
            func isMore(_ successes: Int, than probability: Double) -> Bool {
                Double(successes) / Double(tables) > probability
                    && BinomialTest.divergence(successes: successes, of: tables, probability: probability) > limit
            }
            #expect(!isMore(tables - covered, than: 0.06), "\(rows)x\(width): \(covered) of \(tables)")
            #expect(!isMore(falseAlarms, than: FrequencyEstimate.familyErrorRate), "\(rows)x\(width): \(falseAlarms)")
            // Were the p-value that of noise alone, this would tell.
            #expect(isMore(falseAlarmsOfNoise, than: FrequencyEstimate.familyErrorRate), "\(falseAlarmsOfNoise)")
        }
    }
}
