/// How an error rate is shared among the candidates of a regression test: 5 % of the family, or of what is found.
public enum RegressionCorrection: String, CaseIterable, Hashable, Sendable {
    case bonferroni
    /// The false discovery rate.
    case fdr
}

/// What the decoder did with the runs of a family.
public struct RegressionResult: Sendable {
    public let family: RegressionFamily
    public let correction: RegressionCorrection
    public let runCount: Int
    /// The mean numbers, per run, of candidates that occur and were found, of those that were found and do not occur, and
    /// of those that occur and were missed.
    public let detected: Double, falsePositives: Double, missed: Double
    /// The mean over runs of what fraction of the found candidates does not occur: the false discovery rate.
    public let falseShare: Double
    /// The mean of ½·(Σ |found − true| + the fraction of reports about no candidate), 0 to 1.
    public let totalVariation: Double
    /// The intervals of detected candidates that occur, of all runs, and those of them that hold the truth.
    public let intervalCount: Int, coveringCount: Int
    /// The fraction of runs that are flagged as a misfit.
    public let misfitShare: Double
    /// The fraction of runs in which the decoder says that there are too few reports, and so detects nothing.
    public let insufficientShare: Double
    /// The mean processor time of a decode, of the thread that runs it.
    public let processorSeconds: Double
    /// The same of runs whose background was taken for normal, and of the others; `nil` without such a run.
    public let normalSeconds: Double?, robustSeconds: Double?
    /// Other decoders in the first runs; `nil` where none ran.
    public let comparison: RegressionComparison?

    /// What fraction of the intervals holds the truth; `nil` without intervals.
    public var coverage: Double? { intervalCount > 0 ? Double(coveringCount) / Double(intervalCount) : nil }

    init(
        _ family: RegressionFamily, _ correction: RegressionCorrection, _ outcomes: [RegressionOutcome],
        comparison: RegressionComparison?
    ) {
        (self.family, self.correction, self.comparison) = (family, correction, comparison)
        let judgements = outcomes.map(\.judgement)
        func mean(_ numbers: [Double]) -> Double { Moments(numbers).mean }
        runCount = outcomes.count
        detected = mean(judgements.map { Double($0.detected) })
        falsePositives = mean(judgements.map { Double($0.falselyDetected) })
        missed = mean(judgements.map { Double($0.missed) })
        falseShare = mean(judgements.map(\.falseShare))
        totalVariation = mean(judgements.map(\.totalVariation))
        intervalCount = judgements.reduce(0) { $0 + $1.intervalCount }
        coveringCount = judgements.reduce(0) { $0 + $1.coveringCount }
        misfitShare = mean(outcomes.map { $0.isMisfit ? 1 : 0 })
        insufficientShare = mean(outcomes.map { $0.isInsufficient ? 1 : 0 })
        processorSeconds = mean(outcomes.map(\.processorSeconds))
        func seconds(robust: Bool) -> Double? {
            let own = outcomes.filter { $0.isRobust == robust }.map(\.processorSeconds)
            return own.isEmpty ? nil : mean(own)
        }
        (normalSeconds, robustSeconds) = (seconds(robust: false), seconds(robust: true))
    }
}

/// What other decoders made of the first runs of a family.
public struct RegressionComparison: Sendable {
    public let runCount: Int
    /// The decoder's own total variation in these runs.
    public let ownTotalVariation: Double
    /// google/rappor's rule.
    public let referenceDetected: Double, referenceFalse: Double, referenceTotalVariation: Double
    /// The mean total variation of each baseline that is defined for the family.
    public let baselines: [RegressionBaseline: Double]

    /// The baseline with the least total variation.
    public var best: (baseline: RegressionBaseline, totalVariation: Double)? {
        RegressionBaseline.allCases.compactMap { baseline in baselines[baseline].map { (baseline, $0) } }
            .min { $0.1 < $1.1 }
    }

    /// `nil` without runs.
    init?(_ runs: [RegressionRunOfOthers], own: [RegressionOutcome]) {
        guard !runs.isEmpty else { return nil }
        runCount = runs.count
        func mean(_ numbers: [Double]) -> Double { Moments(numbers).mean }
        ownTotalVariation = mean(own.prefix(runs.count).map(\.judgement.totalVariation))
        referenceDetected = mean(runs.map { Double($0.reference.detected) })
        referenceFalse = mean(runs.map { Double($0.reference.falselyDetected) })
        referenceTotalVariation = mean(runs.map(\.reference.totalVariation))
        var baselines: [RegressionBaseline: Double] = [:]
        for baseline in RegressionBaseline.allCases {
            let variations = runs.compactMap { $0.baselines[baseline] }
            if variations.count == runs.count { baselines[baseline] = mean(variations) }
        }
        self.baselines = baselines
    }
}

/// What the decoder did with one run.
struct RegressionOutcome: Sendable {
    let judgement: RegressionJudgement
    let isMisfit: Bool, isRobust: Bool, isInsufficient: Bool
    let processorSeconds: Double
}

/// What other decoders did with one run.
struct RegressionRunOfOthers: Sendable {
    let reference: RegressionJudgement
    let baselines: [RegressionBaseline: Double]
}
