import BigInt
import LocalPrivacy
import TestSupport
import Testing

@Suite("The bounds on e^x")
struct ExponentialTests {
    private static let exponents: [(UInt64, UInt64)] = {
        var noise = SeededNoise(seed: 0x5eed_0001)
        let edges: [(UInt64, UInt64)] = [
            (0, 1), (0, 1_000_000_000), (1, 1_000_000_000), (1, 1000), (1, 1), (16, 1), (32, 1),
            (32_000_000_000, 1_000_000_000), (31_999_999_999, 1_000_000_000), (1, 65_536_000),
        ]
        let random = (0..<300).map { _ in
            let denominator = 1 + noise.next() % 1_000_000_000
            return (noise.next() % (32 * denominator + 1), denominator)
        }
        return edges + random
    }()

    @Test("enclose e^x as an independent series knows it, and lie 2⁶⁴ of 2⁻²⁵⁶ apart")
    func boundsEncloseTheExponential() {
        let extraBits = ExactExponential.fractionBitCount - Exponential.fractionBitCount
        for (numerator, denominator) in Self.exponents {
            let bounds = Exponential(of: numerator, over: denominator)
            let exact = ExactExponential(of: BigUInt(numerator), over: BigUInt(denominator))
            let (lower, upper) = (BigUInt(wide: bounds.lower), BigUInt(wide: bounds.upper))
            #expect(lower << extraBits <= exact.lower, "the lower bound on e^(\(numerator)/\(denominator)) is above it")
            #expect(upper << extraBits >= exact.upper, "the upper bound on e^(\(numerator)/\(denominator)) is below it")
            #expect(upper - lower == BigUInt(1) << 64)
        }
    }

    @Test("do not depend on how the fraction is written")
    func boundsDependOnTheRationalOnly() {
        for thousandths: UInt64 in [1, 693, 1000, 15_999, 16_000] {
            let (plain, scaled) = (
                Exponential(of: thousandths, over: 1000), Exponential(of: thousandths * 1_000_000, over: 1_000_000_000)
            )
            #expect(plain.lower == scaled.lower)
        }
    }

    @Test("would be caught by this comparison if the upper one stood in for the lower")
    func aLowerBoundTooHighIsCaught() {
        let exact = ExactExponential(of: 1, over: 1)
        #expect(BigUInt(wide: Exponential(of: 1, over: 1).upper) << 64 > exact.lower)
    }
}
