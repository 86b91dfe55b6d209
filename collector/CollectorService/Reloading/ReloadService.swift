internal import ServiceLifecycle
internal import UnixSignals

/// Rereads the files at each SIGHUP, as long as the collector runs.
struct ReloadService: Service {
    let reloader: Reloader
    let manager: ServiceManager

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                manager.tellReloading()
                _ = await reloader.reload()
                manager.tellReady()
            }
        }
    }
}
