import Estimation
import Mechanisms
import ReportFormat
import TestSupport
import Testing

/// Against what google/rappor's Python client computed.
@Suite("Bloom filters")
struct BloomFilterTests {
    struct Vectors: Decodable {
        struct Bits: Decodable {
            var k: Int, h: Int, cohort: Int, word: String, bits: [Int]
        }
        struct Rows: Decodable {
            var k: Int, h: Int, m: Int, stdin: String, csv: String
        }
        struct BitString: Decodable {
            var n: UInt64, k: Int, s: String
        }
        struct Table<Row: Decodable>: Decodable {
            var rows: [Row]
        }
        var bloomByte: Table<Bits>, mapRows: Table<Rows>, bitString: Table<BitString>
    }

    private let vectors: Vectors

    init() throws { vectors = try Fixtures.json("vectors/rappor.json") }

    @Test("set the bits of google/rappor's clients")
    func bitsAgree() throws {
        try #require(vectors.bloomByte.rows.count == 500)
        for row in vectors.bloomByte.rows {
            let filter = BloomFilter(bitCount: row.k, hashCount: row.h)
            #expect(try filter.bits(of: Array(row.word.utf8), cohort: row.cohort) == row.bits, "\(row)")
        }
    }

    @Test("make the rows of google/rappor's map files")
    func mapRowsAgree() throws {
        try #require(vectors.mapRows.rows.count >= 3)
        for row in vectors.mapRows.rows {
            let filter = BloomFilter(bitCount: row.k, hashCount: row.h)
            let words = row.stdin.split(separator: "\n").map(String.init)
            #expect(try words.map { try filter.mapRow(of: $0, cohortCount: row.m) }.joined() == row.csv)
        }
    }

    @Test("spell bits as google/rappor does, the highest first")
    func bitStringsAgree() throws {
        try #require(vectors.bitString.rows.count == 4)
        for row in vectors.bitString.rows {
            #expect(BitVectorReport(partition: 0, words: [row.n]).bitString(count: row.k) == row.s)
        }
        let wide = BitVectorReport(partition: 0, words: [1, 1])
        #expect(wide.bitString(count: 65) == "1" + String(repeating: "0", count: 63) + "1")
    }

    @Test("are refused no text of the longest length")
    func longTextsAreHashed() throws {
        let filter = BloomFilter(bitCount: 256, hashCount: 8)
        for count in [0, 51, 52, 115, 116, 254] {
            #expect(try filter.bits(of: [UInt8](repeating: 65, count: count), cohort: 3).count == 8)
        }
    }
}
