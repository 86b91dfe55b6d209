/// `numerator / 2⁶⁴`: the probability that a uniform 64-bit word is below `numerator`. Sampling it is exact.
public struct Probability: Hashable, Sendable {
    /// How many of the 2⁶⁴ words count as the event.
    public let numerator: UInt64

    /// The probability `numerator / 2⁶⁴`.
    @inlinable
    public init(numerator: UInt64) { self.numerator = numerator }

    /// The least probability p of flipping one bit for which (1 − p) / p is at most e^(ε / parts).
    ///
    /// One bit that differs between two values spends the whole ε (`parts` 1). Where two values differ in `parts`
    /// bits, as in a one-hot vector (`parts` 2), each bit gets an equal share. With N = 2⁶⁴ the condition on T = N·p is
    /// T·(1 + e^(ε / parts)) ≥ N; it is decided with a lower bound on the exponential, so it holds for the true one.
    ///
    /// - Parameter parts: how many bits share ε, in `1...65,536`.
    /// - Complexity: one ``Exponential`` and 64 multiplications.
    public init(flippingWithin epsilon: Epsilon, parts: Int = 1) {
        precondition((1...65_536).contains(parts), "ε is shared by 1 to 65,536 bits")
        let exponential = Exponential(of: UInt64(epsilon.thousandths), over: UInt64(parts) * 1000).lower
        let sum = exponential + (WideUnsigned(1) << Exponential.fractionBitCount)
        let whole = WideUnsigned(1) << (64 + Exponential.fractionBitCount)
        numerator = smallest(in: 1...(1 << 63)) { sum * WideUnsigned($0) >= whole }
    }
}
