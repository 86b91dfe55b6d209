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

    package init(_ metricSet: MetricSet, registry: PublishedRegistry? = nil) {
        (self.metricSet, self.registry) = (metricSet, registry)
        admission = BatchAdmission(metricSet)
    }

    /// Reads the files of a configuration.
    ///
    /// - Throws: ``CollectorError``.
    package init(_ configuration: CollectorConfiguration) throws(CollectorError) {
        let path = configuration.metricSetPath
        guard let content = try? Data(contentsOf: URL(filePath: path)) else { throw .metricSetUnreadable(path: path) }
        let metricSet: MetricSet
        do { metricSet = try MetricSet(decoding: Array(content)) } catch { throw .metricSetInvalid(path: path, error) }
        if let retired = configuration.retiredMetrics.sorted().first(where: { metricSet.metric($0) != nil }) {
            throw .retiredMetricServed(retired)
        }
        guard let path = configuration.signedSetPath else {
            self.init(metricSet)
            return
        }
        self.init(metricSet, registry: try PublishedRegistry(path: path, metricSet: metricSet))
    }
}

/// The offer of the moment. A request takes it once and keeps to it; another may replace it meanwhile.
package final class ServedMetrics: Sendable {
    private let offer: Mutex<MetricOffer>

    package init(_ offer: MetricOffer) { self.offer = Mutex(offer) }

    package var current: MetricOffer { offer.withLock { $0 } }

    func replace(by offer: MetricOffer) { self.offer.withLock { $0 = offer } }
}
