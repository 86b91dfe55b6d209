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
    /// What this project's decoder finds, with every report taken for a device of its own.
    func ours(_ run: RapporRun, _ correction: RegressionCorrection = .bonferroni) throws -> RapporJudgement {
        let counts = run.counts, support = mechanism.response.rule.reportProbabilities
        let filterCounts = FilterCounts(
            bitCount: bitCount, cohortSizes: counts.cohortSizes, setCounts: counts.setCounts, clear: support.clear,
            set: support.set)
        let decoding = try correction.decoder.decode(filterCounts, design: design)
        return RapporJudgement(decoding.shares.map { $0.isDetected ? $0.share : nil }, in: run, of: self)
    }

    /// What this project's estimator finds in reports that a collector pooled, by Bonferroni.
    func ours(pooled: PooledReports<BitCounts>, of run: RapporRun) throws -> RapporJudgement {
        let estimates = try mechanism.estimates(
            of: candidates.map { .text($0) }, from: pooled, confidence: .standard
        ) { _, _ in }
        return RapporJudgement(estimates.map { $0.isDetected ? $0.frequency : nil }, in: run, of: self)
    }

    /// What the rule of google/rappor's decode.R finds.
    func reference(_ run: RapporRun, from noise: inout StudyNoise) -> RapporJudgement {
        let support = mechanism.response.rule.reportProbabilities
        let targets = FilterTargets(
            cohortSizes: run.counts.cohortSizes, setCounts: run.counts.setCounts, clear: support.clear,
            set: support.set)
        let decoder = ReferenceDecoder(targets, candidates: CandidateRows(candidateRows, rowCount: rowCount))
        return RapporJudgement(
            decoder.found(from: &noise), in: run, of: self)
    }
}

extension BitRule {
    /// The probabilities that a report sets a bit that the value has set, and one that it has clear.
    var reportProbabilities: (set: Double, clear: Double) {
        let (flip, clear, set) = (Double(flip) * 0x1p-64, Double(clear) * 0x1p-64, Double(set) * 0x1p-64)
        return ((1 - flip) * set + flip * clear, (1 - flip) * clear + flip * set)
    }
}
