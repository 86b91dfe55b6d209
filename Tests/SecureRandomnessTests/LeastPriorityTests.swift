import Testing

@testable import SecureRandomness

@Suite("The least of many words")
struct LeastPriorityTests {
    /// The probability of each least word, as a count of 2^(bits × words) equally likely outcomes, by going through all
    /// that the coins can show.
    private func law(count: UInt64, bitCount: Int) throws -> [UInt64] {
        var law = [UInt64](repeating: 0, count: 1 << bitCount)
        var waiting: [[UInt64]] = [[]]
        while let script = waiting.popLast() {
            var (position, ways, tossed, open): (Int, UInt64, UInt64, UInt64?) = (0, 1, 0, nil)
            let least = try LeastPriority.draw(among: count, bitCount: bitCount) { running in
                guard position < script.count else {
                    open = open ?? running
                    return 0
                }
                defer { position += 1 }
                ways *= choose(running, script[position])
                tossed += running
                return script[position]
            }
            if let open {
                waiting += (0...open).map { script + [$0] }
            } else {
                // Bits that were never tossed could have been anything.
                law[Int(least)] += ways << (count * UInt64(bitCount) - tossed)
            }
        }
        return law
    }

    private func choose(_ total: UInt64, _ part: UInt64) -> UInt64 {
        (0..<part).reduce(1) { $0 * (total - $1) / ($1 + 1) }
    }

    @Test("has exactly the law of the least of so many uniform words", arguments: 1...5, 1...4)
    func exactLaw(count: Int, bitCount: Int) throws {
        func power(_ base: Int) -> UInt64 { (0..<count).reduce(1) { product, _ in product * UInt64(base) } }
        let wordCount = 1 << bitCount
        // The least is x or above in (wordCount − x)^count of wordCount^count cases.
        let expected = (0..<wordCount).map { power(wordCount - $0) - power(wordCount - $0 - 1) }
        #expect(try law(count: UInt64(count), bitCount: bitCount) == expected)
    }

    @Test("of ten million words is below 2⁻¹⁸ of the whole")
    func manyWords() throws {
        // (1 − 2⁻¹⁸)^10⁷ is e^(−38.1), below 10⁻¹⁶: the test fails less often than a sound one may.
        #expect(try LeastPriority.draw(among: 10_000_000) < 1 << 46)
    }

    @Test("of no words, or of more than can compete, is a word all the same")
    func extremes() throws {
        _ = try LeastPriority.draw(among: 0)
        _ = try LeastPriority.draw(among: .max)
    }
}
