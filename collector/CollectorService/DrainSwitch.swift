internal import ServiceLifecycle
internal import Synchronization

/// Turned once, when the collector begins to stop: requests that come afterwards are sent away, those that are
/// under way are finished.
package final class DrainSwitch: Sendable {
    private let state = Atomic(false)

    package init() {}

    /// Whether the collector is being stopped.
    package var isDraining: Bool { state.load(ordering: .acquiring) }

    /// Sends away all further requests.
    package func turn() { state.store(true, ordering: .releasing) }
}

/// Turns the switch when the services are told to stop. The last in the list, as that is stopped first.
struct DrainService: Service {
    let drain: DrainSwitch

    func run() async throws {
        try await gracefulShutdown()
        drain.turn()
    }
}
