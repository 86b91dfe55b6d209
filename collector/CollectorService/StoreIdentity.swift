internal import GRDB
internal import StoreFormat

/// Whether a database is a store, and of which version.
enum StoreIdentity {
    /// The version of a store whose tables are those of that version.
    ///
    /// - Throws: ``StoreError/notAStore(path:)``, ``StoreError/wrongVersion(path:actual:expected:)`` for a version that
    ///   this program does not know, ``StoreError/alteredTables(path:)``; an error of SQLite.
    static func check(_ connection: Database, path: String) throws -> Int32 {
        let application = try Int32.fetchOne(connection, sql: "PRAGMA application_id") ?? 0
        guard application == StoreSchema.applicationIdentifier else { throw StoreError.notAStore(path: path) }
        let version = try Int32.fetchOne(connection, sql: "PRAGMA user_version") ?? 0
        guard StoreSchema.readableVersions.contains(version) else {
            throw StoreError.wrongVersion(path: path, actual: version, expected: StoreSchema.version)
        }
        guard try tables(of: connection) == StoreSchema.statements(of: version).sorted() else {
            throw StoreError.alteredTables(path: path)
        }
        return version
    }

    /// The statements that made the tables, as SQLite keeps them. Tables of its own, like the statistics of ANALYZE,
    /// are no change.
    private static func tables(of connection: Database) throws -> [String] {
        let query = """
            SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
            """
        return try String.fetchAll(connection, sql: query).sorted()
    }
}
