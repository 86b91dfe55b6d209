internal import CollectorSettings
internal import Glibc
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
        let bindAddress: BindAddress
        switch address.place {
        case .network(let host, let port): bindAddress = .hostname(host, port: port)
        case .unixSocket(let path):
            guard !UnixSocket.isInUse(path) else { throw CollectorError.cannotListen(address, errno: EADDRINUSE) }
            guard !UnixSocket.isAnotherFile(path) else { throw CollectorError.cannotListen(address, errno: EEXIST) }
            bindAddress = .unixDomainSocket(path: path)
        }
        let application = Application(
            responder: responder, server: transport,
            configuration: ApplicationConfiguration(
                address: bindAddress, backlog: 1024),
            onServerRunning: { channel in
                if case .unixSocket(let path) = address.place { UnixSocket.restrict(path) }
                onListening(address.withPort(channel.localAddress?.port))
            },
            logger: CollectorServer.quiet(logger))
        do {
            try await application.run()
            if case .unixSocket(let path) = address.place { UnixSocket.remove(path) }
        } catch let error as IOError {
            throw CollectorError.cannotListen(address, errno: error.errnoCode)
        } catch is SocketAddressError.UnknownHost {
            throw CollectorError.cannotListen(address, errno: 0)
        } catch is CancellationError {
            throw CancellationError()
        } catch { throw CollectorError.listenerFailed(address) }
    }
}
