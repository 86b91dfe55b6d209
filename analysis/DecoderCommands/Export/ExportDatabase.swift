internal import Estimation
internal import Foundation
internal import GRDB
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import RegistryCompiler
internal import ReportFormat

/// A document as a database that any SQL tool reads.
struct ExportDatabase {
    let document: ExportDocument

    /// Writes the database beside the file and renames it over it.
    ///
    /// - Throws: ``CommandError`` of status 1; the file is then as it was.
    func write(to path: String) throws(CommandError) {
        // SQLite would lay what is in them over the new database.
        for suffix in ["-wal", "-journal"] where FileManager.default.fileExists(atPath: path + suffix) {
            throw CommandError(
                .runtimeFailure,
                "\(path)\(suffix) is there: another program has \(path) open for writing, or died with it. Close that one, or "
                    + "remove both files, or name another with -o")
        }
        let draft: FileDraft
        do { draft = try FileDraft.make(replacing: path) } catch { throw RegistryLoading.commandError(for: error) }
        guard let draftPath = draft.path else {
            throw CommandError(.usage, "\(path): is no plain file, and a database needs one. Name another with -o")
        }
        do throws(RegistryError) {
            do { try fill(draftPath) } catch {
                throw .unwritable(path: path, errno: Self.reason(error))
            }
            try draft.commit()
        } catch { throw RegistryLoading.commandError(for: error) }
    }

    private func fill(_ path: String) throws {
        var configuration = Configuration()
        // Nobody reads a draft, and what fails is removed: no journal lies beside it.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF") }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { database in
            try database.execute(sql: "PRAGMA application_id = \(ExportSchema.applicationIdentifier)")
            try database.execute(sql: "PRAGMA user_version = \(ExportDocument.schemaVersion)")
            for statement in ExportSchema.statements { try database.execute(sql: statement) }
            try insertMetadata(database)
            for metric in document.metrics { try insert(metric, database) }
        }
        try queue.close()
    }

    /// Where texts and truth values stand in one column, truth values are texts.
    private static let valueColumn = ExportRow.columns.firstIndex(of: "value") ?? 0

    private func insertMetadata(_ database: Database) throws {
        for (key, value) in [
            ("schema", OutputSchema.export.rawValue), ("project", document.project),
            ("made_on", document.madeOn.description),
            ("confidence", String(format: "%.15g", document.confidence.probability)),
            ("by", document.byPeriod ? EstimateGrouping.period.rawValue : "all"),
            ("dither_version", DitherCommand.version),
        ] { try insert([.text(key), .text(value)], into: "dither_export", database) }
    }

    private func insert(_ metric: ExportedMetric, _ database: Database) throws {
        let definition = metric.definition, name = Cell.text(definition.name)
        let version = Cell.integer(Int(definition.version))
        try insert(
            [
                name, version, .text(definition.fingerprint.description), .text(definition.domain.typeName),
                .text(definition.summary), .text(definition.owner),
                .text(type(of: definition.mechanism).identifier), .boolean(definition.isMemoized),
                .thousandths(definition.mechanism.epsilon.thousandths), .integer(definition.minimumReports),
                .text(metric.status),
            ], into: "metric", database)
        for group in metric.groups(confidence: document.confidence) {
            for row in 0..<group.count {
                var cells = group.row(at: row).cells(for: .programs)
                if case .boolean(let truth) = cells[Self.valueColumn] { cells[Self.valueColumn] = .text(String(truth)) }
                try insert([.null] + cells, into: "estimate", database)
            }
        }
        for omission in metric.omissions {
            try insert(
                [
                    .null, name, version, omission.day.map { .text($0.description) } ?? .null,
                    .text(omission.kind.rawValue), .text(omission.reason),
                ], into: "withheld", database)
        }
        for note in metric.notes { try insert([.null, name, .text(note)], into: "note", database) }
    }

    /// Appends a row. A text goes in as its bytes, since one may hold U+0000, which ends a bound text.
    private func insert(_ cells: [Cell], into table: StaticString, _ database: Database) throws {
        let places = cells.map { $0.isText ? "CAST(? AS TEXT)" : "?" }.joined(separator: ", ")
        let statement = try database.cachedStatement(sql: "INSERT INTO \(table) VALUES (\(places))")
        try statement.execute(arguments: StatementArguments(cells.map(\.databaseValue)))
    }

    private static func reason(_ error: any Error) -> Int32 {
        switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_FULL: ENOSPC
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: EACCES
        default: EIO
        }
    }
}

extension Cell {
    fileprivate var isText: Bool {
        if case .text = self { true } else { false }
    }

    /// As SQL has it; a truth value in a column of numbers is 0 or 1.
    fileprivate var databaseValue: (any DatabaseValueConvertible)? {
        switch self {
        case .text(let text): Data(text.utf8)
        case .integer(let value): value
        case .number(let number): Double(number.digits)
        case .boolean(let truth): truth ? 1 : 0
        case .null: nil
        }
    }
}
