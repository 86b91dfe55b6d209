internal import GRDB
package import MetricDefinitions
package import ReportFormat
internal import StoreFormat

/// Deletes a metric's reports on somebody's word, also while a collector runs.
package struct StorePurge: Hashable, Sendable {
    /// The metric's wire identity.
    package let metric: UInt32
    /// What it was named by.
    private let name: String
    /// Whether a set has it.
    private let isInSet: Bool
    /// Reports about the days before this one; `nil` for all.
    package let day: UTCDay?

    /// A purge of a metric that a set names, or of a number: a metric that left the set has no name.
    ///
    /// - Throws: ``StoreMaintenanceError/unknownMetric(_:)``; ``StoreMaintenanceError/unnamedMetric(_:)`` without a set.
    package init(metric name: String, of metricSet: MetricSet?, before day: UTCDay?) throws(StoreMaintenanceError) {
        if let metric = metricSet?.metrics.first(where: { $0.name == name }) {
            (self.metric, isInSet) = (metric.identifier.value, true)
        } else if let number = UInt32(name) {
            (metric, isInSet) = (number, metricSet?.metric(number) != nil)
        } else {
            throw metricSet == nil ? .unnamedMetric(name) : .unknownMetric(name)
        }
        (self.name, self.day) = (name, day)
    }

    /// How many reports there are to delete.
    ///
    /// - Throws: ``StoreMaintenanceError/unknownMetric(_:)`` for a number that neither set nor store has; those of ``StoreError``.
    package func count(inStoreAt path: String) throws(StoreMaintenanceError) -> Int {
        let count: Int, isKnown: Bool
        do throws(StoreError) {
            let (database, _) = try StoreReading.open(StoreLocation(path))
            do {
                (count, isKnown) = try database.read { connection in
                    let isServed = try Bool.fetchOne(
                        connection, sql: "SELECT EXISTS (SELECT 1 FROM definition WHERE metric = ?)",
                        arguments: [metric])
                    return (
                        try ReportDeletion.count(ofMetric: metric, before: day, in: connection), isServed ?? false
                    )
                }
            } catch { throw StoreError(error) }
        } catch { throw .store(error) }
        guard count > 0 || isKnown || isInSet else { throw .unknownMetric(name) }
        return count
    }

    /// Deletes the reports for good: their bytes are overwritten in the file, and in the log once no reader needs it.
    ///
    /// - Parameters:
    ///   - today: the day under which the deletion is counted.
    ///   - progress: is told how many reports are deleted.
    /// - Returns: how many reports were deleted, and whether the log is empty.
    /// - Throws: ``StoreError``; what is deleted by then stays deleted.
    package func run(
        onStoreAt path: String, today: UTCDay, progress: (_ done: Int) -> Void
    ) throws(StoreError) -> (reportCount: Int, logIsEmpty: Bool) {
        let (database, version) = try StoreReading.openForWriting(StoreLocation(path))
        guard version == StoreSchema.version else {
            throw .outdated(path: path, actual: version, expected: StoreSchema.version)
        }
        do {
            var total = 0
            while true {
                // A transaction of its own for each part: a collector's commits come between.
                let count = try database.inDatabase { connection in
                    try ReportDeletion.deletePart(ofMetric: metric, before: day, today: today, in: connection)
                }
                guard count > 0 else { break }
                total += count
                progress(total)
            }
            while try database.inDatabase({ try ReportDeletion.giveBackPart(in: $0) }) {}
            let isEmpty = try database.inDatabase { connection in
                do {
                    try connection.checkpoint(.truncate)
                    return true
                } catch DatabaseError.SQLITE_BUSY { return false }
            }
            return (total, isEmpty)
        } catch { throw StoreError(error) }
    }
}
