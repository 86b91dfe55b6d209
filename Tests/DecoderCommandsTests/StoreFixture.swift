import Foundation
import GRDB
import MetricDefinitions
import ReportFormat
import StoreFormat

/// A store in a folder of its own, written with the schema alone: no collector's code takes part.
final class StoreFixture {
    let folder: URL
    let queue: DatabaseQueue

    /// An empty store, with a write-ahead log like a collector's.
    init(schemaVersion: Int32 = StoreSchema.version, identifier: Int32 = StoreSchema.applicationIdentifier) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "dither-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        queue = try DatabaseQueue(path: folder.appending(path: "store").path(percentEncoded: false))
        try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            for statement in StoreSchema.statements(of: StoreSchema.version) { try database.execute(sql: statement) }
            try database.execute(sql: "PRAGMA application_id = \(identifier)")
            try database.execute(sql: "PRAGMA user_version = \(schemaVersion)")
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { file("store") }

    func file(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

    func add(definition: MetricDefinition, hash: [UInt8]? = nil) throws {
        try execute(
            "INSERT INTO definition (metric, version, hash) VALUES (?, ?, ?)",
            [definition.identifier.value, definition.version, Data(hash ?? definition.definitionHash)])
    }

    /// A chunk of one-byte payloads, as it would be sealed.
    func seal(_ payloads: [UInt8], of definition: MetricDefinition, day: UTCDay, partition: Int = 0) throws {
        try seal(payloads.map { [$0] }, of: definition, day: day, partition: partition)
    }

    /// A chunk of payloads of one length.
    func seal(_ payloads: [[UInt8]], of definition: MetricDefinition, day: UTCDay, partition: Int = 0) throws {
        let chunk = try Chunk(sealing: payloads)
        try insert(
            chunk.payloads, stride: chunk.stride, count: chunk.count, checksum: chunk.checksum, of: definition,
            day: day, partition: partition)
    }

    func insert(
        _ payloads: [UInt8], stride: Int, count: Int, checksum: [UInt8], of definition: MetricDefinition, day: UTCDay,
        partition: Int = 0
    ) throws {
        try execute(
            """
            INSERT INTO chunk (metric, version, day, shape_key, stride, count, checksum, payloads)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                definition.identifier.value, definition.version, day.index, partition, stride, count, Data(checksum),
                Data(payloads),
            ])
    }

    /// Reports that no chunk holds so far.
    func stage(_ payloads: [[UInt8]], of definition: MetricDefinition, day: UTCDay, partition: Int = 0) throws {
        try queue.write { database in
            for (key, payload) in payloads.enumerated() {
                try database.execute(
                    sql: "INSERT INTO staged (metric, version, day, shape_key, key, payload) VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        definition.identifier.value, definition.version, day.index, partition, key, Data(payload),
                    ])
            }
        }
    }

    func execute(_ statement: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try queue.write { try $0.execute(sql: statement, arguments: arguments) }
    }
}

/// The payloads of this many reports of each category in turn.
func payloads(_ counts: [Int]) -> [UInt8] {
    counts.enumerated().flatMap { category, count in [UInt8](repeating: UInt8(category), count: count) }
}

/// Days in the order of their numbers: the first is 2026-06-01.
func testDay(_ number: Int) -> UTCDay { UTCDay(containing: 1_780_272_000).advanced(by: number - 1) }
