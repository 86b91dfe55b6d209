internal import ServiceLifecycle

/// Tells the service manager when the collector begins to stop.
struct ManagedLife: Service {
    let manager: ServiceManager

    func run() async throws {
        try? await gracefulShutdown()
        manager.tellStopping()
    }
}

/// Asks the store every half minute, or as often as the service manager wants to hear of it, whether it takes reports, and
/// beats when it answers.
struct Heartbeat: Service {
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
                try await Task.sleep(for: min(manager.beatInterval ?? Self.interval, Self.interval))
            }
        }
    }
}
