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
        if let certificate = settings[.tlsCertificate], let key = settings[.tlsKey] {
            tls = TLSFiles(certificatePath: certificate, keyPath: key)
        }
    }
}
