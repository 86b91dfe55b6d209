internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTPTypes
internal import NIOSSL

/// The pipeline of a connection: TLS with the certificate of the moment, HTTP/1.1, and a watch over its time.
struct GuardedChannel: ServerChildChannel {
    private let http: HTTP1Channel
    private let identity: TLSIdentity?

    /// A server of such connections.
    static func server(
        _ limits: ListenerLimits, _ ledger: ConnectionLedger, identity: TLSIdentity?
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { GuardedChannel($0, limits, ledger, identity) }
    }

    private init(
        _ responder: @escaping HTTPChannelHandler.Responder, _ limits: ListenerLimits, _ ledger: ConnectionLedger,
        _ identity: TLSIdentity?
    ) {
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionWatch(ledger, limits)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: ListenerLimits.headByteCount, maxHeaderListSize: ListenerLimits.headByteCount,
                maxHeaderFieldCount: 100))
        (http, self.identity) = (HTTP1Channel(responder: responder, configuration: configuration), identity)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        guard let identity else { return http.setup(channel: channel, logger: logger) }
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: identity.makeContext()))
        }.flatMap { http.setup(channel: channel, logger: logger) }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await http.handle(value: value, logger: logger) }
}
