/// How often one value occurs among the devices that reported, as far as their noise tells.
///
/// Conditional on the true values of those devices: what is random is the noise alone. Unbiased, so that estimates may
/// be negative or exceed the number of reports, and may be added and averaged.
public struct FrequencyEstimate: Hashable, Sendable {
    /// The estimated number of reports about the value.
    public let count: Double

    /// The standard error of ``count``, with the estimated frequency put in its formula.
    public let standardError: Double

    /// ``count`` as a fraction of the reports.
    public let frequency: Double

    /// Covers the true fraction with the confidence asked for; not clipped to 0...1.
    public let interval: ClosedRange<Double>

    /// The probability of at least this much support if no device held the value.
    public let pValue: Double

    /// Whether ``pValue`` is at most ``familyErrorRate`` shared by all values (Bonferroni), unless ``DetectionCorrection``
    /// has decided.
    public let isDetected: Bool

    /// The probability that any value which no device holds is called detected.
    public static let familyErrorRate = 0.05

    /// An estimate of these figures.
    public init(
        count: Double, standardError: Double, frequency: Double, interval: ClosedRange<Double>, pValue: Double,
        isDetected: Bool
    ) {
        (self.count, self.standardError, self.frequency) = (count, standardError, frequency)
        (self.interval, self.pValue, self.isDetected) = (interval, pValue, isDetected)
    }
}
