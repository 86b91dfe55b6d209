internal import Estimation
internal import Mechanisms

/// What a decoder found in one run, held against the truth.
struct RapporJudgement: Hashable, Sendable {
    /// The texts that occur and were found.
    var detected = 0.0
    /// The candidates that were found and do not occur.
    var falselyDetected = 0.0
    /// Half the sum of absolute differences between true and found fractions, with 0 for what was not found.
    var totalVariation = 0.0
    /// The sum of the found fractions.
    var mass = 0.0
    /// The smallest true fraction among the texts that were found.
    var leastDetected = Double.infinity

    /// A judgement of found fractions; `nil` for candidates that were not found.
    init(_ found: [Double?], in run: RapporRun, of scene: RapporScene) {
        var missing = run.truths
        for (fraction, place) in zip(found, scene.places) {
            guard let fraction else { continue }
            mass += fraction
            guard let place, run.truths[place] > 0 else {
                falselyDetected += 1
                totalVariation += abs(fraction) / 2
                continue
            }
            detected += 1
            totalVariation += abs(fraction - run.truths[place]) / 2
            leastDetected = min(leastDetected, scene.weights[place] / scene.weights.reduce(0, +))
            missing[place] = 0
        }
        totalVariation += missing.reduce(0, +) / 2
    }
}

extension RapporScene {
    /// What this project's estimator finds: weighted least squares, shared error rate by Bonferroni.
    func ours(_ run: RapporRun, pooled: PooledReports<BitCounts>) throws -> RapporJudgement {
        let estimates = try mechanism.estimates(
            of: candidates.map { .text($0) }, from: pooled, confidence: .standard
        ) { _, _ in }
        return RapporJudgement(estimates.map { $0.isDetected ? $0.frequency : nil }, in: run, of: self)
    }

    /// What the rule of google/rappor's decode.R finds.
    func reference(_ run: RapporRun, from noise: inout StudyNoise) -> RapporJudgement {
        RapporJudgement(ReferenceRule(scene: self, run: run).found(from: &noise), in: run, of: self)
    }
}

/// The rule of google/rappor's decode.R, for comparison: five fits with coefficients that are not negative and sum to at
/// most 1, four of them of targets with noise added, and a candidate is found whose mean is above twice the deviation.
///
/// Written from a description of what decode.R does. Left out are its bound on each row's fitted value and the lasso
/// before the fits of more candidates than four fifths of the rows: no scene here has so many.
struct ReferenceRule: Sendable {
    private let targets: [Double], errors: [Double], weights: [Double]
    private let candidateRows: [[Int]]
    private let problem: NonNegativeLeastSquares

    init(scene: RapporScene, run: RapporRun) {
        let support = scene.mechanism.response.rule.reportProbabilities
        let gap = support.set - support.clear, bitCount = scene.bitCount
        var (targets, errors): ([Double], [Double]) = ([], [])
        for row in 0..<scene.rowCount {
            let size = Double(run.counts.cohortSizes[row / bitCount])
            guard size > 0 else {
                targets.append(0)
                errors.append(.infinity)
                continue
            }
            let fraction = (Double(run.counts.setCounts[row]) / size - support.clear) / gap
            let likely = support.clear + gap * min(max(fraction, 0), 1)
            targets.append(fraction)
            errors.append((likely * (1 - likely) / size).squareRoot() / gap)
        }
        let inverse = errors.map { 1 / $0 }, positive = inverse.filter { $0 > 0 }.sorted()
        let cap = positive.isEmpty ? 0 : 2 * positive[positive.count / 2]
        weights = inverse.map { min($0, cap) * min($0, cap) }
        (self.targets, self.errors, candidateRows) = (targets, errors, scene.candidateRows)
        problem = Self.problem(candidateRows, weights: weights, rowCount: scene.rowCount)
    }

    /// The mean fraction of each candidate that is found.
    func found(from noise: inout StudyNoise) -> [Double?] {
        let fits = (0..<5).map { fit in
            let values = targets.indices.map { row in
                guard fit > 0, errors[row].isFinite else { return targets[row] }
                return targets[row] + errors[row] * noise.normal()
            }
            let moments = candidateRows.map { $0.reduce(0) { $0 + weights[$1] * values[$1] } }
            return problem.solution(moments: moments, largestSum: 1)
        }
        return candidateRows.indices.map { candidate in
            let moments = Moments(fits.map { $0[candidate] })
            return moments.mean > 1e-6 + 2 * moments.deviation ? moments.mean : nil
        }
    }

    private static func problem(
        _ candidateRows: [[Int]], weights: [Double], rowCount: Int
    ) -> NonNegativeLeastSquares {
        let size = candidateRows.count
        var setting = [[Int]](repeating: [], count: rowCount)
        for (candidate, rows) in candidateRows.enumerated() {
            for row in rows { setting[row].append(candidate) }
        }
        var matrix = [Double](repeating: 0, count: size * size)
        for (row, candidates) in setting.enumerated() {
            for first in candidates {
                for second in candidates { matrix[first * size + second] += weights[row] }
            }
        }
        return NonNegativeLeastSquares(matrix: matrix, size: size)
    }
}

extension BitRule {
    /// The probabilities that a report sets a bit that the value has set, and one that it has clear.
    var reportProbabilities: (set: Double, clear: Double) {
        let (flip, clear, set) = (Double(flip) * 0x1p-64, Double(clear) * 0x1p-64, Double(set) * 0x1p-64)
        return ((1 - flip) * set + flip * clear, (1 - flip) * clear + flip * set)
    }
}
