internal import CAnchors
internal import Estimation
internal import Foundation
internal import Mechanisms
internal import ReportFormat
internal import StoreFormat
internal import StoreReader

/// Reports of a store, read chunk by chunk and counted, on one core.
struct ChunkRow: Row {
    /// How SQLite comes by the pages of the file.
    enum Way: String {
        case warm = "mapped"
        case firstTouch = "mapped for each pass"
        case unmapped = "not mapped"
        /// As `dither estimate` reads it.
        case checked = "mapped, checksums computed"
    }

    let name: String
    let way: Way
    let goal: Goal
    var operation: String {
        "count 128-bit reports from the chunks of a store of 256 MB, \(way.rawValue)"
            + (way == .checked ? "" : ", checksums not computed")
    }
    let anchor = "read and sum the same file"
    let unit = "report"
    var bottleneck: String? {
        switch way {
        case .warm: nil
        case .firstTouch: "the kernel: the mapping is made, its pages are found, and it is undone in every pass"
        case .unmapped:
            "SQLite copies pages of 4,096 bytes one system call each; larger pages would be written whole to the log"
        case .checked: "SHA-256 of every chunk, so that what a disk has changed is not counted"
        }
    }

    func prepare() throws -> Comparison {
        let (store, units) = (try StoreFile(), StoreFile.reportCount)
        let counting = try ChunkCounting(store, way: way)
        try counting.countAll()
        return Comparison(
            ours: .timed(units: units) { try counting.countAll() },
            anchor: .timed(units: units) {
                guard dither_anchor_sum_file(store.path) else { throw Skipped(reason: "the store cannot be read") }
            })
    }
}

/// The same beside a database that keeps each report in a row of its own.
struct RowScanRow: Row {
    let name = "6d"
    let operation = "count 128-bit reports from the chunks of a store, checksums not computed"
    let anchor = "step through the rows of reports that are not sealed, one each"
    let goal = Goal.speed(atLeast: 60)
    let unit = "report"
    let bottleneck: String? = "chunks are counted as fast as their file is read; stepping through rows is fast too"

    func prepare() throws -> Comparison {
        let (store, units) = (try StoreFile(), StoreFile.reportCount)
        let counting = try ChunkCounting(store, way: .warm)
        let rowCount = 1_000_000, path = store.folder.appending(path: "rows.db").path(percentEncoded: false)
        guard dither_anchor_write_rows(path, StoreFile.schema, StoreFile.payloads(), 16, rowCount) else {
            throw Skipped(reason: "\(path) cannot be written")
        }
        return Comparison(
            ours: .timed(units: units) { try counting.countAll() },
            anchor: .timed(units: rowCount) {
                let scanned = dither_anchor_scan_rows(path)
                precondition(scanned == rowCount, "every row is looked at")
            })
    }
}

/// A store with one period of chunks of 128-bit reports.
private final class StoreFile {
    static let chunkCount = 1024
    static let reportCount = chunkCount * Chunk.targetByteCount / 16

    let folder = FileManager.default.temporaryDirectory.appending(path: "dither-benchmarks-\(UUID().uuidString)")
    var path: String { folder.appending(path: "store.db").path(percentEncoded: false) }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let isWritten = dither_anchor_write_chunks(
            path, Self.schema, Self.payloads(), 16, Chunk.targetByteCount, Self.chunkCount)
        guard isWritten else { throw Skipped(reason: "\(path) cannot be written") }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static let schema =
        ([
            "PRAGMA journal_mode = WAL", "PRAGMA application_id = \(StoreSchema.applicationIdentifier)",
            "PRAGMA user_version = \(StoreSchema.version)",
        ] + StoreSchema.statements(of: StoreSchema.version)).joined(separator: ";")

    static func payloads() -> [UInt8] {
        let pattern = randomBytes(1_048_573)
        var payloads: [UInt8] = []
        payloads.reserveCapacity(chunkCount * Chunk.targetByteCount + pattern.count)
        while payloads.count < chunkCount * Chunk.targetByteCount { payloads += pattern }
        return payloads
    }
}

/// Reads and counts the reports of a store.
private final class ChunkCounting {
    private let open: () throws -> SQLiteSnapshot
    private let snapshot: SQLiteSnapshot?
    private let rappor: Rappor
    /// Which is removed with its last user.
    private let store: StoreFile

    init(_ store: StoreFile, way: ChunkRow.Way) throws {
        let path = store.path
        self.store = store
        open = {
            try SQLiteSnapshot(
                path: path, mappedByteCount: way == .unmapped ? 0 : SQLiteSnapshot.mappedByteCount,
                verifiesChecksums: way == .checked)
        }
        snapshot = way == .firstTouch ? nil : try open()
        rappor = try documentedRappor()
    }

    func countAll() throws {
        let snapshot = try snapshot ?? open()
        var (counts, payloads) = (rappor.makeAggregate(of: Fingerprint(value: 1)), [UInt8]())
        for period in try snapshot.periods() {
            for part in try snapshot.parts(of: period) {
                payloads.removeAll(keepingCapacity: true)
                try snapshot.read(part, of: period, payloadByteCount: 16, into: &payloads)
                try rappor.tally(payloads.span, partition: part.partition, into: &counts)
            }
        }
        keep(counts)
        precondition(counts.reportCount == StoreFile.reportCount, "every report is counted")
    }
}
