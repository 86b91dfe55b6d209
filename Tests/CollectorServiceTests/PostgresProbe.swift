import CollectorService
import PostgresClient
import ReportFormat
import StoreFormat
import TestSupport

/// What tests see of a store of either kind, past the collector.
protocol StoreProbing {
    func count(of table: String) throws -> Int
    /// Whether a batch's identifier is known.
    func knows(_ identifier: BatchIdentifier) throws -> Bool
    /// The staged payloads.
    func stagedPayloads() throws -> [[UInt8]]
    /// The keys of the staged reports.
    func stagedKeys() throws -> [Int64]
    /// The chunks, each checked against its checksum.
    func chunks() throws -> [(group: ReportGroup, chunk: Chunk)]
    /// Every payload that the store holds, staged or sealed, at one moment.
    func allPayloads() throws -> [[UInt8]]
}

extension StoreProbe: StoreProbing {}

/// Reads a store in a database with a connection of its own, while collectors run.
struct PostgresProbe: StoreProbing {
    private let connection: PostgresConnection

    init(_ url: String) throws {
        connection = try PostgresConnection(try PostgresAddress(url), mustTakeWrites: false)
        try connection.execute("SET search_path = dither")
    }

    func count(of table: String) throws -> Int {
        Int(try connection.execute("SELECT count(*) FROM \(table)").integer(0, 0, of: table))
    }

    func knows(_ identifier: BatchIdentifier) throws -> Bool {
        try connection.execute("SELECT FROM batch WHERE identifier = $1", [.bytes(identifier.bytes)]).rowCount == 1
    }

    func stagedPayloads() throws -> [[UInt8]] {
        let rows = try connection.execute("SELECT payload FROM staged")
        return try (0..<rows.rowCount).map { try rows.bytes($0, 0, of: "staged") }
    }

    func stagedKeys() throws -> [Int64] {
        let rows = try connection.execute("SELECT key FROM staged")
        return try (0..<rows.rowCount).map { try rows.integer($0, 0, of: "staged") }
    }

    func chunks() throws -> [(group: ReportGroup, chunk: Chunk)] {
        let rows = try connection.execute(
            "SELECT metric, version, day, shape_key, stride, count, checksum, payloads FROM chunk ORDER BY key")
        return try (0..<rows.rowCount).map { row in
            let numbers = try (0..<6).map { try rows.integer(row, $0, of: "chunk") }
            let day = UTCDay(containing: numbers[2] * 86_400)
            let group = ReportGroup(
                metric: UInt32(numbers[0]), version: UInt32(numbers[1]), day: day, shapeKey: numbers[3])
            let chunk = try Chunk(
                stride: Int(numbers[4]), count: Int(numbers[5]), checksum: try rows.bytes(row, 6, of: "chunk"),
                payloads: try rows.bytes(row, 7, of: "chunk"))
            return (group, chunk)
        }
    }

    func allPayloads() throws -> [[UInt8]] {
        try connection.transaction("ISOLATION LEVEL REPEATABLE READ READ ONLY") {
            try stagedPayloads()
                + chunks().flatMap { _, chunk in
                    stride(from: 0, to: chunk.payloads.count, by: chunk.stride).map {
                        Array(chunk.payloads[$0..<$0 + chunk.stride])
                    }
                }
        }
    }
}
