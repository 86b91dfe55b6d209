/// The rows that a statement gave, in the server's binary form.
public struct PostgresAnswer: Sendable {
    /// What the server did, such as `COMMIT` or `DELETE 3`.
    let commandTag: String
    /// How many rows were inserted, changed, deleted or given.
    public let affectedRowCount: Int
    /// How many rows there are to read.
    public let rowCount: Int
    let columnCount: Int
    /// Row by row; `nil` for a null.
    let cells: [[UInt8]?]

    /// An integer of 2, 4 or 8 bytes.
    ///
    /// - Parameter subject: what is read, for the error.
    /// - Throws: ``PostgresError/unexpectedAnswer(about:)`` for anything else, or a null.
    public func integer(_ row: Int, _ column: Int, of subject: String) throws(PostgresError) -> Int64 {
        let bytes = try bytes(row, column, of: subject)
        let word = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch bytes.count {
        case 2: return Int64(Int16(truncatingIfNeeded: word))
        case 4: return Int64(Int32(truncatingIfNeeded: word))
        case 8: return Int64(bitPattern: word)
        default: throw .unexpectedAnswer(about: subject)
        }
    }

    /// The bytes of any value.
    ///
    /// - Throws: ``PostgresError/unexpectedAnswer(about:)`` for a null, or a place where there is none.
    public func bytes(_ row: Int, _ column: Int, of subject: String) throws(PostgresError) -> [UInt8] {
        guard row < rowCount, column < columnCount, let cell = cells[row * columnCount + column] else {
            throw .unexpectedAnswer(about: subject)
        }
        return cell
    }

    /// A text.
    ///
    /// - Throws: ``PostgresError/unexpectedAnswer(about:)``.
    public func text(_ row: Int, _ column: Int, of subject: String) throws(PostgresError) -> String {
        String(decoding: try bytes(row, column, of: subject), as: UTF8.self)
    }

    /// A truth value.
    ///
    /// - Throws: ``PostgresError/unexpectedAnswer(about:)``.
    public func isTrue(_ row: Int, _ column: Int, of subject: String) throws(PostgresError) -> Bool {
        try bytes(row, column, of: subject) == [1]
    }
}
