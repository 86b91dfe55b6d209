/// What noisy Bloom filters say of the candidates.
public struct FilterDecoding: Sendable {
    /// The candidates' shares, in their order.
    public let shares: [FilterShare]

    /// The share of the reports whose text is no candidate, as far as the candidates' shares leave it; not clipped.
    public let unknownShare: Double

    /// The smallest share that is detected with a probability of 80 %.
    public let smallestDetectableShare: Double

    /// Whether the reports are too few to say anything: only strings of more than a quarter of the reports would be
    /// detected. None is then.
    public let isInsufficient: Bool

    /// How far the counts are from what the candidates explain: the residuals' sum of squares over the noise, for each degree
    /// of freedom. 1 where all is well.
    public let dispersion: Double

    /// How many standard deviations ``dispersion`` is above 1.
    public let misfitDeviations: Double

    /// Whether that is above 3: strings that occur are not among the candidates, devices have sent several reports, or the
    /// noise is another than was said. Silence is no proof of the contrary.
    public var isMisfit: Bool { misfitDeviations > 3 }

    /// Groups of candidates that the bits cannot tell apart, rising.
    public let indistinguishable: [[Int]]

    /// Whether missing strings' bits were taken to have a distribution of any shape, as heavy ones need, and not a normal
    /// one.
    public let backgroundIsRobust: Bool

    /// The iterations of message passing; 0 where the candidates were few enough for a regression with the whole matrix.
    public let iterationCount: Int

    /// The covariances of the unbiased shares, where they are known.
    let covariance: DenseShares?

    /// The variance of the sum of the unbiased shares of some candidates, each once.
    ///
    /// Candidates that message passing has found are as good as independent: filters of different texts share rows by
    /// chance, as often more than is expected as less, which moves the variance of a sum by √(2/rows) of itself.
    func varianceOfSum(of candidates: [Int]) -> Double {
        let independent = candidates.reduce(0) { $0 + shares[$1].standardError * shares[$1].standardError }
        guard let covariance, independent.isFinite else { return independent }
        return covariance.varianceOfSum(of: candidates)
    }
}

/// What is known of one candidate.
public struct FilterShare: Sendable, Hashable {
    /// The estimated share of the reports that are about the candidate, shrunk as what all candidates show suggests, and
    /// within ``interval``: the posterior mean under a prior that is learnt from all.
    ///
    /// Not a number where the bits cannot tell the candidate from others.
    public let share: Double

    /// The estimate before it is shrunk. It may be negative. Not a number where ``share`` is none.
    public let unbiased: Double

    /// The standard error of ``unbiased``; infinite where the bits cannot tell the candidate from others.
    public let standardError: Double

    /// The probability of an estimate as large if the candidate did not occur.
    public let pValue: Double

    /// Whether the candidate is detected.
    public let isDetected: Bool

    /// Covers the true share as often as was asked for, among detected candidates as among others; within 0 and 1.
    public let interval: ClosedRange<Double>

    /// ``interval`` before it is clipped: ``unbiased`` is in it.
    let wholeInterval: ClosedRange<Double>
}
