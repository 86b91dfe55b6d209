internal import ServiceLifecycle
internal import UnixSignals

/// Rereads the files at each SIGHUP, as long as the collector runs.
struct ReloadService: Service {
    let reloader: Reloader
    let manager: ServiceManager
    /// Ends when batches are listened for: a signal that comes before is kept, and nobody is told too early that the
    /// collector is ready.
    let start: AsyncStream<Never>

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let signals = await UnixSignalsSequence(trapping: .sighup)
            for await _ in start {}
            for await _ in signals {
                manager.tellReloading()
                _ = await reloader.reload()
                manager.tellReady()
            }
        }
    }
}
