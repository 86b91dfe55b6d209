internal import PostgresClient
internal import ReportFormat
internal import SecureRandomness
internal import StoreFormat

/// Folds staged reports of a database into chunks.
enum PostgresChunkSealer {
    private static let ofGroup = "metric = $1 AND version = $2 AND day = $3 AND shape_key = $4"

    /// The groups of the days before one that have staged reports.
    static func groups(before day: UTCDay, in connection: PostgresConnection) throws -> [ReportGroup] {
        let answer = try connection.execute(
            "SELECT DISTINCT metric, version, day, shape_key FROM staged WHERE day < $1", [.integer(Int64(day.index))])
        return try (0..<answer.rowCount).map { row in
            let columns = try (0..<4).map { try answer.integer(row, $0, of: "the table staged") }
            guard let metric = UInt32(exactly: columns[0]), let version = UInt32(exactly: columns[1]),
                let day = UInt32(exactly: columns[2]).flatMap(UTCDay.init(index:))
            else { throw PostgresError.unexpectedAnswer(about: "the table staged") }
            return ReportGroup(metric: metric, version: version, day: day, shapeKey: columns[3])
        }
    }

    /// The metrics that the store has, or had, reports of.
    static func metrics(in connection: PostgresConnection) throws -> [UInt32] {
        let answer = try connection.execute("SELECT DISTINCT metric FROM definition ORDER BY metric")
        return try (0..<answer.rowCount).map { row in
            guard let metric = UInt32(exactly: try answer.integer(row, 0, of: "the table definition")) else {
                throw PostgresError.unexpectedAnswer(about: "the table definition")
            }
            return metric
        }
    }

    /// Seals one chunk of a group, in one transaction: every report is in the staging table or in a chunk, never in
    /// both. Waits for another collector that tidies up.
    ///
    /// - Returns: what of the group is left.
    static func seal(_ group: ReportGroup, in connection: PostgresConnection) throws -> StagedGroups.Load {
        try connection.transaction {
            try PostgresTables.Lock.take(.tidying, on: connection)
            return try seal(group, holding: try load(of: group, in: connection), in: connection)
        }
    }

    /// Seals one chunk of a group if all collectors together have staged one, and none of them tidies up.
    ///
    /// - Returns: what of the group is left; `nil` if another collector is at it.
    static func sealIfFull(_ group: ReportGroup, in connection: PostgresConnection) throws -> StagedGroups.Load? {
        try connection.transaction {
            guard try PostgresTables.Lock.take(ifFree: .tidying, on: connection) else { return nil }
            let load = try load(of: group, in: connection)
            return load.makesChunk ? try seal(group, holding: load, in: connection) : load
        }
    }

    private static func load(of group: ReportGroup, in connection: PostgresConnection) throws -> StagedGroups.Load {
        let answer = try connection.execute(
            "SELECT count(*), coalesce(sum(length(payload)), 0) FROM staged WHERE \(ofGroup)", group.parameters)
        return .init(
            count: Int(try answer.integer(0, 0, of: "the table staged")),
            byteCount: Int(try answer.integer(0, 1, of: "the table staged")))
    }

    private static func seal(
        _ group: ReportGroup, holding load: StagedGroups.Load, in connection: PostgresConnection
    ) throws -> StagedGroups.Load {
        guard load.count > 0 else { return load }
        // What the statement deletes is what it gives, whatever other collectors stage meanwhile. The keys are random. No
        // join: without statistics of the table the server takes one that compares every row with every other.
        let answer = try connection.execute(
            """
            DELETE FROM staged WHERE \(ofGroup) AND key <= coalesce(
                (SELECT key FROM staged WHERE \(ofGroup) ORDER BY key LIMIT 1 OFFSET $5 - 1), 9223372036854775807)
            RETURNING payload
            """, group.parameters + [.integer(Int64(ChunkSealer.payloadCount(for: load)))])
        let payloads = try (0..<answer.rowCount).map { try answer.bytes($0, 0, of: "the table staged") }
        guard !payloads.isEmpty else { return .init() }
        let chunk = try Chunk(sealing: payloads)
        var noise = try FreshNoise(wordCount: 1)
        try connection.execute(
            """
            INSERT INTO chunk (metric, version, day, shape_key, key, stride, count, checksum, payloads)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            group.parameters + [
                .integer(StagingWriter.storeKey(noise.next())), .integer(Int64(chunk.stride)),
                .integer(Int64(chunk.count)), .bytes(chunk.checksum), .bytes(chunk.payloads),
            ])
        return .init(count: load.count - chunk.count, byteCount: load.byteCount - chunk.payloads.count)
    }
}

extension ReportGroup {
    /// The parameters `metric`, `version`, `day` and `shape_key`.
    fileprivate var parameters: [PostgresValue] {
        [.integer(Int64(metric)), .integer(Int64(version)), .integer(Int64(day.index)), .integer(shapeKey)]
    }
}
