internal import Estimation

/// The distinct reports about one variable, and which of them each device has sent.
struct AssociationColumn: Sendable {
    /// A report: its cohort, where that decides what its bits mean, and its bits, the lowest first.
    struct Report: Hashable, Sendable {
        let cohort: Int
        let words: [UInt64]
    }

    let name: String
    let parameters: RapporParameters
    /// The reports that occur, in the order in which they do first.
    private(set) var kinds: [Report] = []
    /// How many devices have sent each kind.
    private(set) var counts: [Int] = []
    /// The kind that each device has sent.
    private(set) var kindOfDevice: [Int32] = []
    private var places: [Report: Int32] = [:]

    init(name: String, parameters: RapporParameters) { (self.name, self.parameters) = (name, parameters) }

    mutating func append(_ report: Report) {
        if let place = places[report] {
            counts[Int(place)] += 1
            kindOfDevice.append(place)
            return
        }
        let place = Int32(kinds.count)
        places[report] = place
        kinds.append(report)
        counts.append(1)
        kindOfDevice.append(place)
    }

    /// The reports of each cohort and of each bit.
    var filterCounts: FilterCounts {
        let bitCount = parameters.bitCount
        var sizes = [Int](repeating: 0, count: parameters.cohortCount)
        var sums = [Int](repeating: 0, count: parameters.cohortCount * bitCount)
        for (report, count) in zip(kinds, counts) {
            sizes[report.cohort] += count
            for bit in 0..<bitCount where report.words[bit / 64] >> UInt64(bit % 64) & 1 == 1 {
                sums[report.cohort * bitCount + bit] += count
            }
        }
        return FilterCounts(
            bitCount: bitCount, cohortSizes: sizes, setCounts: sums, clear: parameters.clear, set: parameters.set)
    }
}

/// google/rappor's reports about several variables: the columns `client,cohort` and one of bits for each variable, the
/// highest bit first.
struct AssociationFile: Sendable {
    private(set) var first: AssociationColumn
    private(set) var second: AssociationColumn
    private(set) var cohorts: [Int32] = []

    /// How many devices there are.
    var reportCount: Int { cohorts.count }

    /// Reads two variables of a file.
    ///
    /// - Parameter names: their columns; without one, the third and the fourth.
    /// - Throws: ``CommandError``: of status 1 if the file cannot be read, and 4 for what is wrong in it.
    init(
        reading path: String, names: (String?, String?), parameters: (RapporParameters, RapporParameters),
        progress: inout Progress
    ) throws(CommandError) {
        var reader = try CSVReader(path: path)
        let header = try Self.header(of: &reader)
        let columns = (
            try Self.column(names.0, option: "--var1", default: 2, in: header, reader),
            try Self.column(names.1, option: "--var2", default: 3, in: header, reader)
        )
        guard columns.0 != columns.1 else {
            throw reader.error(
                inColumn: columns.0, "both variables are '\(header[columns.0])'",
                remedy: "Name two with --var1 and --var2.")
        }
        first = AssociationColumn(name: header[columns.0], parameters: parameters.0)
        second = AssociationColumn(name: header[columns.1], parameters: parameters.1)
        let cohortCount = min(parameters.0.cohortCount, parameters.1.cohortCount)
        while try reader.next() {
            try reader.requireCells(header.count, "the header has \(header.count)")
            let cohort = try reader.count(inColumn: 1, "the cohort")
            guard cohort < cohortCount else {
                throw reader.error(
                    inColumn: 1, "cohort \(cohort) is none of the \(cohortCount) (m), which are counted from 0",
                    remedy: "Use the parameters that the reports were made with.")
            }
            first.append(try Self.report(reader, inColumn: columns.0, cohort: cohort, parameters.0.bitCount))
            second.append(try Self.report(reader, inColumn: columns.1, cohort: cohort, parameters.1.bitCount))
            cohorts.append(Int32(cohort))
            if let (done, total) = reader.progress { progress.update(done, of: total) }
        }
        progress.finish()
    }

    /// The reports with their likelihoods under each variable's values.
    func reports(_ variables: (AssociationVariable, AssociationVariable)) -> AssociationReports {
        var reports = AssociationReports(first: variables.0.likelihoods, second: variables.1.likelihoods)
        for device in cohorts.indices {
            reports.append(
                first: Int(first.kindOfDevice[device]), second: Int(second.kindOfDevice[device]),
                cohort: Int(cohorts[device]))
        }
        return reports
    }

    private static func header(of reader: inout CSVReader) throws(CommandError) -> [String] {
        let remedy = "Write 'client,cohort' and the names of two variables or more."
        guard try reader.next() else { throw reader.error("the file has no row", remedy: remedy) }
        let header = reader.texts
        for (column, name) in ["client", "cohort"].enumerated() where header.count <= column || header[column] != name {
            throw reader.error(inColumn: column, "the header does not start with 'client,cohort'", remedy: remedy)
        }
        guard header.count >= 4 else {
            throw reader.error(
                inColumn: header.count - 1, "the header names \(header.count - 2) of two variables", remedy: remedy)
        }
        return header
    }

    private static func column(
        _ name: String?, option: String, default column: Int, in header: [String], _ reader: borrowing CSVReader
    ) throws(CommandError) -> Int {
        guard let name else { return column }
        let columns = header.indices.dropFirst(2).filter { header[$0].utf8.elementsEqual(name.utf8) }
        guard let column = columns.first else {
            throw reader.error(
                "there is no variable '\(name)'",
                remedy: "With \(option), name one of: \(header.dropFirst(2).joined(separator: ", ")).")
        }
        guard columns.count == 1 else {
            throw reader.error(
                inColumn: columns[1], "\(columns.count) variables have the name '\(name)'", remedy: "Give each its own."
            )
        }
        return column
    }

    private static func report(
        _ reader: borrowing CSVReader, inColumn column: Int, cohort: Int, _ bitCount: Int
    ) throws(CommandError) -> AssociationColumn.Report {
        let cell = reader.record.cells[column]
        guard cell.content.count == bitCount else {
            throw reader.error(
                inColumn: column,
                "the report has \(cell.content.count) digits where \(bitCount == 1 ? "a truth value has 1" : "k = \(bitCount)")",
                remedy: bitCount == 1
                    ? "Write 0 or 1, or give the variable a map if it is a string."
                    : "Use the parameters that the reports were made with.")
        }
        var words = [UInt64](repeating: 0, count: (bitCount + 63) / 64)
        let isWhole = reader.record.withBytes(of: cell) { digits in
            for (position, digit) in digits.enumerated() {
                guard digit == 0x30 || digit == 0x31 else { return false }
                let bit = bitCount - 1 - position
                if digit == 0x31 { words[bit / 64] |= 1 << UInt64(bit % 64) }
            }
            return true
        }
        guard isWhole else {
            throw reader.error(
                inColumn: column, "the report has a digit that is neither 0 nor 1",
                remedy: "Write one digit for each bit.")
        }
        // The bit of a truth value means the same in all cohorts.
        return AssociationColumn.Report(cohort: bitCount == 1 ? 0 : cohort, words: words)
    }
}
