internal import GRDB
internal import ReportFormat

/// A coarse number of one UTC day, kept in the store: of what a day brought, never of who brought it.
package enum DailyCounter: Hashable, Sendable {
    /// Batches that were new.
    case batches
    /// Reports that were stored.
    case reports
    /// Reports of new batches that were not stored.
    case rejected(RejectionCode)
    /// Reports that retention or a purge deleted.
    case deleted
    /// Reports that were stored under a token with a daily quota, by its name.
    case granted(token: String)

    /// The name in the store.
    package var name: String {
        switch self {
        case .batches: "batches"
        case .reports: "reports"
        case .rejected(let code): "rejected." + code.rawValue
        case .deleted: "deleted"
        case .granted(let token): Self.grantedPrefix + token
        }
    }

    private static let grantedPrefix = "granted."

    /// The token of a ``granted(token:)`` by its name; `nil` for another counter.
    static func token(inName name: String) -> String? {
        name.hasPrefix(grantedPrefix) ? String(name.dropFirst(grantedPrefix.count)) : nil
    }

    /// More reports than a day brings.
    static let countLimit: Int64 = 1 << 53

    /// What was stored on a day under each token with a quota.
    static func granted(on day: UTCDay, in connection: Database) throws -> [String: Int] {
        let rows = try Row.fetchAll(
            connection, sql: "SELECT name, value FROM counter WHERE day = ? AND name >= ? AND name < ?",
            // The character after the point ends the names that begin with the prefix.
            arguments: [day.index, grantedPrefix, "granted/"])
        var granted: [String: Int] = [:]
        for row in rows {
            guard let token = row.text(0).flatMap(token(inName:)), let count = row.integer(1),
                (0...countLimit).contains(count)
            else { throw StoreError.malformedRow }
            granted[token] = Int(count)
        }
        return granted
    }

    /// Adds to the counters of a day, as part of a transaction: they are right after a crash too.
    static func add(_ counts: [DailyCounter: Int], on day: UTCDay, in connection: Database) throws {
        let statement = try connection.cachedStatement(
            sql: """
                INSERT INTO counter (day, name, value) VALUES (?, ?, ?)
                ON CONFLICT (day, name) DO UPDATE SET value = value + excluded.value
                """)
        for (counter, count) in counts where count > 0 {
            try statement.execute(arguments: [day.index, counter.name, count])
        }
    }
}
