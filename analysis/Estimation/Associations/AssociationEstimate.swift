/// How two variables of one device go together: the joint distribution of their values.
public struct AssociationEstimate: Sendable {
    /// The share of devices with a pair of values.
    public struct Share: Hashable, Sendable {
        /// The share of greatest likelihood, in 0…1. Not unbiased: shares are not negative and add up to 1.
        public let frequency: Double
        /// The standard error of ``frequency``, of a value that may vary in either direction; infinite where the reports
        /// tell nothing.
        public let standardError: Double
        /// An interval for the share in the population that devices are a sample of, within 0…1.
        public let interval: ClosedRange<Double>
    }

    /// n.
    public let reportCount: Int
    /// How many values the first variable has.
    public let firstCount: Int
    /// How many values the second variable has.
    public let secondCount: Int
    /// The share of each pair of values: first value by first value.
    public let shares: [Share]
    /// The share of each value of the first variable: of its pairs together.
    public let firstMarginal: [Share]
    /// The share of each value of the second variable.
    public let secondMarginal: [Share]
    /// Whether the variables depend on each other.
    public let independence: IndependenceTest
    /// Whether ``likelihoodGap`` is at most a thousandth.
    public let isConverged: Bool
    /// By how much the log-likelihood is below its maximum, at most.
    public let likelihoodGap: Double
    /// How many steps the fit took.
    public let stepCount: Int
    /// Whether standard errors and intervals are known: not where cells cannot be told apart, or are more than
    /// ``informationCellLimit``.
    public let hasErrors: Bool

    /// The most pairs of values of which errors are computed.
    public static let informationCellLimit = 1024

    /// The share of a pair of values.
    public subscript(first: Int, second: Int) -> Share { shares[first * secondCount + second] }
}

extension AssociationEstimate {
    /// Fits the joint distribution of two variables to reports.
    ///
    /// Maximum likelihood over all distributions, by expectation maximisation, from the product of both marginals, with
    /// Newton's method (few pairs of values) or SQUAREM [VR08] (many). The log-likelihood is concave: there is one
    /// maximum, and ``likelihoodGap`` bounds the distance to it [Lin83].
    ///
    /// Standard errors are of the observed information [Lou82] on the pairs that have mass, under the constraint that
    /// shares add up to 1. An interval holds the shares whose profile likelihood, to second order, is within
    /// z²/2 of the maximum. At a share of 0 the log-likelihood falls from there, so that the interval is one-sided.
    ///
    /// - Returns: `nil` where there are no reports.
    /// - Complexity: n·A·B a step at most; less the more reports are equal.
    public init?(
        of reports: AssociationReports, confidence: ConfidenceLevel = .standard,
        progress: EstimationProgress = { _, _ in }
    ) {
        guard reports.count > 0 else { return nil }
        (reportCount, firstCount, secondCount) = (
            reports.count, reports.first.valueCount, reports.second.valueCount
        )
        let marginals = (
            Self.marginal(reports.reports.map(\.first), of: reports.first),
            Self.marginal(reports.reports.map(\.second), of: reports.second)
        )
        independence = IndependenceTest(of: reports, marginals: marginals)
        let likelihood = JointLikelihood(reports)
        let (outer, inner) = likelihood.isTransposed ? (marginals.1, marginals.0) : marginals
        // Mass everywhere, so that none is out of reach of expectation maximisation.
        let uniform = 1 / Double(likelihood.cellCount)
        let start = outer.flatMap { a in inner.map { b in 0.98 * a * b + 0.02 * uniform } }
        let fit = JointFit(likelihood, from: start) { progress($0, JointFit.stepLimit) }
        (isConverged, likelihoodGap, stepCount) = (fit.isConverged, fit.gap, fit.stepCount)

        let information =
            likelihood.cellCount <= Self.informationCellLimit
            ? JointInformation(likelihood, at: fit, confidence: confidence) : nil
        hasErrors = information != nil
        let place = { [firstCount, secondCount] (first: Int, second: Int) in
            likelihood.isTransposed ? second * firstCount + first : first * secondCount + second
        }
        func share(_ cells: [Int]) -> Share {
            let frequency = min(1, cells.reduce(0) { $0 + fit.distribution[$1] })
            guard let information else {
                return Share(frequency: frequency, standardError: .infinity, interval: 0...1)
            }
            return information.share(of: cells)
        }
        shares = (0..<firstCount).flatMap { [secondCount] first in (0..<secondCount).map { share([place(first, $0)]) } }
        firstMarginal = (0..<firstCount).map { [secondCount] first in share((0..<secondCount).map { place(first, $0) })
        }
        secondMarginal = (0..<secondCount).map { [firstCount] second in
            share((0..<firstCount).map { place($0, second) })
        }
    }

    /// The distribution of one variable alone.
    private static func marginal(_ kinds: [Int32], of likelihoods: ReportLikelihoods) -> [Double] {
        let start = [Double](repeating: 1, count: likelihoods.valueCount)
        return JointFit(JointLikelihood(kinds: kinds, of: likelihoods), from: start, progress: { _ in }).distribution
    }
}
