internal import Foundation
internal import GRDB
package import ReportFormat
internal import StoreFormat
internal import Synchronization

extension SQLiteReportStore {
    /// What the store says of itself.
    ///
    /// - Complexity: linear in the chunks, of which only the first page each is read.
    package func figures(on today: UTCDay) async throws(StoreError) -> StoreFigures? {
        var figures = try await perform { [self] connection in
            try recountAfterOthers(on: connection)
            var figures = StoreFigures()
            let day = today.advanced(by: -2).index
            let rows = try Row.fetchCursor(
                connection,
                sql: """
                    SELECT metric, SUM(reports), SUM(CASE WHEN day = ?1 THEN reports ELSE 0 END), MIN(reports), MAX(reports)
                    FROM (SELECT metric, day, MIN(count, ?2 + 1) AS reports FROM chunk) GROUP BY metric
                    """, arguments: [day, Chunk.targetPayloadCount])
            while let row = try rows.next() {
                guard try row.number(3) > 0, try row.number(4) <= Chunk.targetPayloadCount else {
                    throw StoreError.malformedRow
                }
                figures.reportCount += try row.number(1)
                figures.settledCounts[try row.number(0), default: 0] += try row.number(2)
            }
            return figures
        }
        for (group, load) in groups.withLock({ $0.loads }) {
            figures.stagedCount += load.count
            if group.day == today.advanced(by: -2) { figures.settledCounts[group.metric, default: 0] += load.count }
        }
        figures.reportCount += figures.stagedCount
        figures.settledCounts = figures.settledCounts.mapValues { $0 - $0 % StoreFigures.settledUnit }
        figures.repeatedBatchCount = repeatedBatchCount
        figures.byteCount = Self.byteCount(ofFile: path)
        figures.logByteCount = Self.byteCount(ofFile: path + "-wal")
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        figures.freeByteCount = (attributes?[.systemFreeSize] as? NSNumber)?.intValue
        return figures
    }

    private static func byteCount(ofFile path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
}
