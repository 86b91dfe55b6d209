public import LocalPrivacy
public import Mechanisms
internal import ReportFormat
public import SecureRandomness

/// Two values of one event, each randomized by a mechanism of its own with fresh noise, in one report.
///
/// - Releases a report of each mechanism. "No event" is "no event" in both.
/// - ε: the sum of both, between any two pairs of values (replace-one-event): what each half tells is independent given
///   the values. m reports lose at most m·ε.
/// - Estimator: each half's own for its values; for how the values go together, expectation maximisation over the
///   product of both likelihoods, or the product of both unbiased estimators.
/// - Source: sequential composition, [DR14] §3.5; [EPK14] names the use, and [FPE16] §3 the estimator. Derivation:
///   <doc:PairedResponse>.
public struct PairedResponse: PairRandomizer {
    public static let identifier = "pair"

    /// The integers of both mechanisms.
    public struct Configuration: PairConfiguration {
        public static let isMemoized = false
        public let first, second: PairComponent

        public init(first: PairComponent, second: PairComponent) { (self.first, self.second) = (first, second) }
    }

    /// What both mechanisms randomize.
    public struct Value: Sendable {
        let first, second: any Sendable
    }

    public let configuration: Configuration
    public let epsilon: Epsilon
    public let loss: PrivacyLoss
    public let shape: PairReport.Shape
    public let first, second: any LocalRandomizer

    public init(configuration: Configuration) throws(ParameterError) {
        (first, second) = try configuration.randomizers()
        epsilon = try Configuration.sum(first.epsilon, second.epsilon)
        loss = first.loss.adding(second.loss)
        shape = PairReport.Shape(first: first.half(sharing: 0), second: second.half(sharing: 0))
        self.configuration = configuration
    }

    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> Value {
        let parts = try configuration.parts(of: input)
        return Value(
            first: try first.erasedInput(from: parts.first, on: device),
            second: try second.erasedInput(from: parts.second, on: device))
    }

    /// The second half's noise follows the first's.
    public func randomize<Source: NoiseSource & ~Copyable>(_ value: Value, using source: inout Source) -> PairReport {
        let firstReport = first.reportBytes(about: value.first, using: &source)
        return PairReport(first: firstReport, second: second.reportBytes(about: value.second, using: &source))
    }
}
