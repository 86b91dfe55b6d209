internal import Estimation
internal import Foundation
internal import Synchronization

/// Runs families through the decoder, and through other decoders for comparison.
public struct RegressionTest: Sendable {
    public let runCount: Int
    public let corrections: [RegressionCorrection]
    /// Whether google/rappor's rule and the baselines run as well.
    public let hasComparison: Bool

    public init(runCount: Int, corrections: [RegressionCorrection], hasComparison: Bool) {
        precondition(runCount > 0, "a regression test has runs")
        (self.runCount, self.corrections, self.hasComparison) = (runCount, corrections, hasComparison)
    }

    /// The runs of a family: few of one that is there to be timed.
    public func runCount(of family: RegressionFamily) -> Int { family.isForTiming ? min(2, runCount) : runCount }

    /// The runs of a family that other decoders take: they are slow where there are many candidates.
    public func comparedRunCount(of family: RegressionFamily) -> Int {
        guard hasComparison, !family.isForTiming else { return 0 }
        return min(runCount, family.valueCount + family.absentCount > 600 ? 20 : 40)
    }

    /// A result for each correction. Runs go on all cores; equal seeds give equal results, but for the times.
    ///
    /// - Parameter finished: called after each run, on any thread.
    /// - Throws: ``StudyError/refused(experiment:reason:)``.
    public func results(
        of family: RegressionFamily, finished: @Sendable () -> Void = {}
    ) throws(StudyError) -> [RegressionResult] {
        let compared = comparedRunCount(of: family)
        let runs: [(own: [RegressionOutcome], others: RegressionRunOfOthers?)]
        do {
            runs = try parallelRuns(runCount(of: family)) { index in
                let run = RegressionRun(family, run: index)
                let own = try corrections.map { try Self.outcome(of: run, $0) }
                defer { finished() }
                return (own, index < compared ? Self.others(of: run, index: index) : nil)
            }
        } catch {
            throw .refused(experiment: family.name, reason: "\(error)")
        }
        return corrections.enumerated().map { place, correction in
            let outcomes = runs.map { $0.own[place] }
            return RegressionResult(
                family, correction, outcomes,
                comparison: RegressionComparison(runs.compactMap(\.others), own: outcomes))
        }
    }

    private static func outcome(of run: RegressionRun, _ correction: RegressionCorrection) throws -> RegressionOutcome {
        let decoder = correction.decoder, counts = run.counts
        let start = processorTime()
        let decoding = try decoder.decode(counts, design: run.design)
        let seconds = processorTime() - start
        var judgement = RegressionJudgement(
            decoding.shares.map { $0.isDetected ? $0.share : nil }, truths: run.truths, missingShare: run.missingShare)
        for (share, truth) in zip(decoding.shares, run.truths) where share.isDetected && truth > 0 {
            judgement.intervalCount += 1
            if share.interval.contains(truth) { judgement.coveringCount += 1 }
        }
        return RegressionOutcome(
            judgement: judgement, isMisfit: decoding.isMisfit, isRobust: decoding.backgroundIsRobust,
            isInsufficient: decoding.isInsufficient, processorSeconds: seconds)
    }

    private static func others(of run: RegressionRun, index: Int) -> RegressionRunOfOthers {
        func judged(_ found: [Double?]) -> RegressionJudgement {
            RegressionJudgement(found, truths: run.truths, missingShare: run.missingShare)
        }
        var noise = StudyNoise(study: "regtest \(run.family.name) reference", run: index)
        let targets = FilterTargets(run), family = run.family
        let reference = ReferenceDecoder(targets, candidates: run.candidates)
            .found(from: &noise)
        let background = 1 - pow(1 - 1 / Double(family.bitCount), Double(family.hashCount))
        let found = BaselineFits(targets, candidates: run.candidates, background: background)
            .found(by: RegressionBaseline.allCases)
        return RegressionRunOfOthers(
            reference: judged(reference), baselines: found.mapValues { judged($0).totalVariation })
    }

    /// Of this thread alone, in seconds: other runs and programs do not count.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
}

extension RegressionCorrection {
    /// The decoder that bounds this error at 5 %, with intervals of 95 %.
    var decoder: FilterDecoder {
        FilterDecoder(correction: self == .bonferroni ? .bonferroni : .falseDiscoveryRate)
    }
}
