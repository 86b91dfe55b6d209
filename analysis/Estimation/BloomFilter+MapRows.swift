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
        var row = Self.cell(text)
        for cohort in 0..<cohortCount {
            for bit in try bits(of: bytes, cohort: cohort) { row += ",\(cohort * bitCount + bit + 1)" }
        }
        return row + "\r\n"
    }

    /// A cell that is quoted where it has to be.
    private static func cell(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { ["\"", ",", "\r", "\n"].contains($0) }) else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}

extension BitVectorReport {
    /// The first `count` bits as google/rappor spells them: a digit each, the highest bit first.
    public func bitString(count: Int) -> String {
        String((0..<count).reversed().map { self[$0] ? Character("1") : "0" })
    }
}
