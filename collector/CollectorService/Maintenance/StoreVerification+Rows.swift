internal import Foundation
internal import GRDB
internal import ReportFormat
internal import StoreFormat

/// What the rows of a store must agree on.
struct StoredRowRules {
    struct Definition: Hashable {
        var metric: Int64
        var version: Int64
    }

    /// What is entered, and the length of its payloads once one was seen.
    var payloadByteCounts: [Definition: Int64?] = [:]

    /// What is wrong with the columns that chunks and staged reports share; `nil` if nothing is.
    mutating func problem(_ row: Row, payloadByteCount: Int64?) -> String? {
        guard let metric = row.integer(0), let version = row.integer(1),
            let known = payloadByteCounts[
                Definition(metric: metric, version: version)]
        else { return "it is of a metric and version that were never entered" }
        guard row.integer(2).flatMap(UInt32.init(exactly:)).flatMap(UTCDay.init(index:)) != nil else {
            return "its day is none"
        }
        guard let partition = row.integer(3), partition >= 0 else { return "its partition is none" }
        guard let payloadByteCount, payloadByteCount > 0 else { return "its payloads have no length" }
        guard let known else {
            payloadByteCounts[Definition(metric: metric, version: version)] = payloadByteCount
            return nil
        }
        guard known == payloadByteCount else {
            return "its payloads have \(payloadByteCount) bytes, and others of the metric have \(known)"
        }
        return nil
    }
}

extension StoreVerification {
    mutating func checkDefinitions(in connection: Database, _ rules: inout StoredRowRules) throws {
        let rows = try Row.fetchCursor(connection, sql: "SELECT metric, version, hash FROM definition")
        while let row = try rows.next() {
            guard let metric = row.integer(0), UInt32(exactly: metric) != nil, let version = row.integer(1),
                UInt32(exactly: version) != nil, row.bytes(2)?.count == 32
            else {
                find("definition", "a row has no metric, no version or no hash of 32 bytes")
                continue
            }
            rules.payloadByteCounts[.init(metric: metric, version: version)] = .some(nil)
        }
    }

    mutating func checkChunks(
        in connection: Database, _ rules: inout StoredRowRules, progress: (Int, Int) -> Void
    ) throws {
        let total = try Int.fetchOne(connection, sql: "SELECT COUNT(*) FROM chunk") ?? 0
        let rows = try Row.fetchCursor(
            connection,
            sql: "SELECT metric, version, day, shape_key, key, stride, count, checksum, payloads FROM chunk")
        while let row = try rows.next() {
            chunkCount += 1
            let place = "chunk \(row.integer(4).map { String($0) } ?? "without a key")"
            if let problem = rules.problem(row, payloadByteCount: row.integer(5)) { find(place, problem) }
            if let problem = problem(ofChunk: row) { find(place, problem) }
            progress(chunkCount, total)
        }
    }

    private mutating func problem(ofChunk row: Row) -> String? {
        guard let stride = row.integer(5), let count = row.integer(6), let checksum = row.bytes(7),
            let payloads = row.bytes(8)
        else { return "a column has another type than the table's" }
        do throws(ChunkError) {
            let chunk = try Chunk(
                stride: Int(stride), count: Int(count), checksum: Array(checksum), payloads: Array(payloads))
            sealedCount += chunk.count
            return nil
        } catch {
            return switch error {
            case .checksumMismatch: "its checksum is not that of its payloads"
            case .wrongByteCount(let actual, _): "\(count) payloads of \(stride) bytes do not make \(actual) bytes"
            case .unequalPayloads, .noRandomness: "its checksum cannot be computed (\(error))"
            }
        }
    }

    mutating func checkStaged(in connection: Database, _ rules: inout StoredRowRules) throws {
        let rows = try Row.fetchCursor(
            connection,
            sql: """
                SELECT metric, version, day, shape_key, COUNT(*), MIN(LENGTH(payload)), MAX(LENGTH(payload)), MIN(key)
                FROM staged GROUP BY metric, version, day, shape_key
                """)
        while let row = try rows.next() {
            let words = (0..<4).map { row.integer($0).map { String($0) } ?? "?" }
            let place = "staged (metric \(words[0]), version \(words[1]), day \(words[2]), partition \(words[3]))"
            stagedCount += row.integer(4).map { Int($0) } ?? 0
            if row.integer(5) != row.integer(6) { find(place, "its payloads have different lengths") }
            if let problem = rules.problem(row, payloadByteCount: row.integer(6)) { find(place, problem) }
            if row.integer(7) ?? -1 < 0 { find(place, "a key is none that a collector draws") }
        }
    }

    mutating func checkBatches(in connection: Database) throws {
        let rows = try Row.fetchCursor(connection, sql: "SELECT identifier, forget_after, rejected FROM batch")
        while let row = try rows.next() {
            batchCount += 1
            guard row.bytes(0)?.count == BatchIdentifier.byteCount else {
                find("batch", "an identifier has not \(BatchIdentifier.byteCount) bytes")
                continue
            }
            if row.integer(1).flatMap(UInt32.init(exactly:)).flatMap(UTCDay.init(index:)) == nil {
                find("batch", "the day until which a batch is known is none")
            }
            if row.bytes(2).flatMap({ RejectionRecord.decode(Array($0)) }) == nil {
                find("batch", "the answer to a batch is none that a collector gives")
            }
        }
    }

    mutating func checkCounters(in connection: Database) throws {
        let rows = try Row.fetchCursor(connection, sql: "SELECT day, name, value FROM counter")
        while let row = try rows.next() {
            guard row.integer(0).flatMap(UInt32.init(exactly:)).flatMap(UTCDay.init(index:)) != nil,
                row.text(1)?.isEmpty == false, row.integer(2) ?? -1 >= 0
            else {
                find("counter", "a row has no day, no name or a negative number")
                continue
            }
        }
    }
}
