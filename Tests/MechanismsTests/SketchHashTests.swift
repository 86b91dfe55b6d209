import Mechanisms
import SecureRandomness
import TestSupport
import Testing

/// Against what an independent script computed: see `Tests/Fixtures/generate/sketch.py`.
@Suite("Hashing of a sketch")
struct SketchHashTests {
    private struct Vectors: Decodable {
        var seed: String, keys: [String], rows: [String], places: [String]
    }

    @Test("gives the keys, rows and places of an independent script")
    func vectorsAgree() throws {
        let all = try Fixtures.json("sketch/hashes.json", as: [Vectors].self)
        try #require(all.count == 4)
        for vectors in all {
            let seed = try #require(UInt64(vectors.seed, radix: 16))
            for line in vectors.keys {
                let cells = line.split(separator: " ")
                #expect(sixteenDigits(try sketchKey(cells[0], seed: seed).word) == cells[1], "\(line)")
            }
            for line in vectors.rows {
                let cells = line.split(separator: " ")
                let row = SketchRow(try #require(Int(cells[0])), seed: seed, width: 2)
                #expect(
                    [row.multiplier, row.offset].map(sixteenDigits) == cells.dropFirst().map { "\($0)" }, "\(line)")
            }
            let wrong = try vectors.places.filter { line in
                let cells = line.split(separator: " "), numbers = cells.compactMap { Int($0) }
                let row = SketchRow(numbers[0], seed: seed, width: numbers[1])
                return row.place(of: try sketchKey(cells[2], seed: seed)) != numbers[2]
            }
            #expect(wrong.isEmpty)
        }
    }

    @Test("tells no event, the empty text and texts of zeros apart")
    func padding() throws {
        let texts: [[UInt8]?] = [nil] + (0...254).map { [UInt8](repeating: 0, count: $0) }
        #expect(Set(try texts.map { try SketchKey(of: $0, seed: 0) }).count == texts.count)
        #expect(try SketchKey(of: [], seed: 0) != SketchKey(of: [], seed: 1))
    }

    @Test("of two keys meets in exactly one of m functions; in six bits, over all differences, multipliers and offsets")
    func collisionsOfTwin() {
        for width in [2, 4, 16] {
            let shift = 6 - width.trailingZeroBitCount
            for difference in 1..<64 {
                var meetings = 0
                for multiplier in stride(from: 1, to: 64, by: 2) {
                    for offset in 0..<64 {
                        let other = (multiplier * difference + offset) % 64
                        meetings += offset >> shift == other >> shift ? 1 : 0
                    }
                }
                let never = difference.isMultiple(of: 64 / width)
                #expect(meetings == (never ? 0 : 32 * 64 / width), "\(difference) in \(width)")
            }
        }
    }

    @Test("has rows of which no two are equal, and in which texts meet and are spread as chance would have it")
    func rowsAreSpread() throws {
        let (rowCount, width) = (65_536, 1024)
        let rows = (0..<rowCount).map { SketchRow($0, seed: 0, width: width) }
        #expect(Set(rows.map(\.multiplier)).count == rowCount && rows.allSatisfy { $0.multiplier % 2 == 1 })
        #expect(Set(rows.map(\.offset)).count == rowCount)
        let keys = try (0..<9).map { try SketchKey(of: Array("\($0)".utf8), seed: 0) }
        let places = keys.map { key in rows.map { $0.place(of: key) } }
        // Of 64 meetings expected, 20 or 130 are found to be wrong; of 4,096 reports of a sixteenth, 450 too many.
        let test = BinomialTest(comparisons: 36 + 9 * 16)
        for (index, first) in places.enumerated() {
            for second in places[..<index] {
                let meetings = zip(first, second).count { $0 == $1 }
                #expect(test.accepts(successes: meetings, of: rowCount, probability: 1 / Double(width)))
            }
            var sixteenths = [Int](repeating: 0, count: 16)
            for place in first { sixteenths[place / 64] += 1 }
            let breach = test.worstBreach(counts: sixteenths, probabilities: Array(repeating: 1 / 16, count: 16))
            #expect(breach == nil)
        }
    }
}

/// The key of a text as the fixtures name it.
func sketchKey(_ name: some StringProtocol, seed: UInt64) throws -> SketchKey {
    guard name.hasPrefix("text:") else { return try SketchKey(of: nil, seed: seed) }
    let text: [UInt8] = try #require(hexadecimalBytes(name.dropFirst(5)))
    return try SketchKey(of: text, seed: seed)
}
