import BigInt
import LocalPrivacy
import TestSupport
import Testing

@Suite("The realised loss")
struct PrivacyLossTests {
    @Test("is the logarithm of the ratio rounded up to a billionth, exactly", arguments: [1, 2, 7, 1000])
    func lossIsTheLogarithmRoundedUp(scale: UInt64) throws {
        var noise = SeededNoise(seed: 0x5eed_0003 + scale)
        for _ in 0..<40 {
            let unlikely = (noise.next() >> (noise.next() % 40)) | 1
            let likely = BigUInt(unlikely) * BigUInt(scale) + BigUInt(noise.next() >> 20)
            let loss = try PrivacyLoss(of: WideUnsigned(big: likely), over: WideUnsigned(unlikely))
            let bound = ExactExponential(of: BigUInt(loss.nanonats), over: 1_000_000_000)
            #expect(bound.surelyCovers(likely, over: BigUInt(unlikely)), "\(loss) is below ln(\(likely)/\(unlikely))")
            guard loss.nanonats > 0 else { continue }
            let below = ExactExponential(of: BigUInt(loss.nanonats - 1), over: 1_000_000_000)
            #expect(below.surelyMisses(likely, over: BigUInt(unlikely)), "\(loss) is not the smallest bound")
        }
    }

    @Test("is nothing where the first event is no likelier")
    func noLossWithoutARatio() throws {
        #expect(try PrivacyLoss(of: WideUnsigned(3), over: WideUnsigned(3)).nanonats == 0)
        #expect(try PrivacyLoss(of: WideUnsigned(2), over: WideUnsigned(3)).nanonats == 0)
    }

    @Test("above 32 nats, or against the impossible, is refused")
    func tooLargeALossIsRefused() {
        #expect(throws: ParameterError.lossTooLarge) { try PrivacyLoss(of: WideUnsigned(1), over: .zero) }
        #expect(throws: ParameterError.lossTooLarge) {
            try PrivacyLoss(of: WideUnsigned(1) << 47, over: WideUnsigned(1))
        }
        #expect(throws: Never.self) { try PrivacyLoss(of: WideUnsigned(1) << 46, over: WideUnsigned(1)) }
    }

    @Test("of a declared ε is ε, and both print with their places")
    func declaredLossIsEpsilon() throws {
        let epsilon = try Epsilon(thousandths: 1001)
        #expect(PrivacyLoss(epsilon).nanonats == 1_001_000_000)
        #expect(PrivacyLoss(epsilon).description == "1.001000000")
        #expect(
            try PrivacyLoss(of: WideUnsigned(1_000_001), over: WideUnsigned(1_000_000)).description == "0.000001000")
        #expect(PrivacyLoss(epsilon) > PrivacyLoss(try Epsilon(thousandths: 1000)))
    }
}
