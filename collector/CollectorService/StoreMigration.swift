internal import GRDB
internal import StoreFormat

/// Raises a store of an earlier version to the present one.
enum StoreMigration {
    /// Adds what the later versions have, all in one transaction: a crash leaves the earlier version or the present one.
    ///
    /// - Throws: ``StoreError``, or an error of SQLite; the store then is what it was.
    static func raise(_ connection: Database, from version: Int32) throws {
        try connection.inTransaction(.exclusive) {
            for statement in StoreSchema.additions(since: version) { try connection.execute(sql: statement) }
            try connection.execute(sql: "PRAGMA user_version = \(StoreSchema.version)")
            return .commit
        }
    }

    /// Whether free pages can be given back to the file system. A store that was made before version 2 keeps them for
    /// later reports until it is rewritten.
    static func canShrink(_ connection: Database) throws -> Bool {
        try Int.fetchOne(connection, sql: "PRAGMA auto_vacuum") == 2
    }

    /// Rewrites the whole file without free pages, so that it can shrink from then on. All or nothing too, but it
    /// takes the space of the store once more, and nothing is stored meanwhile.
    static func makeShrinkable(_ connection: Database) throws {
        try connection.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
        try connection.execute(sql: "VACUUM")
    }
}
