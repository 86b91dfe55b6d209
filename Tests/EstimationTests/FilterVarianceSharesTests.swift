import Estimation
import Testing

@Suite("Shares of the variance of filters' counts")
struct FilterVarianceSharesTests {
    private let bitCount = 32
    private let cohortCount = 8
    private let size = 20_000
    private let clear = 0.3
    private let set = 0.7

    /// The rows of a text, by the mixing of SplitMix64 [SLF14].
    private func rows(of text: Int) -> [Int] {
        (0..<cohortCount).flatMap { cohort in
            [0, 1].map { hash in
                var bits = UInt64(text * 1000 + cohort * 10 + hash + 1) &* 0x9E37_79B9_7F4A_7C15
                bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
                bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
                return cohort * bitCount + Int((bits ^ bits >> 31) % UInt64(bitCount))
            }
        }
    }

    private func design(of texts: [Int]) -> FilterDesign {
        var design = FilterDesign(bitCount: bitCount, cohortCount: cohortCount, hashCount: 2)
        for text in texts { design.append(rows: rows(of: text).map { Int32($0) }) }
        return design
    }

    /// What reports without any luck would count of texts with these shares.
    private func counts(of shares: [Int: Double]) -> FilterCounts {
        var theta = [Double](repeating: 0, count: bitCount * cohortCount)
        for (text, share) in shares { for row in Set(rows(of: text)) { theta[row] += share } }
        return FilterCounts(
            bitCount: bitCount, cohortSizes: [Int](repeating: size, count: cohortCount),
            setCounts: theta.map { Int((Double(size) * (clear + (set - clear) * $0)).rounded()) }, clear: clear,
            set: set)
    }

    @Test("The shares are those of a dense computation, and sum to 1")
    func dense() throws {
        // A fifth is spread over texts that nobody looks for.
        var shares = [0: 0.4, 1: 0.25, 2: 0.15]
        for text in 100..<150 { shares[text] = 0.004 }
        let (counts, texts) = (counts(of: shares), Array(0..<12))
        let decoding = try FilterDecoder().decode(counts, design: design(of: texts))
        let found = try #require(decoding.varianceShares(of: counts, design: design(of: texts)))
        #expect(decoding.shares.prefix(3).allSatisfy { $0.isDetected })
        let filled = 1 - (31.0 / 32) * (31.0 / 32), gap = set - clear
        var (total, rest) = (0.0, 0.0)
        for row in 0..<bitCount * cohortCount {
            var fitted = 0.0
            for (text, share) in zip(texts, decoding.shares) where share.isDetected {
                fitted += share.unbiased * ((rows(of: text).contains(row) ? 1 : 0) - filled)
            }
            let reported = clear + gap * min(max(filled + fitted, 0), 1)
            let precision = gap * gap * Double(size) / (reported * (1 - reported))
            let deviation = (Double(counts.setCounts[row]) / Double(size) - clear) / gap - filled
            total += precision * deviation * deviation
            rest += precision * (deviation - fitted) * (deviation - fitted)
        }
        #expect(abs(found.explained - (1 - rest / total)) < 1e-9, "\(found)")
        #expect(abs(found.noise - min(rest, Double(bitCount * cohortCount)) / total) < 1e-9, "\(found)")
        #expect(abs(found.explained + found.noise + found.missing - 1) < 1e-12 && found.missing >= 0)
    }

    @Test("Without a detected candidate nothing is explained, and without a deviation there is no variance")
    func nothing() throws {
        let flat = counts(of: [:]), design = design(of: [0, 1, 2])
        let decoding = try FilterDecoder().decode(flat, design: design)
        try #require(!decoding.shares.contains { $0.isDetected })
        let shares = try #require(decoding.varianceShares(of: flat, design: design))
        #expect(shares.explained == 0 && shares.noise > 0)
    }
}
