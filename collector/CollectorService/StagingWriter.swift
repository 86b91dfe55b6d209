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
    ) throws -> (loads: [ReportGroup: StagedGroups.Load], answers: [Answer], repeated: Int) {
        var repeated = 0
        var reports: [AdmittedReport] = []
        var answers: [Answer] = []
        var counts: [UTCDay: [DailyCounter: Int]] = [:]
        answers.reserveCapacity(batches.count)
        let entry = try connection.cachedStatement(
            sql: "INSERT OR IGNORE INTO batch (identifier, forget_after, rejected) VALUES (?, ?, ?)")
        for batch in batches {
            let identifier = Data(batch.identifier.bytes)
            guard batch.isRemembered else {
                answers.append(try knownAnswer(to: identifier, in: connection) ?? .success(batch.rejected))
                continue
            }
            let rejected = Data(RejectionRecord.encode(batch.rejected))
            try entry.execute(arguments: [identifier, batch.forgetAfter.index, rejected])
            if connection.changesCount == 1 {
                reports += batch.reports
                counts[batch.arrivalDay, default: [:]].add(batch)
                answers.append(.success(batch.rejected))
            } else {
                repeated += 1
                let known = try knownAnswer(to: identifier, in: connection)
                answers.append(known ?? .failure(.damaged(resultCode: ResultCode.SQLITE_CORRUPT.rawValue)))
            }
        }
        try stage(reports, in: connection)
        for (day, counts) in counts { try DailyCounter.add(counts, on: day, in: connection) }
        var loads: [ReportGroup: StagedGroups.Load] = [:]
        for report in reports {
            loads[report.group, default: .init()] += .init(count: 1, byteCount: report.payload.count)
        }
        return (loads, answers, repeated)
    }

    /// What was answered to a batch; `nil` for one that is not known.
    static func knownAnswer(to identifier: Data, in connection: Database) throws -> Answer? {
        let statement = try connection.cachedStatement(sql: "SELECT rejected FROM batch WHERE identifier = ?")
        guard let stored = try Data.fetchOne(statement, arguments: [identifier]) else { return nil }
        guard let rejected = RejectionRecord.decode(Array(stored)) else {
            return .failure(.damaged(resultCode: ResultCode.SQLITE_CORRUPT.rawValue))
        }
        return .success(rejected)
    }

    /// What is staged in the store, counted.
    ///
    /// - Throws: an error of SQLite; ``StoreError/damaged(resultCode:)`` for rows of a group that cannot be.
    static func loads(in connection: Database) throws -> [ReportGroup: StagedGroups.Load] {
        let rows = try Row.fetchCursor(
            connection,
            sql: """
                SELECT metric, version, day, shape_key, COUNT(*), SUM(LENGTH(payload)) FROM staged
                GROUP BY metric, version, day, shape_key
                """)
        var loads: [ReportGroup: StagedGroups.Load] = [:]
        while let row = try rows.next() {
            loads[try ReportGroup(row)] = .init(count: try row.number(4), byteCount: try row.number(5))
        }
        return loads
    }

    /// The write-ahead log keeps the order of insertion. In the order of groups and random keys, which is that of the table
    /// too, it does not tell which reports came together.
    private static func stage(_ reports: [AdmittedReport], in connection: Database) throws {
        guard !reports.isEmpty else { return }
        let insertion = try StagedInsertion(on: connection)
        var noise = try FreshNoise(wordCount: reports.count)
        let keyed: [Keyed] = reports.map { (key: storeKey(noise.next()), report: $0) }
        for (drawn, report) in keyed.sorted(by: precedes) {
            var key = drawn
            while try !insertion.insert(report, key: key) {
                // A key that is taken: as rare as 2⁻⁶³ for each report staged, and then another is drawn.
                var another = try FreshNoise(wordCount: 1)
                key = storeKey(another.next())
            }
        }
    }

    private typealias Keyed = (key: Int64, report: AdmittedReport)

    private static func precedes(_ one: Keyed, _ other: Keyed) -> Bool {
        let (group, otherGroup) = (one.report.group, other.report.group)
        return group == otherGroup ? one.key < other.key : group.order < otherGroup.order
    }

    /// A word as a key: 63 bits, so that it is a positive SQLite integer.
    static func storeKey(_ word: UInt64) -> Int64 { Int64(word >> 1) }
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
