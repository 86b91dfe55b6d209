internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes

/// Ends a connection that keeps the collector waiting, or that is one too many, and answers what is no HTTP.
///
/// Its timer is set again only when it fires, or when something is due before it: a request that comes in one piece
/// costs no timer.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let ledger: ConnectionLedger
    private var timing: RequestTiming
    private var slot: Int?
    private var isParting = false
    private var timer: Scheduled<Void>?
    /// When the timer fires.
    private var timerDeadline: NIODeadline?

    init(_ ledger: ConnectionLedger, _ limits: ListenerLimits) {
        (self.ledger, timing) = (ledger, RequestTiming(limits))
    }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { open(context) } }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isParting else { return }
        switch unwrapInboundIn(data) {
        case .head:
            guard timing.unansweredCount < ListenerLimits.unansweredCount else {
                isParting = true
                ledger.noteOverdue()
                context.close(promise: nil)
                return
            }
            timing.receivedHead(at: .now())
        case .body(let bytes): timing.receivedBody(byteCount: bytes.readableBytes)
        case .end:
            timing.receivedEnd(at: .now())
            if let slot { ledger.stopWaiting(for: slot) }
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        setTimer(context)
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            timing.answered(at: .now())
            if let slot, timing.isWaitingForClient { ledger.wait(for: slot) }
            setTimer(context)
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            timing.resumed(at: .now())
        } else {
            let waiting = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
            timing.stalled(byteCount: waiting ?? 0, at: .now())
        }
        setTimer(context)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, timing.unansweredCount == 0 else {
            context.fireErrorCaught(error)
            return
        }
        if !isParting { part(context, after: error) }
    }

    /// Says that the head of a request cannot be read. The answer has no body, so that no agent takes it for the word of a
    /// collector on its batch.
    private func part(_ context: ChannelHandlerContext, after error: HTTPParserError) {
        isParting = true
        ledger.noteMalformed()
        var head = HTTPResponse(status: error == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest)
        head.headerFields = [.connection: "close", .contentLength: "0"]
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        // Closed at once, what was not read of the request would reset the connection, before the answer is read.
        context.close(mode: .output, promise: nil)
        timing.parting(at: .now())
        setTimer(context)
    }

    private func open(_ context: ChannelHandlerContext) {
        guard slot == nil else { return }
        guard let slot = ledger.enter(context.channel) else {
            context.close(promise: nil)
            return
        }
        self.slot = slot
        timing.opened(at: .now())
        setTimer(context)
    }

    private func leave() {
        timer?.cancel()
        timer = nil
        if let slot { ledger.leave(slot) }
        slot = nil
    }

    private func setTimer(_ context: ChannelHandlerContext) {
        guard slot != nil, let deadline = timing.deadline else { return }
        if let timerDeadline, timerDeadline <= deadline { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired(context) }
    }

    private func timerFired(_ context: ChannelHandlerContext) {
        (timer, timerDeadline) = (nil, nil)
        guard let deadline = timing.deadline else { return }
        guard deadline <= .now() else { return setTimer(context) }
        if !isParting { ledger.noteOverdue() }
        context.close(promise: nil)
    }
}
