/// A place in a text file, both counted from 1; columns count Unicode scalars.
public struct SourcePosition: Hashable, Comparable, Sendable {
    /// The line.
    public let line: Int
    /// The column.
    public let column: Int

    /// A place.
    public init(line: Int, column: Int) { (self.line, self.column) = (line, column) }

    /// The first character of a file.
    public static let start = SourcePosition(line: 1, column: 1)

    public static func < (left: Self, right: Self) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One finding about a registry or its lock: where, what is wrong, and what to do about it.
public struct RegistryDiagnostic: Hashable, Sendable, CustomStringConvertible {
    /// Whether the finding refuses the registry.
    public enum Severity: String, Hashable, Sendable {
        /// The registry is refused.
        case error
        /// The registry passes; its reader should know.
        case note
    }

    /// How many errors of one file are kept; a reader fixes the first and asks again.
    public static let limit = 1_000

    /// The file as it was named on the command line.
    public let file: String
    /// Where in the file.
    public let position: SourcePosition
    /// Whether the registry is refused.
    public let severity: Severity
    /// What is wrong, without a full stop.
    public let message: String
    /// What to do: one sentence.
    public let remedy: String

    /// A finding.
    public init(file: String, position: SourcePosition, severity: Severity, message: String, remedy: String) {
        (self.file, self.position, self.severity) = (file, position, severity)
        (self.message, self.remedy) = (message, remedy)
    }

    /// `FILE:LINE:COLUMN: error: MESSAGE. REMEDY`, on one line; who shows it makes it ``printable(_:)``.
    public var description: String {
        "\(file):\(position.line):\(position.column): \(severity.rawValue): \(message). \(remedy)"
            .replacing("\n", with: " ")
    }
}

/// The findings about one file, gathered while it is read, so that one run names them all.
struct DiagnosticList {
    let file: String
    private(set) var items: [RegistryDiagnostic] = []

    init(file: String) { self.file = file }

    /// Counts dropped errors too: what decides is never lost.
    private(set) var errorCount = 0

    /// Whether further errors are counted and dropped.
    var isFull: Bool { errorCount >= RegistryDiagnostic.limit }

    mutating func error(_ position: SourcePosition, _ message: String, _ remedy: String) {
        defer { errorCount += 1 }
        if !isFull { add(position, .error, message, remedy) }
    }

    mutating func note(_ position: SourcePosition, _ message: String, _ remedy: String) {
        add(position, .note, message, remedy)
    }

    private mutating func add(
        _ position: SourcePosition, _ severity: RegistryDiagnostic.Severity, _ message: String, _ remedy: String
    ) {
        items.append(
            RegistryDiagnostic(
                file: file, position: position, severity: severity, message: message, remedy: remedy))
    }

    /// In the order of the file.
    var sorted: [RegistryDiagnostic] {
        items.enumerated().sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
            .map(\.element)
    }
}
