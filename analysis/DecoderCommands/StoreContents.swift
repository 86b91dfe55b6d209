package import MetricDefinitions
internal import StoreReader

/// How many reports of which days a store holds: what tells it from itself at another time, at the price of no payload.
package struct StoreContents: Hashable, Sendable {
    private let periods: [StoredPeriod]

    /// Reads them, of these metrics' versions.
    ///
    /// - Throws: ``CommandError`` as an estimate from the store would.
    /// - Complexity: linear in chunks and staged reports.
    package init(of metrics: [MetricDefinition], storePath: String) throws(CommandError) {
        let store = try EstimateStore(path: storePath, patienceInSeconds: 5, mapsFile: false)
        let versions = Set(metrics.map { [$0.identifier.value, $0.version] })
        periods = try store.periods().filter { versions.contains([$0.metric, $0.version]) }
    }
}
