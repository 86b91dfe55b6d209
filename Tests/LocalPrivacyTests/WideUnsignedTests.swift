import BigInt
import LocalPrivacy
import TestSupport
import Testing

@Suite("Wide integers")
struct WideUnsignedTests {
    /// Random operands of up to 640 bits, many of them next to powers of two, where carries run far.
    private static func operand(from noise: inout SeededNoise) -> BigUInt {
        let bitCount = Int(noise.next() % 641)
        switch noise.next() % 4 {
        case 0: return BigUInt(1) << bitCount
        case 1: return (BigUInt(1) << bitCount) - 1
        case 2: return BigUInt(noise.next())
        default: return .seeded(bitCount: bitCount, from: &noise)
        }
    }

    @Test("add, subtract, multiply, divide, shift and compare as a second implementation does")
    func arithmeticAgrees() {
        var noise = SeededNoise(seed: 0x5eed_0002)
        for _ in 0..<4000 {
            let (a, b) = (Self.operand(from: &noise), Self.operand(from: &noise))
            let (wideA, wideB) = (WideUnsigned(big: a), WideUnsigned(big: b))
            let divisor = max(1, noise.next() >> (noise.next() % 64)), shift = Int(noise.next() % 300)
            #expect(BigUInt(wide: wideA) == a)
            #expect(BigUInt(wide: wideA + wideB) == a + b)
            #expect(BigUInt(wide: max(wideA, wideB) - min(wideA, wideB)) == max(a, b) - min(a, b))
            #expect(BigUInt(wide: wideA * wideB) == a * b)
            #expect(BigUInt(wide: wideA / divisor) == a / BigUInt(divisor))
            #expect(BigUInt(wide: wideA << shift) == a << shift)
            #expect((wideA < wideB) == (a < b))
            #expect((wideA == wideB) == (a == b))
            #expect(wideA.isZero == (a == 0))
        }
    }

    @Test("have one form: leading zeros are dropped, and equal numbers hash alike")
    func formIsCanonical() {
        #expect(WideUnsigned(words: [7, 0, 0]) == WideUnsigned(7))
        #expect(WideUnsigned(words: [7, 0, 0]).hashValue == WideUnsigned(7).hashValue)
        #expect(WideUnsigned(words: [0]) == .zero)
        #expect((WideUnsigned(5) - WideUnsigned(5)).isZero)
    }
}
