internal import Foundation
internal import GRDB
package import ReportFormat
internal import Synchronization

extension SQLiteReportStore {
    /// What the store says of itself.
    ///
    /// - Complexity: linear in the chunks, of which only the first page each is read.
    package func figures(on today: UTCDay) async throws(StoreError) -> StoreFigures? {
        var figures = try await perform { connection in
            var figures = StoreFigures()
            let day = today.advanced(by: -2).index
            let rows = try Row.fetchCursor(
                connection,
                sql: """
                    SELECT metric, SUM(count), SUM(CASE WHEN day = ?1 THEN count ELSE 0 END) FROM chunk GROUP BY metric
                    """, arguments: [day])
            while let row = try rows.next() {
                figures.reportCount += row[1] as Int
                figures.settledCounts[row[0] as UInt32, default: 0] += row[2] as Int
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
