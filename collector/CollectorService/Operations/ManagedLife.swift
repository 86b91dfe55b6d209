internal import ServiceLifecycle

/// Beats for the service manager while the store answers, and tells it when the collector begins to stop.
struct ManagedLife: Service {
    let manager: ServiceManager
    let store: any ReportStore

    func run() async throws {
        if let interval = manager.beatInterval {
            try? await cancelWhenGracefulShutdown {
                while true {
                    // An error is an answer too: a full disk is not mended by starting again. A store that hangs
                    // answers nothing, there is no beat, and the manager ends the process.
                    try? await store.checkWritable()
                    manager.beat()
                    try await Task.sleep(for: interval)
                }
            }
        } else {
            try? await gracefulShutdown()
        }
        manager.tellStopping()
    }
}
