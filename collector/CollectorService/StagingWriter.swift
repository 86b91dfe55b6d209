internal import Foundation
internal import GRDB
internal import ReportFormat
internal import SecureRandomness

/// Writes batches into the staging table, as part of a transaction.
enum StagingWriter {
    /// What is to be told of a batch. One whose stored answer is damaged fails alone.
    typealias Answer = Result<[Rejection], StoreError>

    /// Enters the batches that are new and stages their reports under random keys, in the order of these.
    ///
    /// - Returns: what was staged of each group, the answer to each batch, and how many batches were known already.
    static func write(
        _ batches: [AdmittedBatch], to connection: Database
    ) throws -> (waiting: [ReportGroup: StagedGroups.Waiting], answers: [Answer], repeated: Int) {
        var repeated = 0
        var arrivals: [ReportGroup: Arrivals] = [:]
        var answers: [Answer] = []
        var counts: [UTCDay: [DailyCounter: Int]] = [:]
        answers.reserveCapacity(batches.count)
        let entry = try BoundInsertion(
            "INSERT OR IGNORE INTO batch (identifier, forget_after, rejected) VALUES (?, ?, ?)", on: connection)
        for (number, batch) in batches.enumerated() {
            guard batch.isRemembered else {
                answers.append(try knownAnswer(to: batch.identifier, in: connection) ?? .success(batch.rejected))
                continue
            }
            entry.bind(Int64(batch.forgetAfter.index), at: 2)
            let isNew = try entry.bind(batch.identifier.bytes, at: 1) {
                try entry.bind(RejectionRecord.encode(batch.rejected), at: 3) { try entry.insert() }
            }
            if isNew {
                for report in batch.reports {
                    arrivals[report.group, default: Arrivals()].add(report.payload, ofBatch: number)
                }
                counts[batch.arrivalDay, default: [:]].add(batch)
                answers.append(.success(batch.rejected))
            } else {
                repeated += 1
                let known = try knownAnswer(to: batch.identifier, in: connection)
                answers.append(known ?? .failure(.damaged(resultCode: ResultCode.SQLITE_CORRUPT.rawValue)))
            }
        }
        let waiting = try stage(arrivals, in: connection)
        for (day, counts) in counts { try DailyCounter.add(counts, on: day, in: connection) }
        return (waiting, answers, repeated)
    }

    /// What was answered to a batch; `nil` for one that is not known.
    static func knownAnswer(to identifier: BatchIdentifier, in connection: Database) throws -> Answer? {
        let statement = try connection.cachedStatement(sql: "SELECT rejected FROM batch WHERE identifier = ?")
        guard let stored = try Data.fetchOne(statement, arguments: [Data(identifier.bytes)]) else { return nil }
        guard let rejected = RejectionRecord.decode(Array(stored)) else {
            return .failure(.damaged(resultCode: ResultCode.SQLITE_CORRUPT.rawValue))
        }
        return .success(rejected)
    }

    /// What waits in the store, counted.
    ///
    /// - Throws: an error of SQLite; ``StoreError/damaged(resultCode:)`` for rows of a group that cannot be.
    static func waiting(in connection: Database) throws -> [ReportGroup: StagedGroups.Waiting] {
        let rows = try Row.fetchCursor(
            connection,
            sql: """
                SELECT metric, version, day, shape_key, COUNT(*), SUM(LENGTH(payload)) FROM staged
                GROUP BY metric, version, day, shape_key
                """)
        var waiting: [ReportGroup: StagedGroups.Waiting] = [:]
        while let row = try rows.next() {
            waiting[try ReportGroup(row), default: .init()].rows =
                .init(count: try row.number(4), byteCount: try row.number(5))
        }
        try OpenChunks.add(to: &waiting, from: connection)
        return waiting
    }

    /// The write-ahead log keeps the order of insertion. In the order of groups and random keys, which is that of the table
    /// too, it does not tell which reports came together.
    private static func stage(
        _ arrivals: [ReportGroup: Arrivals], in connection: Database
    ) throws -> [ReportGroup: StagedGroups.Waiting] {
        var waiting: [ReportGroup: StagedGroups.Waiting] = [:]
        let insertion = try BoundInsertion(
            """
            INSERT OR IGNORE INTO staged (metric, version, day, shape_key, key, payload) VALUES (?, ?, ?, ?, ?, ?)
            """, on: connection)
        var noise = try FreshNoise(wordCount: arrivals.values.reduce(0) { $0 + $1.rowCount })
        for (group, arrivals) in arrivals.sorted(by: { $0.key.order < $1.key.order }) {
            guard arrivals.rowCount > 0 else {
                waiting[group] = .init(chunks: try OpenChunks.store(arrivals.payloads, of: group, in: connection))
                continue
            }
            insertion.bind(Int64(group.metric), at: 1)
            insertion.bind(Int64(group.version), at: 2)
            insertion.bind(Int64(group.day.index), at: 3)
            insertion.bind(group.shapeKey, at: 4)
            let keyed = arrivals.payloads.map { (key: storeKey(noise.next()), payload: $0) }
            for (drawn, payload) in keyed.sorted(by: { $0.key < $1.key }) {
                insertion.bind(drawn, at: 5)
                try insertion.bind(payload, at: 6) {
                    while try !insertion.insert() {
                        // A key that is taken: as rare as 2⁻⁶³ for each report staged, and then another is drawn.
                        var another = try FreshNoise(wordCount: 1)
                        insertion.bind(storeKey(another.next()), at: 5)
                    }
                }
            }
            waiting[group] = .init(rows: .init(count: keyed.count, byteCount: arrivals.byteCount))
        }
        return waiting
    }

    /// A word as a key: 63 bits, so that it is a positive SQLite integer.
    static func storeKey(_ word: UInt64) -> Int64 { Int64(word >> 1) }
}

/// What a commit brings of a group.
private struct Arrivals {
    private(set) var payloads: [[UInt8]] = []
    private(set) var byteCount = 0
    private var batchCount = 0
    private var lastBatch: Int?

    mutating func add(_ payload: [UInt8], ofBatch number: Int) {
        if lastBatch != number { (batchCount, lastBatch) = (batchCount + 1, number) }
        payloads.append(payload)
        byteCount += payload.count
    }

    /// How many rows of the staging table the payloads are; none if they are a chunk.
    var rowCount: Int { makesChunk ? 0 : payloads.count }

    private var makesChunk: Bool {
        guard batchCount >= OpenChunks.leastBatchCount, let stride = payloads.first?.count else { return false }
        return stride > 0 && payloads.allSatisfy { $0.count == stride }
    }
}

extension ReportGroup {
    /// Where the group lies in the table, among others.
    fileprivate var order: (UInt32, UInt32, UInt32, Int64) { (metric, version, day.index, shapeKey) }
}

extension [DailyCounter: Int] {
    /// Counts a batch that is new.
    fileprivate mutating func add(_ batch: AdmittedBatch) {
        self[.batches, default: 0] += 1
        self[.reports, default: 0] += batch.reports.count
        for rejection in batch.rejected { self[.rejected(rejection.code), default: 0] += 1 }
        if let token = batch.quotaToken { self[.granted(token: token), default: 0] += batch.reports.count }
    }
}
