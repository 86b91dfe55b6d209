package import CollectorSettings

extension CollectorConfiguration {
    /// What settings mean; `nil` where a required one is missing, which settings that were put together do not lack.
    package init?(_ settings: EffectiveSettings) {
        guard let metrics = settings[.metrics], let store = settings[.store], let listen = settings.address(.listen)
        else { return nil }
        self.init(
            metricSetPath: metrics, storePath: store, uploadAddress: listen,
            operationsAddress: settings.address(.operationsListen))
        signedSetPath = settings[.signedMetrics]
        tokensPath = settings[.tokens]
        retiredMetrics = Set((settings[.retiredMetrics] ?? "").split(separator: ",").compactMap { UInt32($0) })
        limits.connectionCount = settings.count(.maxConnections) ?? limits.connectionCount
        limits.connectionCountPerAddress = settings.count(.maxConnectionsPerAddress) ?? limits.connectionCountPerAddress
        limits.requestCountPerMinute = settings.count(.maxRequestsPerMinute) ?? limits.requestCountPerMinute
        limits.requestSeconds = settings.count(.requestTimeout) ?? limits.requestSeconds
        limits.idleSeconds = settings.count(.idleTimeout) ?? limits.idleSeconds
        retentionDays = settings.count(.retentionDays)
        retention = settings[.retention].flatMap { DayCounts($0) }?.byName ?? [:]
        if let certificate = settings[.tlsCertificate], let key = settings[.tlsKey] {
            tls = TLSFiles(certificatePath: certificate, keyPath: key)
        }
    }
}
