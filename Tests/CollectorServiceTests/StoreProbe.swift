import CollectorService
import Foundation
import GRDB
import ReportFormat
import StoreFormat

/// Reads a store as a decoder does: with a connection of its own, while the collector runs.
struct StoreProbe {
    private let database: DatabaseQueue

    init(path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        database = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Reads a copy of the store's files, as a crash at this moment would leave them.
    static func afterCrash(of path: String, in folder: ScratchFolder, name: String) throws -> StoreProbe {
        for suffix in ["", "-wal"] {
            let content = try Data(contentsOf: URL(filePath: path + suffix))
            _ = try folder.write(Array(content), to: name + suffix)
        }
        // Writable, so that SQLite recovers the log.
        let database = try DatabaseQueue(path: folder.file(name))
        return StoreProbe(database: database)
    }

    private init(database: DatabaseQueue) { self.database = database }

    func count(of table: String) throws -> Int {
        try database.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM \(table)") ?? -1 }
    }

    /// Whether a batch's identifier is known.
    func knows(_ identifier: BatchIdentifier) throws -> Bool {
        try database.read {
            try Bool.fetchOne(
                $0, sql: "SELECT EXISTS (SELECT 1 FROM batch WHERE identifier = ?)",
                arguments: [Data(identifier.bytes)]) ?? false
        }
    }

    /// The keys of the staged reports.
    func stagedKeys() throws -> [Int64] { try database.read { try Int64.fetchAll($0, sql: "SELECT key FROM staged") } }

    /// The staged payloads.
    func stagedPayloads() throws -> [[UInt8]] { try database.read(Self.stagedPayloads) }

    /// The chunks, each checked against its checksum.
    func chunks() throws -> [(group: ReportGroup, chunk: Chunk)] { try database.read(Self.chunks) }

    /// Every payload that the store holds, staged or sealed, at one moment.
    func allPayloads() throws -> [[UInt8]] {
        try database.read { connection in
            try Self.stagedPayloads(connection)
                + Self.chunks(connection).flatMap { _, chunk in
                    stride(from: 0, to: chunk.payloads.count, by: chunk.stride).map {
                        Array(chunk.payloads[$0..<$0 + chunk.stride])
                    }
                }
        }
    }

    private static func stagedPayloads(_ connection: Database) throws -> [[UInt8]] {
        try Data.fetchAll(connection, sql: "SELECT payload FROM staged").map(Array.init)
    }

    private static func chunks(_ connection: Database) throws -> [(group: ReportGroup, chunk: Chunk)] {
        try Row.fetchAll(connection, sql: "SELECT * FROM chunk").map { row in
            let day = UTCDay(containing: (row["day"] as Int64) * 86_400)
            let group = ReportGroup(
                metric: row["metric"], version: row["version"], day: day, shapeKey: row["shape_key"])
            let (checksum, payloads): (Data, Data) = (row["checksum"], row["payloads"])
            let chunk = try Chunk(
                stride: row["stride"], count: row["count"], checksum: Array(checksum), payloads: Array(payloads))
            return (group, chunk)
        }
    }
}
