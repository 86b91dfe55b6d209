import TestSupport
import Testing

@testable import Estimation

@Suite("Decoding depends on what was counted, not on how it is written down")
struct FilterDecoderLawTests {
    /// Few rows, so that the whole matrix is used, and many.
    private static let sizes = [[3_000, 2_000, 2_500], (0..<16).map { 1_500 + 100 * ($0 % 4) }]

    private static func example(_ sizes: [Int]) -> (FilterExample, FilterCounts) {
        var noise = SeededNoise(seed: 0x1A3 + UInt64(sizes.count))
        let example = FilterExample(
            bits: 16, hashes: 2, cohortSizes: sizes, candidates: 24, missing: 1, noise: &noise)
        let shares = [0.25, 0.15, 0.1, 0.06, 0.03] + [Double](repeating: 0, count: 19) + [0.1]
        return (example, example.simulatedCounts(shares: shares, noise: &noise))
    }

    private static func areEqual(_ left: FilterShare, _ right: FilterShare, _ tolerance: Double) -> Bool {
        let error = left.standardError
        return isNear(left.unbiased, right.unbiased, tolerance, of: error)
            && isNear(left.share, right.share, tolerance, of: error)
            && isNear(error, right.standardError, tolerance) && left.isDetected == right.isDetected
            && isNear(left.interval.lowerBound, right.interval.lowerBound, tolerance * 100, of: error)
            && isNear(left.interval.upperBound, right.interval.upperBound, tolerance * 100, of: error)
    }

    private static func areEqual(_ left: FilterDecoding, _ right: FilterDecoding) -> Bool {
        left.shares.count == right.shares.count && left.iterationCount == right.iterationCount
            && isNear(left.unknownShare, right.unknownShare, 1e-9, of: 1)
            && isNear(left.misfitDeviations, right.misfitDeviations, 1e-9, of: 1)
            && zip(left.shares, right.shares).allSatisfy { areEqual($0, $1, 1e-9) }
    }

    /// What the counts of either sizes decode to.
    private static let decodings = try? sizes.map { sizes in
        let (example, counts) = example(sizes)
        return try FilterDecoder().decode(counts, design: example.design)
    }

    private static func decoding(_ sizes: [Int]) throws -> FilterDecoding {
        try #require(decodings)[sizes.count > 8 ? 1 : 0]
    }

    @Test("the same counts decode to the same numbers")
    func deterministic() throws {
        for sizes in Self.sizes {
            let (example, counts) = Self.example(sizes)
            let first = try FilterDecoder().decode(counts, design: example.design)
            #expect(try Self.decoding(sizes).shares == first.shares)
            #expect(first.shares.count { $0.isDetected } >= 3 && !first.isInsufficient)
        }
    }

    @Test("cohorts without reports are as good as none")
    func emptyCohorts() throws {
        for sizes in Self.sizes {
            let (example, counts) = Self.example(sizes)
            // An empty cohort before each second one, in which every text sets bits all the same.
            var (wideSizes, wideCounts) = ([Int](), [Int]())
            var wideTexts = [[Int32]](repeating: [], count: 24)
            for (cohort, size) in sizes.enumerated() {
                for part in cohort % 2 == 0 ? [0, size] : [size] {
                    let shift = Int32(16 * (wideSizes.count - cohort))
                    for text in wideTexts.indices {
                        wideTexts[text] += example.texts[text][2 * cohort..<2 * cohort + 2].map { $0 + shift }
                    }
                    wideSizes.append(part)
                    wideCounts += counts.setCounts[16 * cohort..<16 * (cohort + 1)].map { part == 0 ? 0 : $0 }
                }
            }
            let wide = FilterExample(bits: 16, hashes: 2, cohortSizes: wideSizes, texts: wideTexts)
            let found = try FilterDecoder().decode(
                FilterCounts(bitCount: 16, cohortSizes: wideSizes, setCounts: wideCounts, clear: 0.25, set: 0.75),
                design: wide.design)
            #expect(Self.areEqual(found, try Self.decoding(sizes)))
        }
    }

    @Test("the order of the candidates does not matter, nor that of the cohorts, of bits and of hashes")
    func order() throws {
        var noise = SeededNoise(seed: 0x1A4)
        for sizes in Self.sizes {
            let (example, counts) = Self.example(sizes)
            let decoding = try Self.decoding(sizes)
            let candidates = Array(0..<24).shuffled(using: &noise)
            let cohorts = Array(sizes.indices).shuffled(using: &noise), bits = Array(0..<16).shuffled(using: &noise)
            let texts = candidates.map { candidate in
                cohorts.enumerated().flatMap { place, cohort in
                    example.texts[candidate][2 * cohort..<2 * cohort + 2].reversed().map { row in
                        Int32(16 * place) + Int32(bits.firstIndex(of: Int(row) % 16) ?? 0)
                    }
                }
            }
            let setCounts = cohorts.flatMap { cohort in bits.map { counts.setCounts[16 * cohort + $0] } }
            let shuffledSizes = cohorts.map { sizes[$0] }
            let shuffled = FilterExample(bits: 16, hashes: 2, cohortSizes: shuffledSizes, texts: texts)
            let found = try FilterDecoder().decode(
                FilterCounts(
                    bitCount: 16, cohortSizes: shuffledSizes, setCounts: setCounts, clear: 0.25, set: 0.75),
                design: shuffled.design)
            for (place, candidate) in candidates.enumerated() {
                #expect(Self.areEqual(found.shares[place], decoding.shares[candidate], 1e-7))
            }
        }
    }

    @Test("reports whose every bit is turned over say the same")
    func inverted() throws {
        for sizes in Self.sizes {
            let (example, counts) = Self.example(sizes)
            let inverted = FilterCounts(
                bitCount: 16, cohortSizes: sizes,
                setCounts: counts.setCounts.enumerated().map { sizes[$0.offset / 16] - $0.element }, clear: 0.75,
                set: 0.25)
            #expect(
                Self.areEqual(
                    try FilterDecoder().decode(inverted, design: example.design),
                    try Self.decoding(sizes)))
        }
    }

    @Test("a candidate that is listed twice leaves the others' estimates as they are")
    func duplicates() throws {
        for sizes in Self.sizes {
            let (example, counts) = Self.example(sizes)
            let decoding = try Self.decoding(sizes)
            let twice = FilterExample(
                bits: 16, hashes: 2, cohortSizes: sizes, texts: [example.texts[2]] + example.texts[..<24])
            let found = try FilterDecoder().decode(counts, design: twice.design)
            #expect(found.indistinguishable == [[0, 3]] && found.unknownShare.isFinite)
            #expect(isNear(found.unknownShare, decoding.unknownShare, 1e-7, of: 1))
            for candidate in 0..<24 where candidate != 2 {
                let (left, right) = (found.shares[candidate + 1], decoding.shares[candidate])
                #expect(isNear(left.unbiased, right.unbiased, 1e-7, of: right.standardError))
                #expect(isNear(left.standardError, right.standardError, 1e-7))
            }
        }
    }

    @Test("counts as they are expected give back the shares, with noise and without, and equal ones")
    func expectedCounts() throws {
        for (sizes, tolerance) in [([50_000_000, 20_000_000], 1e-4), ([Int](repeating: 5_000_000, count: 16), 2e-3)] {
            var noise = SeededNoise(seed: 0x1A5)
            let example = FilterExample(bits: 16, hashes: 2, cohortSizes: sizes, candidates: 10, noise: &noise)
            let shares = [0.3, 0.2, 0.1, 0.1, 0.1, 0.08, 0.06, 0.04, 0.02, 0]
            for (clear, set) in sizes.count > 8 ? [(0.9, 0.1)] : [(0.25, 0.75), (0.5625, 0.6875), (0.9, 0.1)] {
                let counts = example.expectedCounts(shares: shares, clear: clear, set: set)
                let decoding = try FilterDecoder().decode(counts, design: example.design)
                for (found, share) in zip(decoding.shares, shares) {
                    #expect(abs(found.unbiased - share) < tolerance && found.isDetected == (share > 0))
                    #expect(found.interval.contains(share) || abs(found.unbiased - share) < 3e-5)
                }
                #expect(abs(decoding.unknownShare) < tolerance)
            }
        }
    }
}
