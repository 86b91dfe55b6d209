/// Rows of named columns, each made when it is written: there may be millions.
public struct RowList: Sendable {
    /// The names of the columns, which are also the keys of the JSON objects.
    public let columns: [String]
    /// How many rows there are.
    public let count: Int
    private let cells: @Sendable (Int) -> [Cell]

    /// Rows that `cells` makes by their position, one cell per column.
    public init(columns: [String], count: Int, cells: @escaping @Sendable (Int) -> [Cell]) {
        (self.columns, self.count, self.cells) = (columns, count, cells)
    }

    /// The first rows alone.
    func prefix(_ count: Int) -> RowList {
        RowList(columns: columns, count: min(count, self.count), cells: cells)
    }

    /// Writes the header and all rows as CSV, in blocks.
    public func writeCSV<Failure: Error>(to sink: (String) throws(Failure) -> Void) throws(Failure) {
        var block = TextBlock()
        try block.append(Table.separatedLine(of: columns.map { .text($0) }), sink)
        for row in 0..<count { try block.append(Table.separatedLine(of: cells(row)), sink) }
        try block.finish(sink)
    }

    /// An array of one object per row.
    public var json: JSONOutput {
        .elements(count: count) { row in .object(zip(columns, cells(row)).map { ($0, .cell($1)) }) }
    }

    /// Some of the rows as a table for people.
    public func table(of rows: some Sequence<Int>) -> Table {
        var table = Table(columns: columns)
        for row in rows { table.append(cells(row)) }
        return table
    }
}
