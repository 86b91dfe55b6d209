import CollectorService
import Glibc
import Logging
import MetricDefinitions
import PostgresClient
import ReportFormat
import StoreFormat
import StoreReader
import Synchronization
import TestSupport
import Testing

@Suite("A store in PostgreSQL") struct PostgresStoreTests {
    private let group = ReportGroup(metric: 2, version: 1, day: testDay)

    private func open(
        _ url: String, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) throws -> PostgresReportStore {
        try PostgresReportStore(
            try PostgresAddress(url), metricSet: try testMetricSet(), now: now)
    }

    private func execute(_ statement: String, at url: String) throws {
        try PostgresServer.shared.get().connection(to: url).execute(statement)
    }

    private func batch(_ number: Int, count: Int = 1) throws -> AdmittedBatch {
        let reports = (0..<count).map { AdmittedReport(group: group, payload: [UInt8(truncatingIfNeeded: $0)]) }
        return AdmittedBatch(try batchIdentifier(number), reports: reports, arrivingOn: testDay)
    }

    @Test("The tables hold no number that is not a day, a count, a key or of the metric")
    func nothingAboutTheSender() async throws {
        let place = try StorePlace(.postgres)
        try await place.open().close()
        let connection = try PostgresServer.shared.get().connection(to: place.location)
        let rows = try connection.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'dither'")
        let columns = try (0..<rows.rowCount).map { try rows.text($0, 0, of: "the catalogue") }
        #expect(
            Set(columns) == [
                "batch.identifier", "batch.forget_after", "batch.rejected", "definition.metric", "definition.version",
                "definition.hash", "staged.metric", "staged.version", "staged.day", "staged.shape_key", "staged.key",
                "staged.payload", "chunk.key", "chunk.metric", "chunk.version", "chunk.day", "chunk.shape_key",
                "chunk.stride", "chunk.count", "chunk.checksum", "chunk.payloads", "store.only_row", "store.version",
                "counter.day", "counter.name", "counter.value",
            ])
    }

    @Test("Tables of another program in the schema are refused and left alone; an empty schema is taken")
    func foreignTables() async throws {
        let place = try StorePlace(.postgres)
        try execute("CREATE SCHEMA dither", at: place.location)
        try execute("CREATE TABLE dither.song (title text)", at: place.location)
        let path = "\(try PostgresAddress(place.location))"
        #expect(throws: StoreError.notAStore(path: path)) { try place.open() }
        #expect(throws: StoreReaderError.notAStore) { try place.snapshot() }
        try execute("DROP TABLE dither.song", at: place.location)
        try await place.open().close()
        #expect(try place.snapshot().periods().isEmpty)
    }

    @Test("A store of the first version is raised to this one, and keeps what it has")
    func migration() async throws {
        let place = try StorePlace(.postgres)
        try execute("CREATE SCHEMA dither", at: place.location)
        for statement in PostgresSchema.steps[0] + ["UPDATE dither.store SET version = 1"] {
            try execute(statement, at: place.location)
        }
        try execute(
            "INSERT INTO dither.staged VALUES (1, 1, \(testDay.index), 0, 7, '\\x01'::bytea)", at: place.location)
        #expect(throws: StoreReaderError.unsupportedVersion(found: 1, supported: Int32(PostgresSchema.version))) {
            try place.snapshot()
        }
        try await place.open().close()
        #expect(try place.snapshot().periods().map(\.reportCount) == [1])
    }

    @Test("Another version is refused by both numbers, by writer and reader")
    func otherVersion() async throws {
        let place = try StorePlace(.postgres)
        try await place.open().close()
        try place.execute("UPDATE store SET version = 7")
        let path = "\(try PostgresAddress(place.location))"
        #expect(throws: StoreError.wrongVersion(path: path, actual: 7, expected: Int32(PostgresSchema.version))) {
            try place.open()
        }
        #expect(throws: StoreReaderError.unsupportedVersion(found: 7, supported: Int32(PostgresSchema.version))) {
            try place.snapshot()
        }
    }

    @Test(
        "Tables that were changed are refused: a column more, a key less, or rows that a crash would empty",
        arguments: [
            "ALTER TABLE batch ADD COLUMN address text", "ALTER TABLE batch DROP CONSTRAINT batch_pkey",
            "ALTER TABLE staged SET UNLOGGED", "ALTER TABLE chunk ALTER COLUMN count TYPE integer", "DROP TABLE staged",
        ])
    func alteredTables(_ statement: String) async throws {
        let place = try StorePlace(.postgres)
        try await place.open().close()
        try place.execute(statement)
        let path = "\(try PostgresAddress(place.location))"
        #expect(throws: StoreError.alteredTables(path: path)) { try place.open() }
    }

    @Test("A server that does not synchronise is refused")
    func withoutSynchronisation() throws {
        let server = try PostgresServer(settings: ["fsync=off"])
        let error = StoreError.unsafeDatabase(setting: "fsync")
        let url = try server.makeDatabase()
        #expect(throws: error) { try open(url) }
        #expect(CollectorError.store(error).exitCode == 1)
    }

    @Test("Nobody of that name: refused with 7; no such database, or no server: with 6")
    func access() throws {
        let server = try PostgresServer.shared.get()
        func exitCode(_ url: String) throws -> Int32 {
            let error = try #require(#expect(throws: StoreError.self) { try open(url) })
            return CollectorError.store(error).exitCode
        }
        #expect(try exitCode(server.url("postgres", user: "nobody")) == 7)
        #expect(try exitCode(server.url("no_such_database")) == 6)
        #expect(try exitCode("postgres://dither@/reports?host=/nowhere") == 6)
    }

    @Test("A database that does not wait for the disk is made to: what is acknowledged survives a crash of the server")
    func durable() async throws {
        let server = try PostgresServer(settings: ["synchronous_commit=off"])
        let url = try server.makeDatabase()
        let store = try open(url)
        for number in 0..<50 { try await store.store(try batch(number)) }
        try server.crash()
        let probe = try PostgresProbe(url)
        for number in 0..<50 { #expect(try probe.knows(try batchIdentifier(number))) }
        #expect(try probe.count(of: "staged") == 50)
    }

    @Test("A lost connection is told to who waits, and made again; a repetition is stored once")
    func lostConnection() async throws {
        let place = try StorePlace(.postgres)
        let store = try open(place.location)
        try await store.store(try batch(1))
        try execute(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """, at: place.location)
        await #expect { try await store.store(try batch(2)) } throws: { error in
            guard case .postgres(.unreachable) = error as? StoreError else { return false }
            return true
        }
        try await store.store(try batch(2))
        try await store.store(try batch(1))
        #expect(try place.probe().count(of: "staged") == 2)
    }

    @Test("While the server is down it is not asked at every batch, and after the pause it is")
    func pause() async throws {
        let server = try PostgresServer()
        let url = try server.makeDatabase()
        let start = ContinuousClock.now
        final class Clock: Sendable { let seconds = Atomic(0) }
        let clock = Clock()
        let store = try open(url) { start + .seconds(clock.seconds.load(ordering: .relaxed)) }
        try server.stop()
        for _ in 0..<3 { await #expect(throws: StoreError.self) { try await store.store(try batch(1)) } }
        try server.start()
        // The time has not gone on.
        await #expect(throws: StoreError.self) { try await store.store(try batch(1)) }
        clock.seconds.store(5, ordering: .relaxed)
        try await store.store(try batch(1))
        #expect(try PostgresProbe(url).count(of: "staged") == 1)
    }

    @Test("A store that is gone when the connection comes back is not made again in silence")
    func goneStore() async throws {
        let place = try StorePlace(.postgres)
        let store = try open(place.location)
        try execute("DROP SCHEMA dither CASCADE", at: place.location)
        await #expect(throws: StoreError.self) { try await store.store(try batch(1)) }
        try execute(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """, at: place.location)
        await #expect(throws: StoreError.self) { try await store.checkWritable() }
        let path = "\(try PostgresAddress(place.location))"
        await #expect(throws: StoreError.notAStore(path: path)) {
            try await store.checkWritable()
        }
    }

    /// Sends as an agent does: again, if the store was busy. That two of one batch meet is rare, and one waits then.
    private static func send(_ batch: AdmittedBatch, to store: PostgresReportStore) async throws -> [Rejection] {
        for _ in 0..<10 {
            do throws(StoreError) { return try await store.store(batch) } catch {
                guard case .postgres(.refused("55P03", _)) = error else { throw error }
            }
        }
        return try await store.store(batch)
    }

    @Test("Collectors on one database store each batch once, whichever gets it, and seal nothing twice")
    func severalCollectors() async throws {
        let place = try StorePlace(.postgres)
        let stores = try (0..<3).map { _ in try open(place.location) }
        // 120 batches of 1,000 reports, each sent to all collectors at once: one chunk, and too little for a second. Three
        // collectors notice it at 65,536 + 3 · 8,192 reports at the latest.
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<120 {
                for store in stores {
                    let batch = try batch(number, count: 1_000)
                    tasks.addTask {
                        let rejected = try await Self.send(batch, to: store)
                        #expect(rejected.isEmpty)
                    }
                }
            }
            try await tasks.waitForAll()
        }
        for store in stores { try await store.checkWritable() }
        let probe = try PostgresProbe(place.location)
        #expect(try probe.count(of: "batch") == 120)
        #expect(try probe.chunks().map(\.chunk.count) == [Chunk.targetPayloadCount])
        let expected = (0..<1_000).flatMap { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 120) }.sorted()
        #expect(try probe.allPayloads().flatMap(\.self).sorted() == expected)
        // All do the next days' work at once.
        let later = testDay.advanced(by: 40)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for store in stores {
                tasks.addTask {
                    var work = DayWork()
                    let outcome = try await work.turn(on: later, in: store)
                    #expect(outcome == .done)
                }
            }
            try await tasks.waitForAll()
        }
        #expect(try probe.count(of: "batch") == 0 && probe.count(of: "staged") == 0)
        #expect(try probe.allPayloads().flatMap(\.self).sorted() == expected)
    }

    /// Has the operating system stop the server's processes for the connections to a database.
    private func stopBackends(of url: String) throws -> [pid_t] {
        let rows = try PostgresServer.shared.get().connection(to: url).execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
                + "backend_type = 'client backend'")
        let processes = try (0..<rows.rowCount).map { pid_t(try rows.integer($0, 0, of: "the sessions")) }
        for process in processes { kill(process, SIGSTOP) }
        return processes
    }

    // Without a limit of its own, each of the two waits would last until the session is continued, which is after it.
    @Test(
        "A session that hangs is given up, the next one works, and closing waits for none", .timeLimit(.minutes(10)))
    func hangingSession() async throws {
        let place = try StorePlace(.postgres)
        let store = try open(place.location)
        var stopped = try stopBackends(of: place.location)
        defer { for process in stopped { kill(process, SIGCONT) } }
        await #expect(throws: StoreError.self) { try await store.checkWritable() }
        for process in stopped { kill(process, SIGCONT) }
        try await store.store(try batch(1))
        #expect(try place.probe().count(of: "staged") == 1)
        stopped += try stopBackends(of: place.location)
        let hanging = Task { try await store.store(try batch(2)) }
        try? await store.close()
        for process in stopped { kill(process, SIGCONT) }
        _ = await hanging.result
    }

    @Test("Retention deletes in parts, each short enough for commits to go on")
    func retentionInParts() async throws {
        let place = try StorePlace(.postgres)
        let store = try open(place.location)
        let old = testDay.advanced(by: -9).index, recent = testDay.index
        try place.execute(
            "INSERT INTO staged SELECT 2, 1, \(old), 0, key, '\\x01' FROM generate_series(1, 25000) AS key")
        try place.execute(
            "INSERT INTO staged SELECT 2, 1, \(recent), 0, key, '\\x01' FROM generate_series(1, 3) AS key")
        try place.execute(
            """
            INSERT INTO chunk (key, metric, version, day, shape_key, stride, count, checksum, payloads)
            SELECT key, 2, 1, CASE WHEN key <= 130 THEN \(old) ELSE \(recent) END, 0, 1, 1, '', '\\x01'
            FROM generate_series(1, 135) AS key
            """)
        try place.execute(
            """
            CREATE FUNCTION refuse_many() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF (SELECT count(*) FROM gone) > TG_ARGV[0]::bigint THEN RAISE EXCEPTION 'too many at once'; END IF;
                RETURN NULL;
            END $$
            """)
        for (table, limit) in [("chunk", 64), ("staged", 10_000)] {
            try place.execute(
                """
                CREATE TRIGGER few AFTER DELETE ON \(table) REFERENCING OLD TABLE AS gone
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_many('\(limit)')
                """)
        }
        let policy = try RetentionPolicy(dayCount: 5, byName: [:], metricSet: try testMetricSet())
        try await store.deleteReports(beyond: policy, on: testDay)
        let probe = try place.probe()
        #expect(try probe.count(of: "staged") == 3 && probe.count(of: "chunk") == 5)
    }

    @Test("A name without rights but to read reads, and cannot write")
    func readingRole() async throws {
        let place = try StorePlace(.postgres)
        let store = try open(place.location)
        try await store.store(try batch(1, count: 3))
        let server = try PostgresServer.shared.get()
        for statement in [
            "CREATE ROLE analyst LOGIN", "GRANT USAGE ON SCHEMA dither TO analyst",
            "GRANT SELECT ON ALL TABLES IN SCHEMA dither TO analyst",
        ] { try execute(statement, at: place.location) }
        let url = place.location.replacing("postgres@", with: "analyst@")
        #expect(try PostgresSnapshot(try PostgresAddress(url)).periods().map(\.reportCount) == [3])
        let error = try #require(#expect(throws: StoreError.self) { try open(url) })
        #expect(CollectorError.store(error).exitCode == 7)
        withExtendedLifetime(server) {}
    }
}

@Suite("The address of a database") struct PostgresAddressTests {
    @Test(
        "What is shown of it tells databases apart, and holds nothing else",
        arguments: [
            (
                "postgres://dither@db.example:5433/reports?sslmode=verify-full&sslkey=/k",
                "postgres://dither@db.example:5433/reports"
            ),
            ("postgresql:///reports?host=/run/postgresql", "postgres:///reports?host=/run/postgresql"),
            ("postgres://?service=reports", "postgres:///?service=reports"),
        ])
    func description(_ url: String, _ shown: String) throws {
        let address = try PostgresAddress(url)
        #expect("\(address)" == shown)
    }

    @Test(
        "A password is refused wherever it stands, and repeated nowhere",
        arguments: [
            "postgres://dither:hunter2@db/reports", "postgres://db/reports?password=hunter2",
            "postgres://db/reports?sslpassword=hunter2",
        ])
    func password(_ url: String) throws {
        let error = try #require(#expect(throws: PostgresError.self) { try PostgresAddress(url) })
        #expect(error == .passwordInAddress && error.exitCode == 2)
        #expect(!"\(error)".contains("hunter2"))
    }

    @Test(
        "What libpq does not take is refused without its words, which quote it",
        arguments: ["postgres://dither:hunter2@db:port:1/x", "postgres://db/x?hunter2=1", "postgres://[::1/x", "file"])
    func malformed(_ url: String) throws {
        let error = try #require(#expect(throws: PostgresError.self) { try PostgresAddress(url) })
        #expect(error == .malformedAddress || error == .passwordInAddress)
        #expect(!"\(error)".contains("hunter2"))
    }
}
