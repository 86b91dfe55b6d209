public import Mechanisms
public import ReportFormat
public import SecureRandomness

extension BloomFilter {
    /// The line of a google/rappor map file for a text: the text, then k·cohort + bit + 1 for each cohort and each of its
    /// hashes, as CSV that ends in a carriage return and a line feed.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no MD5.
    public func mapRow(of text: String, cohortCount: Int) throws(RandomnessError) -> String {
        let bytes = Array(text.utf8)
        var row: [UInt8] = []
        MapCells.append(bytes, to: &row)
        for cohort in 0..<cohortCount {
            for bit in try bits(of: bytes, cohort: cohort) { MapCells.append(cohort * bitCount + bit + 1, to: &row) }
        }
        return String(decoding: row, as: UTF8.self) + "\r\n"
    }
}

/// The cells of a row of CSV, as Python's writer spells them.
enum MapCells {
    /// A text, quoted where it has to be.
    static func append(_ text: [UInt8], to row: inout [UInt8]) {
        guard text.contains(where: { [0x22, 0x2C, 0x0D, 0x0A].contains($0) }) else { return row += text }
        row.append(0x22)
        for byte in text { row += byte == 0x22 ? [0x22, 0x22] : [byte] }
        row.append(0x22)
    }

    /// A comma and a number that is not negative.
    static func append(_ number: Int, to row: inout [UInt8]) {
        row.append(0x2C)
        let start = row.count
        var rest = number
        repeat {
            row.append(0x30 + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        row[start...].reverse()
    }
}

extension BitVectorReport {
    /// The first `count` bits as google/rappor spells them: a digit each, the highest bit first.
    public func bitString(count: Int) -> String {
        String((0..<count).reversed().map { self[$0] ? Character("1") : "0" })
    }
}
