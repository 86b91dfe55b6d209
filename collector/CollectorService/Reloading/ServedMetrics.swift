internal import Foundation
package import MetricDefinitions
internal import Synchronization

/// What a collector takes and publishes at one moment. The three belong together: nothing is published that would be
/// refused.
package struct MetricOffer: Sendable {
    package let metricSet: MetricSet
    package let admission: BatchAdmission
    /// The signed set for agents, if there is one.
    package let registry: PublishedRegistry?
    /// For how long its reports are kept.
    package let retention: RetentionPolicy

    package init(
        _ metricSet: MetricSet, registry: PublishedRegistry? = nil, retention: RetentionPolicy = .forever
    ) {
        (self.metricSet, self.registry, self.retention) = (metricSet, registry, retention)
        admission = BatchAdmission(metricSet)
    }

    /// Reads the files of a configuration.
    ///
    /// - Throws: ``CollectorError``.
    package init(_ configuration: CollectorConfiguration) throws(CollectorError) {
        let metricSet = try Self.metricSet(at: configuration.metricSetPath)
        if let retired = configuration.retiredMetrics.sorted().first(where: { metricSet.metric($0) != nil }) {
            throw .retiredMetricServed(retired)
        }
        let retention = try RetentionPolicy(
            dayCount: configuration.retentionDays, byName: configuration.retention, metricSet: metricSet)
        let registry = try configuration.signedSetPath.map { (path) throws(CollectorError) in
            try PublishedRegistry(path: path, metricSet: metricSet)
        }
        self.init(metricSet, registry: registry, retention: retention)
    }

    /// The metric set that a file holds.
    ///
    /// - Throws: ``CollectorError/metricSetUnreadable(path:)``, ``CollectorError/metricSetInvalid(path:_:)``.
    package static func metricSet(at path: String) throws(CollectorError) -> MetricSet {
        guard let content = try? Data(contentsOf: URL(filePath: path)) else { throw .metricSetUnreadable(path: path) }
        do { return try MetricSet(decoding: Array(content)) } catch { throw .metricSetInvalid(path: path, error) }
    }
}

/// The offer of the moment. A request takes it once and keeps to it; another may replace it meanwhile.
package final class ServedMetrics: Sendable {
    private let offer: Mutex<MetricOffer>

    package init(_ offer: MetricOffer) { self.offer = Mutex(offer) }

    package var current: MetricOffer { offer.withLock { $0 } }

    func replace(by offer: MetricOffer) { self.offer.withLock { $0 = offer } }
}
