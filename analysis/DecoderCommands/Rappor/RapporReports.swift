internal import Estimation

/// Counts google/rappor's reports: the columns `client,cohort,bloom,prr,irr`, of which the last holds the bits that the
/// client sent, the highest first.
///
/// Constant memory, whatever the number of reports.
struct RapporReports: ~Copyable {
    static let header = ["client", "cohort", "bloom", "prr", "irr"]

    private let parameters: RapporParameters
    private var sizes: [Int]
    private var counts: [Int]
    /// Whether a row reveals what its client has seen.
    private(set) var revealsValues = false

    /// No reports.
    init(_ parameters: RapporParameters) {
        self.parameters = parameters
        sizes = [Int](repeating: 0, count: parameters.cohortCount)
        counts = [Int](repeating: 0, count: parameters.cohortCount * parameters.bitCount)
    }

    /// What has been counted.
    var sums: RapporCounts { RapporCounts(cohortSizes: sizes, setCounts: counts) }

    /// Counts the reports of a file.
    ///
    /// - Throws: ``CommandError``: of status 1 if the file cannot be read, and 4 for what is wrong in it.
    mutating func count(_ reader: inout CSVReader, progress: inout Progress) throws(CommandError) {
        let names = Self.header.joined(separator: ",")
        guard try reader.next() else {
            throw reader.error(
                "the file has no row", remedy: "Write '\(names)' in the first, and a report in each other.")
        }
        guard reader.texts == Self.header else {
            throw reader.error("the header is not '\(names)'", remedy: "Write that in the first row.")
        }
        while try reader.next() {
            try countReport(reader)
            if let (done, total) = reader.progress { progress.update(done, of: total) }
        }
        progress.finish()
    }

    private mutating func countReport(_ reader: borrowing CSVReader) throws(CommandError) {
        try reader.requireCells(Self.header.count, "the header has \(Self.header.count)")
        let cohort = try reader.count(inColumn: 1, "the cohort")
        guard cohort < parameters.cohortCount else {
            throw reader.error(
                inColumn: 1, "cohort \(cohort) is none of the \(parameters.cohortCount) (m), which are counted from 0",
                remedy: "Use the parameters that the reports were made with.")
        }
        if !revealsValues { revealsValues = reader.record.cells[2...3].contains { !$0.content.isEmpty } }
        let (bits, bitCount) = (reader.record.cells[4], parameters.bitCount)
        guard bits.content.count == bitCount else {
            throw reader.error(
                inColumn: 4, "the report has \(bits.content.count) digits where k = \(bitCount)",
                remedy: "Use the parameters that the reports were made with.")
        }
        let first = cohort * bitCount
        let isWhole = reader.record.withBytes(of: bits) { digits in
            counts.withUnsafeMutableBufferPointer { counts in
                var others: UInt8 = 0
                for position in 0..<bitCount { others |= digits[position] ^ 0x30 }
                // A digit is 0 or 1, and differs from 0 in the last bit at most.
                guard others <= 1 else { return false }
                for position in 0..<bitCount { counts[first + bitCount - 1 - position] += Int(digits[position] & 1) }
                return true
            }
        }
        guard isWhole else {
            throw reader.error(
                inColumn: 4, "the report has a digit that is neither 0 nor 1", remedy: "Write one digit for each bit.")
        }
        sizes[cohort] += 1
    }
}
