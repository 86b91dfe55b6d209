package import CollectorSettings

/// What a collector needs to run.
package struct CollectorConfiguration: Hashable, Sendable {
    /// The files that make the upload listener speak TLS.
    package struct TLSFiles: Hashable, Sendable {
        /// The certificate and its intermediates, in PEM.
        package var certificatePath: String
        /// The private key, in PEM.
        package var keyPath: String

        package init(certificatePath: String, keyPath: String) {
            (self.certificatePath, self.keyPath) = (certificatePath, keyPath)
        }
    }

    /// The compiled metric set.
    package var metricSetPath: String
    /// The store: an SQLite file, or the URL of a PostgreSQL database.
    package var storePath: String
    /// Where batches are accepted.
    package var uploadAddress: ListenAddress
    /// Where operators are answered, if anywhere.
    package var operationsAddress: ListenAddress?
    /// The signed metric set that is published to agents, if any.
    package var signedSetPath: String?
    /// For how many days reports are kept, among ``DayCounts/range``; `nil` for ever.
    package var retentionDays: Int?
    /// The same for single metrics, by name.
    package var retention: [String: Int] = [:]
    /// Without, the upload listener speaks plain HTTP.
    package var tls: TLSFiles?
    /// The tokens, if anybody needs one.
    package var tokensPath: String?
    /// The metrics that the operator has ended on all devices, by their numbers.
    package var retiredMetrics: Set<UInt32> = []
    /// What the upload listener takes.
    package var limits = ListenerLimits()

    package init(
        metricSetPath: String, storePath: String, uploadAddress: ListenAddress,
        operationsAddress: ListenAddress? = nil, tls: TLSFiles? = nil
    ) {
        (self.metricSetPath, self.storePath) = (metricSetPath, storePath)
        (self.uploadAddress, self.operationsAddress, self.tls) = (uploadAddress, operationsAddress, tls)
    }
}
