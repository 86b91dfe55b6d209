internal import PostgresClient
internal import ReportFormat
internal import SecureRandomness

/// Writes batches into the staging table of a database, as part of a transaction.
enum PostgresStagingWriter {
    private static let unreadable = StoreError.postgres(.unexpectedAnswer(about: "the table batch"))

    /// Enters the batches that are new and stages their reports, in random order under random keys.
    ///
    /// - Returns: what was staged of each group, the answer to each batch, and how many batches were known already.
    static func write(
        _ batches: [AdmittedBatch], to connection: PostgresConnection
    ) throws -> (loads: [ReportGroup: StagedGroups.Load], answers: [StagingWriter.Answer], repeated: Int) {
        var firsts: [BatchIdentifier: AdmittedBatch] = [:]
        for batch in batches where batch.isRemembered && firsts[batch.identifier] == nil {
            firsts[batch.identifier] = batch
        }
        let entered = try enter(Array(firsts.values), into: connection)
        let others = Set(batches.map(\.identifier)).subtracting(entered)
        let known = others.isEmpty ? [:] : try storedAnswers(to: Array(others), in: connection)
        var reports: [AdmittedReport] = []
        for identifier in entered { reports += firsts[identifier]?.reports ?? [] }
        // The table keeps the order of insertion; shuffled, it does not tell which reports came together.
        try shuffle(&reports)
        try stage(reports, in: connection)
        try PostgresCounters.add(entered.compactMap { firsts[$0] }, to: connection)
        var loads: [ReportGroup: StagedGroups.Load] = [:]
        for report in reports {
            loads[report.group, default: .init()] += .init(count: 1, byteCount: report.payload.count)
        }
        let answers = batches.map { batch -> StagingWriter.Answer in
            if entered.contains(batch.identifier), let first = firsts[batch.identifier] {
                return .success(first.rejected)
            }
            // One that should be known is not if it was forgotten between the two statements: a repetition will be new.
            return known[batch.identifier] ?? (batch.isRemembered ? .failure(unreadable) : .success(batch.rejected))
        }
        return (loads, answers, batches.count { $0.isRemembered } - entered.count)
    }

    /// Enters what is new, and waits for other collectors that enter the same at this moment.
    ///
    /// - Returns: the identifiers that were new.
    private static func enter(
        _ batches: [AdmittedBatch], into connection: PostgresConnection
    ) throws -> Set<BatchIdentifier> {
        // In one order everywhere, so that no two collectors wait for each other.
        let batches = batches.sorted { $0.identifier.bytes.lexicographicallyPrecedes($1.identifier.bytes) }
        let entered = try connection.execute(
            """
            INSERT INTO batch (identifier, forget_after, rejected)
            SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bytea[])
            ON CONFLICT (identifier) DO NOTHING RETURNING identifier
            """,
            [
                .byteStrings(batches.map(\.identifier.bytes)),
                .integers(batches.map { Int64($0.forgetAfter.index) }),
                .byteStrings(batches.map { RejectionRecord.encode($0.rejected) }),
            ])
        return Set(try (0..<entered.rowCount).map { try identifier(in: entered, $0) })
    }

    /// What was answered to batches, of those that are known.
    static func storedAnswers(
        to identifiers: [BatchIdentifier], in connection: PostgresConnection
    ) throws -> [BatchIdentifier: StagingWriter.Answer] {
        let stored = try connection.execute(
            "SELECT identifier, rejected FROM batch WHERE identifier = ANY ($1::bytea[])",
            [.byteStrings(identifiers.map(\.bytes))])
        var answers: [BatchIdentifier: StagingWriter.Answer] = [:]
        for row in 0..<stored.rowCount {
            let rejected = RejectionRecord.decode(try stored.bytes(row, 1, of: "the table batch"))
            answers[try identifier(in: stored, row)] = rejected.map { .success($0) } ?? .failure(unreadable)
        }
        return answers
    }

    private static func identifier(in answer: PostgresAnswer, _ row: Int) throws -> BatchIdentifier {
        guard let identifier = BatchIdentifier(bytes: try answer.bytes(row, 0, of: "the table batch")) else {
            throw PostgresError.unexpectedAnswer(about: "the table batch")
        }
        return identifier
    }

    /// A key that is taken, as rare as 2⁻⁶³ for each report staged, undoes the transaction, which is then repeated
    /// with others.
    private static func stage(_ reports: [AdmittedReport], in connection: PostgresConnection) throws {
        guard !reports.isEmpty else { return }
        var noise = try FreshNoise(wordCount: reports.count), keys: [Int64] = []
        keys.reserveCapacity(reports.count)
        for _ in reports { keys.append(StagingWriter.storeKey(noise.next())) }
        try connection.execute(
            """
            INSERT INTO staged (metric, version, day, shape_key, key, payload) SELECT * FROM
                unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[])
            """,
            [
                .integers(reports.map { Int64($0.group.metric) }), .integers(reports.map { Int64($0.group.version) }),
                .integers(reports.map { Int64($0.group.day.index) }), .integers(reports.map(\.group.shapeKey)),
                .integers(keys), .byteStrings(reports.map(\.payload)),
            ])
    }
}
