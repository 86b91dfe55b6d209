internal import Foundation
internal import GRDB
internal import MetricDefinitions
internal import StoreFormat

/// Opens the file that a ``SQLiteReportStore`` writes.
enum StoreFile {
    /// Opens or creates a store: write-ahead log, every commit synchronised to the disk before it returns. One of an
    /// earlier version is raised to the present one.
    ///
    /// Whatever is there and is no store is refused before anything is written to it.
    ///
    /// - Throws: ``StoreError``.
    static func open(_ location: StoreLocation, patienceInSeconds: Double) throws(StoreError) -> DatabaseQueue {
        do {
            try StoreFolder.prepare(location)
            let database = try DatabaseQueue(
                path: location.resolvedPath, configuration: configuration(patienceInSeconds: patienceInSeconds))
            try database.inDatabase { connection in
                let version = try StoreIdentity.check(connection, path: location.path)
                try makeDurable(connection)
                try LogRewriter.rewrite(connection, logPath: location.resolvedPath + "-wal")
                if version < StoreSchema.version {
                    try StoreMigration.raise(connection, from: version)
                }
            }
            return database
        } catch DatabaseError.SQLITE_NOTADB {
            throw .notAStore(path: location.path)
        } catch { throw StoreError(error) }
    }

    static func configuration(patienceInSeconds: Double) -> Configuration {
        var configuration = Configuration()
        configuration.label = "store"
        configuration.busyMode = .timeout(patienceInSeconds)
        return configuration
    }

    /// Enters the definitions of a set.
    ///
    /// - Throws: ``StoreError/definitionConflict(metric:version:)`` when reports would mix.
    static func enter(_ metricSet: MetricSet, into connection: Database) throws {
        try connection.inTransaction(.immediate) {
            if let conflict = try conflict(with: metricSet, in: connection) { throw conflict }
            for metric in metricSet.metrics {
                try connection.execute(
                    sql: "INSERT OR IGNORE INTO definition (metric, version, hash) VALUES (?, ?, ?)",
                    arguments: [metric.identifier.value, metric.version, Data(metric.definitionHash)])
            }
            return .commit
        }
    }

    /// The first metric of a set that the store has under another definition of the same version, as an error.
    static func conflict(with metricSet: MetricSet, in connection: Database) throws -> StoreError? {
        for metric in metricSet.metrics {
            let stored = try Data.fetchOne(
                connection, sql: "SELECT hash FROM definition WHERE metric = ? AND version = ?",
                arguments: [metric.identifier.value, metric.version])
            guard stored == nil || stored == Data(metric.definitionHash) else {
                return .definitionConflict(metric: metric.identifier.value, version: metric.version)
            }
        }
        return nil
    }

    /// Sets what holds for this connection and not for the file; also the log mode, which holds for both.
    private static func makeDurable(_ connection: Database) throws {
        let journalMode = try String.fetchOne(connection, sql: "PRAGMA journal_mode = WAL") ?? ""
        try connection.execute(sql: "PRAGMA synchronous = FULL")
        // Staged rows lie under random keys, so a commit touches about as many pages as it has rows. 64 MiB of cache spare
        // reading them again, and a log of 32 MiB spares writing them again at every checkpoint: a fifth more batches.
        try connection.execute(sql: "PRAGMA cache_size = -65536")
        // SQLite's own checkpoints keep their failures to themselves; LogKeeper makes them instead.
        try connection.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        // What is sealed, forgotten or deleted is overwritten, and not only marked as free.
        try connection.execute(sql: "PRAGMA secure_delete = ON")
        let synchronous = try Int.fetchOne(connection, sql: "PRAGMA synchronous") ?? 0
        guard journalMode == "wal", synchronous == 2 else {
            throw StoreError.notDurable(journalMode: journalMode, synchronous: synchronous)
        }
    }
}
