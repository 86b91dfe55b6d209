internal import Estimation

/// Reads google/rappor's map.csv: no header, a row for each candidate: its string, then for each cohort and each of its
/// hashes the bit that it sets, as k·cohort + bit + 1.
///
/// `NA` stands for no bit, as R writes it; a candidate needs one bit in each cohort. Of repeated strings the first counts.
struct RapporMapFile: ~Copyable {
    /// The most candidates that are read.
    static let countLimit = 1 << 24

    private var reader: CSVReader
    private let parameters: RapporParameters
    private var known: Set<[UInt8]> = []
    private var repeatedCount = 0

    /// Opens the file.
    ///
    /// - Throws: ``CommandError`` of status 1.
    init(path: String, _ parameters: RapporParameters) throws(CommandError) {
        reader = try CSVReader(path: path)
        self.parameters = parameters
    }

    /// How many bytes have been read, and of how many; `nil` for a pipe.
    var progress: (done: Int, total: Int)? { reader.progress }

    /// What was left out, as sentences.
    var notes: [String] {
        guard repeatedCount > 0 else { return [] }
        let strings = repeatedCount == 1 ? "1 repeated string is" : "\(repeatedCount) repeated strings are"
        return ["\(reader.path): \(strings) left out; the first row of each counts"]
    }

    /// The next candidate; `nil` at the end.
    ///
    /// - Parameter rows: becomes its bits, k·cohort + bit, h for each cohort in order.
    /// - Throws: ``CommandError`` of status 4, also for a file without a row.
    mutating func next(rows: inout [Int32]) throws(CommandError) -> String? {
        while try reader.next() {
            try readRows(&rows)
            let name = reader.record.text(of: reader.record.cells[0])
            guard known.insert(Array(name.utf8)).inserted else {
                repeatedCount += 1
                continue
            }
            guard known.count <= Self.countLimit else {
                throw reader.error(
                    "there are more than \(Self.countLimit) candidates", remedy: "Look for fewer at a time.")
            }
            return name
        }
        guard !known.isEmpty else {
            throw reader.error(
                "the file has no row", remedy: "Write one for each candidate, with 'dither rappor hash-candidates'.")
        }
        return nil
    }

    private func readRows(_ rows: inout [Int32]) throws(CommandError) {
        let (bitCount, hashCount, cohortCount) = (
            parameters.bitCount, parameters.hashCount, parameters.cohortCount
        )
        try reader.requireCells(
            1 + cohortCount * hashCount, "m · h = \(cohortCount * hashCount) makes it \(1 + cohortCount * hashCount)",
            remedy: "Make the map with these parameters: dither rappor hash-candidates.")
        rows.removeAll(keepingCapacity: true)
        for cohort in 0..<cohortCount {
            let start = rows.count
            for hash in 0..<hashCount {
                let column = 1 + cohort * hashCount + hash
                guard let row = try row(inColumn: column, cohort: cohort, bitCount: bitCount) else { continue }
                rows.append(row)
            }
            guard rows.count > start else {
                throw reader.error(
                    inColumn: 1 + cohort * hashCount, "the candidate sets no bit in cohort \(cohort)",
                    remedy: "Write one, or leave the candidate out.")
            }
            // Each cohort has h places; a bit that is set twice is set.
            while rows.count < start + hashCount { rows.append(rows[start]) }
        }
    }

    private func row(inColumn column: Int, cohort: Int, bitCount: Int) throws(CommandError) -> Int32? {
        let cell = reader.record.cells[column], range = cohort * bitCount + 1...(cohort + 1) * bitCount
        // A map has millions of cells, and nearly all of them are fine.
        if case .success(let index) = reader.record.withBytes(of: cell, { CellNumber.count($0) }), range.contains(index)
        {
            return Int32(index - 1)
        }
        if reader.record.withBytes(of: cell, { $0.elementsEqual("NA".utf8) }) { return nil }
        let index = try reader.count(inColumn: column, "the bit of cohort \(cohort)")
        guard range.contains(index) else {
            throw reader.error(
                inColumn: column,
                "\(index) is no bit of cohort \(cohort), whose bits are \(range.lowerBound) to \(range.upperBound)",
                remedy: "Make the map with these parameters: dither rappor hash-candidates.")
        }
        return Int32(index - 1)
    }
}
