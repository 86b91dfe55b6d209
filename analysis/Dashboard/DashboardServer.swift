internal import DecoderCommands
internal import Glibc
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization
internal import UnixSignals

/// A listener on loopback, the estimates behind it, and the order in which they start and stop.
struct DashboardServer: Sendable {
    /// The longest head of a request, in bytes.
    private static let headByteCount = 8192
    /// At most so many connections are open; more wait to be accepted.
    private static let connectionCount = 64
    /// A connection ends on which nothing has come to its end for so long, in seconds.
    private static let idleSeconds: Int64 = 10

    let address: LoopbackAddress
    let everySeconds: Int
    let maker: EditionMaker

    /// Serves until SIGINT or SIGTERM, and finishes what is under way.
    ///
    /// - Parameter announce: is given the URL, with its token, when there is a page to be had.
    /// - Throws: ``CommandError``; of status 130 after SIGINT.
    func run(announce: @escaping @Sendable (String) throws -> Void) async throws(CommandError) {
        // From here on neither signal ends the process by itself.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let caught = Mutex<UnixSignal?>(nil)
        let stand = Newsstand(everySeconds: min(everySeconds, 15))
        let entrance: Entrance
        do { entrance = Entrance(try AccessKeys()) } catch {
            throw CommandError(
                .runtimeFailure, "the system gives no random bytes, and without them there is no token. Try again.")
        }
        let (listening, started) = AsyncStream.makeStream(of: Never.self)
        let keeper = EditionKeeper(maker: maker, stand: stand, everySeconds: everySeconds, start: listening) {
            if let url = entrance.url { try announce(url) }
        }
        let listener = DashboardListener(application: application(entrance, stand, started), address: address)
        let watch = SignalWatch(signals: signals) { signal in caught.withLock { $0 = signal } }
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: listener), .init(service: keeper),
                .init(service: watch, successTerminationBehavior: .gracefullyShutdownGroup),
            ], logger: Self.logger)
        group.maximumGracefulShutdownDuration = .seconds(5)
        do { try await ServiceGroup(configuration: group).run() } catch let error as CommandError {
            throw error
        } catch  where caught.withLock({ $0 == nil }) {
            throw CommandError(.runtimeFailure, "\(address): the server failed (\(error)). Start it again.")
        } catch {
            // What was under way took longer than there was time.
        }
        if caught.withLock({ $0 }) == .sigint {
            throw CommandError(.interrupted, "interrupted; the page is served no more.")
        }
    }

    private func application(
        _ entrance: Entrance, _ stand: Newsstand, _ started: AsyncStream<Never>.Continuation
    ) -> Application<Entrance> {
        let channel = HTTP1Channel.Configuration(
            idleTimeout: .seconds(Self.idleSeconds),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Self.headByteCount, maxHeaderListSize: Self.headByteCount, maxHeaderFieldCount: 100)
        )
        return Application(
            responder: entrance, server: .http1(configuration: channel),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), backlog: Self.connectionCount,
                availableConnectionsDelegate: .maximum(Self.connectionCount, logger: Self.logger)),
            onServerRunning: { [address] channel in
                var address = address
                address.port = channel.localAddress?.port ?? address.port
                entrance.open(at: address, stand)
                started.finish()
            },
            logger: Self.logger)
    }

    /// What goes wrong with connections is the other side's affair; nobody who asks is written down.
    private static let logger = Logger(label: "dither") { _ in SwiftLogNoOpLogHandler() }
}

/// Where requests come in: the routes, once the port is known that they check.
final class Entrance: HTTPResponder {
    private let keys: AccessKeys
    private let routes = Mutex<DashboardRoutes?>(nil)

    init(_ keys: AccessKeys) { self.keys = keys }

    /// What lets a browser in; `nil` until the server listens.
    var url: String? {
        routes.withLock { $0 }.map { "http://\($0.address)/?token=\($0.keys.token)" }
    }

    func open(at address: LoopbackAddress, _ stand: Newsstand) {
        routes.withLock { $0 = DashboardRoutes(address: address, keys: keys, stand: stand) }
    }

    func respond(to request: Request, context: DashboardContext) async throws -> Response {
        guard let routes = routes.withLock({ $0 }) else {
            return SafeResponse.text(.serviceUnavailable, "Not yet.\n").answer(to: request, closing: context.channel)
        }
        return try await routes.respond(to: request, context: context)
    }
}

/// The listener, as a service whose errors are the command's.
private struct DashboardListener: Service {
    let application: Application<Entrance>
    let address: LoopbackAddress

    func run() async throws {
        do { try await application.run() } catch let error as IOError {
            let reason = String(cString: strerror(error.errnoCode))
            throw CommandError(
                error.errnoCode == EADDRINUSE ? .transientFailure : .runtimeFailure,
                "\(address): cannot be listened on (\(reason)). Leave out --port and --listen, and a free port of 127.0.0.1 is "
                    + "taken.")
        }
    }
}

/// Ends the group when the process is told to stop.
private struct SignalWatch: Service {
    let signals: UnixSignalsSequence
    let note: @Sendable (UnixSignal) -> Void

    func run() async throws {
        for await signal in signals.cancelOnGracefulShutdown() {
            note(signal)
            return
        }
    }
}
