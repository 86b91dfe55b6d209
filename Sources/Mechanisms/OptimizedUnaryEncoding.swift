public import LocalPrivacy

/// Optimized unary encoding: a bit for each item, the own one's a toss of a coin, any other set as seldom as ε allows.
///
/// - Releases d bits. For the variance of what no device holds, no other unary encoding is better.
/// - ε: bounds one report, between any two values (replace-one-value); m reports lose at most m·ε.
/// - Estimator: with p* = 1/2 and q* = P/N, f̂ = (C/n − q*) / (p* − q*) from C of n reports with the item's bit set;
///   n·Var = [f·p*(1 − p*) + (1 − f)·q*(1 − q*)] / (p* − q*)².
/// - Source: [WBLJ17] §4.3. Derivation: <doc:OptimizedUnaryEncoding>.
public struct OptimizedUnaryEncoding: UnaryEncoding {
    public static let identifier = "optimized_unary_encoding"

    /// The integers of optimized unary encoding: Q is N/2.
    public struct Configuration: UnaryConfiguration {
        public var noise: UnaryNoise

        public init(noise: UnaryNoise) { self.noise = noise }

        public static func exactClearThreshold(within epsilon: Epsilon) -> UInt64 {
            Probability(flippingWithin: epsilon).numerator
        }

        public static func setThreshold(clearThreshold: UInt64) -> UInt64 { 1 << 63 }
    }

    public let configuration: Configuration
    public let response: UnaryResponse

    public init(configuration: Configuration) throws(ParameterError) {
        (response, self.configuration) = (try UnaryResponse(configuration), configuration)
    }

    /// What a chain's coarser thresholds give away at most, over all 16,000 ε.
    public var unspentAllowanceNanonats: Int { 1_898_436 }
}
