internal import ServiceLifecycle

/// Asks the store every half minute, or as often as the service manager wants to hear of it, whether it takes reports; beats
/// when it answers, and tells the manager when the collector begins to stop.
struct ManagedLife: Service {
    private static let interval = Duration.seconds(30)

    let manager: ServiceManager
    let watch: StoreWatch

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                // An error is an answer too: a full disk is not mended by starting again. A store that hangs answers
                // nothing, there is no beat, and the manager ends the process.
                _ = await watch.ask()
                if manager.beatInterval != nil { manager.beat() }
                try await Task.sleep(for: manager.beatInterval ?? Self.interval)
            }
        }
        manager.tellStopping()
    }
}
