internal import Foundation
internal import GRDB
internal import MetricDefinitions
internal import StoreFormat

/// Opens the file that a ``SQLiteReportStore`` writes.
enum StoreFile {
    /// Opens or creates a store: write-ahead log, every commit synchronised to the disk before it returns.
    ///
    /// A file of another program is refused before anything is written to it.
    ///
    /// - Throws: ``StoreError``.
    static func open(_ location: StoreLocation, patienceInSeconds: Double) throws(StoreError) -> DatabaseQueue {
        do {
            var configuration = Configuration()
            configuration.label = "store"
            configuration.busyMode = .timeout(patienceInSeconds)
            let database = try DatabaseQueue(path: location.resolvedPath, configuration: configuration)
            try database.inDatabase { connection in
                try identify(connection, path: location.path)
                try makeDurable(connection)
            }
            return database
        } catch DatabaseError.SQLITE_NOTADB {
            throw .notAStore(path: location.path)
        } catch { throw StoreError(error) }
    }

    /// Enters the definitions of a set.
    ///
    /// - Throws: ``StoreError/definitionConflict(metric:version:)`` when reports would mix.
    static func enter(_ metricSet: MetricSet, into connection: Database) throws {
        try connection.inTransaction(.immediate) {
            for metric in metricSet.metrics {
                let key: StatementArguments = [metric.identifier.value, metric.version]
                let stored = try Data.fetchOne(
                    connection, sql: "SELECT hash FROM definition WHERE metric = ? AND version = ?", arguments: key)
                if let stored {
                    guard stored == Data(metric.definitionHash) else {
                        throw StoreError.definitionConflict(
                            metric: metric.identifier.value, version: metric.version)
                    }
                } else {
                    try connection.execute(
                        sql: "INSERT INTO definition (metric, version, hash) VALUES (?, ?, ?)",
                        arguments: key + [Data(metric.definitionHash)])
                }
            }
            return .commit
        }
    }

    private static func identify(_ connection: Database, path: String) throws {
        let application = try Int32.fetchOne(connection, sql: "PRAGMA application_id") ?? 0
        let version = try Int32.fetchOne(connection, sql: "PRAGMA user_version") ?? 0
        let tables = try tables(of: connection)
        if application == 0, version == 0, tables.isEmpty {
            return try create(connection)
        }
        guard application == StoreSchema.applicationIdentifier else { throw StoreError.notAStore(path: path) }
        guard version == StoreSchema.version else {
            throw StoreError.wrongVersion(path: path, actual: version, expected: StoreSchema.version)
        }
        guard tables == StoreSchema.statements.sorted() else { throw StoreError.alteredTables(path: path) }
    }

    /// The statements that made the tables, as SQLite keeps them. Tables of its own, like the statistics of ANALYZE,
    /// are no change.
    private static func tables(of connection: Database) throws -> [String] {
        let query = """
            SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
            """
        return try String.fetchAll(connection, sql: query).sorted()
    }

    /// All or nothing, so that a crash leaves an empty file or a store.
    private static func create(_ connection: Database) throws {
        try connection.inTransaction(.exclusive) {
            for statement in StoreSchema.statements { try connection.execute(sql: statement) }
            try connection.execute(sql: "PRAGMA user_version = \(StoreSchema.version)")
            try connection.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationIdentifier)")
            return .commit
        }
    }

    private static func makeDurable(_ connection: Database) throws {
        let journalMode = try String.fetchOne(connection, sql: "PRAGMA journal_mode = WAL") ?? ""
        try connection.execute(sql: "PRAGMA synchronous = FULL")
        // Staged rows lie under random keys, so a commit touches about as many pages as it has rows. 64 MiB of cache spare
        // reading them again, and a log of 32 MiB spares writing them again at every checkpoint: a fifth more batches.
        try connection.execute(sql: "PRAGMA cache_size = -65536")
        try connection.execute(sql: "PRAGMA wal_autocheckpoint = 8192")
        let synchronous = try Int.fetchOne(connection, sql: "PRAGMA synchronous") ?? 0
        guard journalMode == "wal", synchronous == 2 else {
            throw StoreError.notDurable(journalMode: journalMode, synchronous: synchronous)
        }
    }
}
