internal import ServiceLifecycle

/// Ends the collector when its store can be trusted no more, after the batches that wait have been refused.
struct StoreGuard: Service {
    let failures: AsyncStream<StoreError>

    /// The guard's failure stops the other services in order, so that their answers still reach the senders. A store that
    /// no failure ends needs none.
    static func configurations(guarding store: any ReportStore) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        store.failures.map { failures in
            [.init(service: StoreGuard(failures: failures), failureTerminationBehavior: .gracefullyShutdownGroup)]
        } ?? []
    }

    func run() async throws {
        for await failure in failures.cancelOnGracefulShutdown() { throw CollectorError.store(failure) }
    }
}
