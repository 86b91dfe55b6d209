import LocalPrivacy
import Mechanisms
import SecureRandomness
import TestSupport
import Testing

@Suite("A chain of lanes")
struct LaneThresholdTests {
    /// Words of noise with which lane l of 1,024 draws the number `numbers(l)`, level by level from the least.
    private static func noise(of threshold: LaneThreshold, _ numbers: [UInt64]) -> [UInt64] {
        var words: [UInt64] = []
        for level in threshold.firstLevel..<64 {
            for start in stride(from: 0, to: numbers.count, by: 64) {
                var word: UInt64 = 0
                for lane in 0..<64 { word |= (numbers[start + lane] >> UInt64(level) & 1) << UInt64(lane) }
                words.append(word)
            }
        }
        return words
    }

    private static func lanesBelow(_ threshold: LaneThreshold, _ numbers: [UInt64]) -> [Bool] {
        var listed = ListedNoise(noise(of: threshold, numbers))
        let below = threshold.draw(wordCount: numbers.count / 64, using: &listed)
        return numbers.indices.map { below[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
    }

    @Test(
        "is below its threshold exactly where the lane's number is, for all thresholds and numbers of eight levels",
        arguments: [
            // The eight levels stand at the top, at the least kept of a long threshold, and at those of a short one.
            (56, 0), (40, 0x8000_0000_0000_0000), (40, 0xFF00_0000_0000_0000), (32, 0), (48, 0),
        ] as [(UInt64, UInt64)])
    func lanesCompare(lowestLevel: UInt64, higherBits: UInt64) throws {
        var seeded = SeededNoise(seed: 0x5eed_0201)
        for significant in 1..<UInt64(256) {
            let threshold = try LaneThreshold(exactly: higherBits | significant << lowestLevel)
            // All 256 numbers four times, in an order that no word shares, over levels below that decide nothing.
            let kept = UInt64.max << UInt64(threshold.firstLevel)
            let numbers = (0..<1024).map { (lane: UInt64) -> UInt64 in
                let below: UInt64 = seeded.next() & (1 << lowestLevel - 1) & kept
                let drawn: UInt64 = (lane &* 37 & 0xFF) << lowestLevel
                return higherBits | drawn | below
            }
            let expected = numbers.map { $0 < threshold.numerator }
            #expect(Self.lanesBelow(threshold, numbers) == expected, "\(threshold)")
        }
    }

    @Test("is the same for any number of words as lane by lane, whether they are drawn in eights or not")
    func widthsAgree() throws {
        var seeded = SeededNoise(seed: 0x5eed_0204)
        for wordCount in 1...34 {
            let numerator = max(1 << 48, seeded.next() >> UInt64(wordCount % 12))
            let threshold = LaneThreshold(atMost: numerator & .max << UInt64(seeded.index(below: 60)))
            guard threshold.numerator > 0 else { continue }
            let kept = UInt64.max << UInt64(threshold.firstLevel)
            let numbers = (0..<64 * wordCount).map { _ in seeded.next() & kept }
            let expected = numbers.map { $0 < threshold.numerator }
            #expect(Self.lanesBelow(threshold, numbers) == expected, "\(wordCount) words, \(threshold)")
        }
    }

    @Test("takes as many words as it announces, the level's words in the order of the lanes")
    func wordsAreTaken() throws {
        for (numerator, levelCount) in [(UInt64(1) << 63, 24), (1 << 56, 24), (1 << 55, 32), (1 << 32, 32)] {
            let threshold = try LaneThreshold(exactly: numerator)
            #expect(threshold.levelCount == levelCount)
            for wordCount in [1, 2, 16] {
                var seeded = SeededNoise(seed: 0x5eed_0202)
                #expect(threshold.draw(wordCount: wordCount, using: &seeded).count == wordCount)
                #expect(seeded.drawnWordCount == threshold.noiseWordCount(for: wordCount))
                #expect(seeded.drawnWordCount == levelCount * wordCount)
            }
        }
    }

    @Test("rounds to a multiple of its unit, by less than one and by at most 2⁻¹⁶ of the threshold")
    func roundingIsBounded() throws {
        var seeded = SeededNoise(seed: 0x5eed_0203)
        for _ in 0..<2000 {
            let numerator = max(1 << 48, seeded.next() >> UInt64(seeded.index(below: 16)))
            let below = LaneThreshold(atMost: numerator)
            #expect(below.numerator <= numerator && numerator - below.numerator <= numerator >> 16)
            #expect(try LaneThreshold(exactly: below.numerator) == below)
            guard let above = LaneThreshold(atLeast: numerator) else {
                #expect(numerator > .max << 40)
                continue
            }
            #expect(above.numerator >= numerator && above.numerator - numerator <= numerator >> 16)
            #expect(try LaneThreshold(exactly: above.numerator) == above)
        }
        #expect(LaneThreshold(atLeast: .max << 40)?.numerator == .max << 40)
        #expect(LaneThreshold(atLeast: .max << 40 + 1) == nil)
        // One that rounds up into the longer unit is a multiple of that as well.
        #expect(LaneThreshold(atLeast: 1 << 56 - 1)?.numerator == 1 << 56)
    }

    @Test(
        "refuses thresholds between the steps",
        arguments: [0, 1, 1 << 31, 1 << 32 + 1, 1 << 56 + 1 << 39, .max] as [UInt64])
    func oddThresholdsAreRefused(numerator: UInt64) {
        #expect(throws: ParameterError.thresholdOutOfRange(threshold: numerator, allowed: 1 << 32...(.max << 40))) {
            try LaneThreshold(exactly: numerator)
        }
    }
}
