internal import CollectorSettings
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// One HTTP listener, as a service that says where it listens and whose errors are the collector's.
struct Listener<Responder: HTTPResponder>: Service
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    let address: ListenAddress
    let responder: Responder
    let transport: HTTPServerBuilder
    let logger: Logger
    /// Ends when this listener may start.
    var start = AsyncStream<Never> { $0.finish() }
    /// Is given the address, with the port that was picked.
    let onListening: @Sendable (ListenAddress) -> Void

    func run() async throws {
        for await _ in start {}
        try Task.checkCancellation()
        let application = Application(
            responder: responder, server: transport,
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), backlog: 1024),
            onServerRunning: { channel in
                onListening(address.withPort(channel.localAddress?.port ?? address.port))
            },
            logger: CollectorServer.quiet(logger))
        do { try await application.run() } catch let error as IOError {
            throw CollectorError.cannotListen(address, errno: error.errnoCode)
        } catch is SocketAddressError.UnknownHost {
            throw CollectorError.cannotListen(address, errno: 0)
        } catch is CancellationError {
            throw CancellationError()
        } catch { throw CollectorError.listenerFailed(address) }
    }
}
