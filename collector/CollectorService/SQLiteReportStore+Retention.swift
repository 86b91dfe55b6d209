internal import GRDB
package import ReportFormat
internal import Synchronization

extension SQLiteReportStore {
    /// Deletes the reports that a policy keeps no longer on a day, sealed or not, and gives back the space that the
    /// next days will not take. Notices first what another program deleted.
    ///
    /// A report that arrives later for a day that is past its retention is deleted the next day.
    ///
    /// - Throws: ``StoreError``; what is deleted by then stays deleted, and the rest is deleted the next time.
    /// - Complexity: linear in the deleted reports and the space given back.
    package func deleteReports(beyond policy: RetentionPolicy, on today: UTCDay) async throws(StoreError) {
        try await perform { [self] connection in try recountAfterOthers(on: connection) }
        for metric in try await perform({ try Self.metrics(in: $0) }) {
            guard let day = policy.firstKeptDay(of: metric, on: today) else { continue }
            while try await deletePart(ofMetric: metric, before: day, today: today) {}
        }
        while try await perform({ try ReportDeletion.giveBackPart(in: $0) }) {}
    }

    private func deletePart(
        ofMetric metric: UInt32, before day: UTCDay, today: UTCDay
    ) async throws(StoreError) -> Bool {
        try await perform { [self] connection in
            let count = try ReportDeletion.deletePart(
                ofMetric: metric, before: day, today: today, in: connection)
            guard count == 0 else { return true }
            groups.withLock { $0.remove(metric: metric, before: day) }
            return false
        }
    }

    /// The metrics that the store has, or had, reports of.
    private static func metrics(in connection: Database) throws -> [UInt32] {
        try UInt32.fetchAll(connection, sql: "SELECT DISTINCT metric FROM definition ORDER BY metric")
    }
}
