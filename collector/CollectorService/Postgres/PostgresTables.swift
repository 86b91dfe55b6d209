internal import MetricDefinitions
internal import PostgresClient
internal import StoreFormat

/// What a database must be before a ``PostgresReportStore`` writes to it.
enum PostgresTables {
    /// The advisory locks of a store, which collectors of one database hold until their transaction ends. `DITH` and a
    /// number, so that they meet those of no other program.
    enum Lock: Int64 {
        /// Making, changing and describing tables.
        case tables = 0x4449_5448_0000_0001
        /// Sealing and forgetting, which are done by one collector at a time.
        case tidying = 0x4449_5448_0000_0002

        static func take(_ lock: Lock, on connection: PostgresConnection) throws {
            try connection.execute("SELECT pg_advisory_xact_lock($1)", [.integer(lock.rawValue)])
        }

        /// Takes a lock unless another collector has it.
        static func take(ifFree lock: Lock, on connection: PostgresConnection) throws -> Bool {
            try connection.execute("SELECT pg_try_advisory_xact_lock($1)", [.integer(lock.rawValue)])
                .isTrue(0, 0, of: "an advisory lock")
        }
    }

    /// Has every commit of this connection wait until it is on the disk, and bounds how long anything takes.
    ///
    /// - Throws: ``StoreError/unsafeDatabase(setting:)`` when the server would lose commits in a crash.
    static func makeDurable(_ connection: PostgresConnection, address: PostgresAddress) throws {
        let settings = try connection.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        guard try settings.text(0, 0, of: "fsync") == "on" else { throw StoreError.unsafeDatabase(setting: "fsync") }
        // remote_apply waits for the disk too, and for readers of a standby besides.
        if try settings.text(0, 1, of: "synchronous_commit") != "remote_apply" {
            try connection.execute("SET synchronous_commit = on")
        }
        for statement in [
            "SET default_transaction_isolation = 'read committed'", "SET search_path = dither",
            "SET lock_timeout = '10s'", "SET statement_timeout = '20s'",
            // A collector that hangs must not hold up the others for ever.
            "SET idle_in_transaction_session_timeout = '30s'",
        ] { try connection.execute(statement) }
    }

    /// Makes sure that the database holds a store of this version, making or migrating one if it may.
    ///
    /// All or nothing, and one collector at a time.
    static func identify(_ connection: PostgresConnection, address: PostgresAddress, mayCreate: Bool) throws {
        try connection.transaction {
            try Lock.take(.tables, on: connection)
            let presence = try connection.execute(PostgresSchema.presenceQuery)
            var version: Int64 = 0
            if try presence.isTrue(0, 1, of: "the catalogue") {
                version = try connection.execute(PostgresSchema.versionQuery).integer(0, 0, of: "the table store")
            } else {
                let isFree = try !presence.isTrue(0, 2, of: "the catalogue")
                guard isFree, mayCreate else { throw StoreError.notAStore(path: "\(address)") }
                // An administrator may have made the schema for a user that must not make any.
                if try !presence.isTrue(0, 0, of: "the catalogue") { try connection.execute("CREATE SCHEMA dither") }
            }
            guard (0...PostgresSchema.version).contains(version), version == PostgresSchema.version || mayCreate else {
                throw StoreError.wrongVersion(
                    path: "\(address)", actual: Int32(clamping: version), expected: Int32(PostgresSchema.version))
            }
            if version < PostgresSchema.version {
                for step in PostgresSchema.steps[Int(version)...] {
                    for statement in step { try connection.execute(statement) }
                }
                try connection.execute("UPDATE store SET version = $1", [.integer(PostgresSchema.version)])
            }
            let tables = try connection.execute(PostgresSchema.descriptionQuery)
            let lines = try (0..<tables.rowCount).map { try tables.text($0, 0, of: "the catalogue") }
            guard lines.sorted() == PostgresSchema.description.sorted() else {
                throw StoreError.alteredTables(path: "\(address)")
            }
        }
    }

    /// Enters the definitions of a set; of a set with a conflict none.
    ///
    /// - Throws: ``StoreError/definitionConflict(metric:version:)`` when reports would mix.
    static func enter(_ metricSet: MetricSet, into connection: PostgresConnection) throws {
        let metrics = metricSet.metrics
        try connection.transaction {
            try Lock.take(.tables, on: connection)
            try connection.execute(
                """
                INSERT INTO definition (metric, version, hash)
                SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) ON CONFLICT DO NOTHING
                """,
                [
                    .integers(metrics.map { Int64($0.identifier.value) }), .integers(metrics.map { Int64($0.version) }),
                    .byteStrings(metrics.map(\.definitionHash)),
                ])
            for metric in metrics {
                let stored = try connection.execute(
                    "SELECT hash FROM definition WHERE metric = $1 AND version = $2",
                    [.integer(Int64(metric.identifier.value)), .integer(Int64(metric.version))])
                guard try stored.bytes(0, 0, of: "the table definition") == metric.definitionHash else {
                    throw StoreError.definitionConflict(metric: metric.identifier.value, version: metric.version)
                }
            }
        }
    }
}
