internal import Estimation
internal import Foundation

/// Two variables of one device: google/rappor's demonstration of associations, at a size that its own estimate of the
/// joint distribution did not converge for.
enum AssociationStudies {
    static let experiments = [
        Experiment("A1", "google/rappor's association of a domain with HTTPS", demonstration),
        Experiment("A2", "google/rappor's association test of two strings", strings),
        Experiment("A3", "The size and the power of the test of independence", independence),
    ]

    /// What one run gave.
    private struct Outcome {
        let totalVariation: Double
        let coveredCount: Int, cellCount: Int
        let isConverged: Bool
        let pValue: Double
        let processorSeconds: Double
    }

    /// bin/test.sh: three domains, of which two are seen with and without HTTPS.
    private static func domains() throws -> AssociationScene {
        try AssociationScene(
            joint: [[0, 2], [1, 1], [1, 2]], names: ["google.com", "yahoo.com", "bing.com"],
            parameters: RapporParameters(
                bitCount: 8, hashCount: 2, cohortCount: 128, clearResponse: 0.25, setResponse: 0.75, permanentNoise: 0.5
            ),
            secondNames: nil)
    }

    /// tests/assoctest_spec.py, the test 'toy' with 8x32 and eps_small: Zipf by Zipf, every other row reversed.
    private static func toy() throws -> AssociationScene {
        let zipf = { (count: Int) in (1...count).map { pow(Double($0), -1.5) } }
        let joint = zipf(5).enumerated().map { row, weight in
            (row.isMultiple(of: 2) ? zipf(2).reversed() : zipf(2)).map { weight * $0 }
        }
        return try AssociationScene(
            joint: joint, names: (1...5).map { "str\($0)" },
            parameters: RapporParameters(
                bitCount: 8, hashCount: 2, cohortCount: 32, clearResponse: 0.125, setResponse: 0.875,
                permanentNoise: 0.5),
            secondNames: ["opt1", "opt2"])
    }

    private static func outcomes(
        _ name: String, _ scene: AssociationScene, runs: Int, reports: Int, includesOther: Bool
    ) throws -> [Outcome] {
        try parallelRuns(runs) { run in
            var noise = StudyNoise(study: name, run: run)
            let (devices, truth) = scene.draw(reports, from: &noise)
            let start = threadSeconds()
            let tables = scene.likelihoods(of: devices, includesOther: includesOther)
            guard let estimate = AssociationEstimate(of: tables) else {
                return Outcome(
                    totalVariation: 1, coveredCount: 0, cellCount: 1, isConverged: false, pValue: 1, processorSeconds: 0
                )
            }
            let seconds = threadSeconds() - start
            var (distance, covered) = (0.0, 0)
            for first in 0..<estimate.firstCount {
                for second in 0..<estimate.secondCount {
                    let share = estimate[first, second]
                    let sample = truth.sample(first, second), population = truth.population(first, second)
                    distance += abs(share.frequency - sample) / 2
                    covered += share.interval.contains(population) ? 1 : 0
                }
            }
            return Outcome(
                totalVariation: distance, coveredCount: covered, cellCount: estimate.shares.count,
                isConverged: estimate.isConverged, pValue: estimate.independence.pValue, processorSeconds: seconds)
        }
    }

    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func coverage(_ outcomes: [Outcome]) -> Double {
        Double(outcomes.reduce(0) { $0 + $1.coveredCount }) / Double(outcomes.reduce(0) { $0 + $1.cellCount })
    }

    private static func demonstration(_ laboratory: Laboratory) throws -> [StudyRow] {
        let (runs, reports) = (laboratory.count(100, small: 2), laboratory.count(50_000, small: 2000))
        let outcomes = try outcomes("A1", domains(), runs: runs, reports: reports, includesOther: true)
        let distances = Moments(outcomes.map(\.totalVariation)), coverage = coverage(outcomes)
        let seconds = outcomes.map(\.processorSeconds).max() ?? 0
        return [
            StudyRow(
                id: "A1",
                what:
                    "google/rappor's bin/test.sh: 3 domains and (other) by a truth value, k = 8, h = 2, m = 128, p = 0.25, "
                    + "q = 0.75, f = 0.5; \(grouped(reports)) reports; \(runs) runs",
                published: "total variation 0.037, not converged after 1,000 steps and 6.3 s (google/rappor, one run)",
                ours: "total variation \(distances.spread(3)); all have converged; 95 % intervals cover "
                    + "\(decimal(100 * coverage, 1)) %, of pairs that are at or near 0 more than that",
                conditions: [
                    StudyCondition("mean total variation ≤ 0.037", distances.mean, holds: distances.mean <= 0.037),
                    StudyCondition(
                        "converged", found: "\(outcomes.count { !$0.isConverged }) runs are not",
                        holds: outcomes.allSatisfy(\.isConverged)),
                    StudyCondition("processor time ≤ 3 s in each run", seconds, holds: seconds <= 3),
                    .range("coverage in percent", 100 * coverage, 93...99.5),
                ])
        ]
    }

    private static func strings(_ laboratory: Laboratory) throws -> [StudyRow] {
        let (runs, reports) = (laboratory.count(200, small: 2), laboratory.count(50_000, small: 2000))
        let outcomes = try outcomes("A2", toy(), runs: runs, reports: reports, includesOther: false)
        let distances = Moments(outcomes.map(\.totalVariation)), coverage = coverage(outcomes)
        return [
            StudyRow(
                id: "A2",
                what:
                    "google/rappor's assoctest 'toy': 5 by 2 strings, k = 8, h = 2, m = 32, p = 0.125, q = 0.875, f = 0.5; "
                    + "\(grouped(reports)) reports; \(runs) runs",
                published: "95 % intervals cover 95 %",
                ours: "they cover \(decimal(100 * coverage, 1)) %; total variation \(distances.spread(3))",
                conditions: [
                    .range("coverage in percent", 100 * coverage, 93...97),
                    StudyCondition(
                        "converged", found: "\(outcomes.count { !$0.isConverged }) runs are not",
                        holds: outcomes.allSatisfy(\.isConverged)),
                ])
        ]
    }

    private static func independence(_ laboratory: Laboratory) throws -> [StudyRow] {
        let (runs, reports) = (laboratory.count(1000, small: 4), laboratory.count(50_000, small: 2000))
        let none = try outcomes(
            "A3 independent", domains().independent(), runs: runs, reports: reports, includesOther: true)
        let size = Double(none.count { $0.pValue < 0.05 }) / Double(runs)
        let weak = try outcomes(
            "A3 mixed", domains().mixed(withIndependent: 0.6), runs: laboratory.count(200, small: 2), reports: reports,
            includesOther: true)
        let power = Double(weak.count { $0.pValue < 0.05 }) / Double(weak.count)
        return [
            StudyRow(
                id: "A3",
                what:
                    "The domains of A1 with HTTPS independent of them, \(grouped(runs)) runs of \(grouped(reports)) reports; "
                    + "and with four tenths of their dependence, \(weak.count) runs",
                published: "5 % of runs have a p-value below 0.05 if independent",
                ours: "\(decimal(100 * size, 1)) %; with four tenths of the dependence, \(decimal(100 * power, 1)) %",
                conditions: [
                    .range("size in percent", 100 * size, 3.5...6.5),
                    StudyCondition("power ≥ 50 %", 100 * power, holds: power >= 0.5),
                ])
        ]
    }
}
