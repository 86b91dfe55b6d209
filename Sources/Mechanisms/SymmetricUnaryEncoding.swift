public import LocalPrivacy

/// Symmetric unary encoding: a bit for each item, the own one's set, and every bit flipped with the same probability.
///
/// - Releases d bits. It is one round of basic RAPPOR.
/// - ε: bounds one report, between any two values (replace-one-value); m reports lose at most m·ε. Two values differ in two
///   bits, each of which spends ε/2.
/// - Estimator: with p* = 1 − T/N and q* = T/N, f̂ = (C/n − q*) / (p* − q*) from C of n reports with the item's bit set;
///   n·Var = p*·q* / (p* − q*)², for every f.
/// - Source: [WBLJ17] §4.3; [EPK14]. Derivation: <doc:SymmetricUnaryEncoding>.
public struct SymmetricUnaryEncoding: UnaryEncoding {
    public static let identifier = "symmetric_unary_encoding"

    /// The integers of symmetric unary encoding: T is P, and Q is N − T.
    public struct Configuration: UnaryConfiguration {
        public var noise: UnaryNoise

        public init(noise: UnaryNoise) { self.noise = noise }

        public static func exactClearThreshold(within epsilon: Epsilon) -> UInt64 {
            Probability(flippingWithin: epsilon, parts: 2).numerator
        }

        public static func setThreshold(clearThreshold: UInt64) -> UInt64 { 0 &- clearThreshold }
    }

    public let configuration: Configuration
    public let response: UnaryResponse

    public init(configuration: Configuration) throws(ParameterError) {
        (response, self.configuration) = (try UnaryResponse(configuration), configuration)
    }

    /// What a chain's coarser thresholds give away at most, over all 16,000 ε.
    public var unspentAllowanceNanonats: Int { 30_158 }
}
