package import MetricDefinitions
package import ReportFormat

/// For how many days reports are kept, by metric. Without a number they are kept for ever.
package struct RetentionPolicy: Hashable, Sendable {
    private let dayCount: Int?
    private let dayCounts: [UInt32: Int]

    /// Nothing is ever deleted.
    package static let forever = RetentionPolicy(dayCount: nil, dayCounts: [:])

    private init(dayCount: Int?, dayCounts: [UInt32: Int]) { (self.dayCount, self.dayCounts) = (dayCount, dayCounts) }

    /// What settings say, each number of ``DayCounts/range``.
    ///
    /// - Parameters:
    ///   - dayCount: for every metric that has no number of its own, also for those that left the set.
    ///   - byName: for some metrics of the set.
    /// - Throws: ``CollectorError/retentionOfUnknownMetric(name:)``.
    package init(dayCount: Int?, byName: [String: Int], metricSet: MetricSet) throws(CollectorError) {
        var dayCounts: [UInt32: Int] = [:]
        for (name, count) in byName.sorted(by: { $0.key < $1.key }) {
            guard let metric = metricSet.metrics.first(where: { $0.name == name }) else {
                throw .retentionOfUnknownMetric(name: name)
            }
            dayCounts[metric.identifier.value] = count
        }
        self.init(dayCount: dayCount, dayCounts: dayCounts)
    }

    /// The first day whose reports of a metric are kept on a day; `nil` if all are.
    package func firstKeptDay(of metric: UInt32, on today: UTCDay) -> UTCDay? {
        (dayCounts[metric] ?? dayCount).map { today.advanced(by: -$0) }
    }
}
