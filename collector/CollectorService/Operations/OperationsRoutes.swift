internal import HTTPTypes
package import Hummingbird

/// What operators ask, on a listener of their own, which the senders of batches cannot reach.
///
/// `/healthz`: the process answers. `/readyz`: the store commits, and the collector is not being stopped. `/metrics` and
/// `/v1/status`: how the collector is. `/v1/reload` and `/v1/seal` make it do something, under a token alone.
package struct OperationsRoutes: HTTPResponder {
    private let store: any ReportStore
    private let drain: DrainSwitch
    private let figures: IngestFigures
    private let clock: CollectorClock
    private let metrics: ServedMetrics
    private let connections: @Sendable () -> ConnectionLedger.Counts
    private let gatekeeper: Gatekeeper
    private let isLocal: Bool
    private let actions: OperatorActions
    private let watch: StoreWatch
    private let identity: TLSIdentity?

    /// - Parameters:
    ///   - connections: gives the counts of the senders' connections.
    ///   - identity: the certificate that senders are shown.
    ///   - isLocal: whether the listener is reached from this machine alone.
    package init(
        store: any ReportStore, watch: StoreWatch, drain: DrainSwitch, figures: IngestFigures, clock: CollectorClock,
        metrics: ServedMetrics, reloader: Reloader,
        connections: @escaping @Sendable () -> ConnectionLedger.Counts = { .init() },
        gatekeeper: Gatekeeper = Gatekeeper(), isLocal: Bool = true, identity: TLSIdentity? = nil
    ) {
        (self.gatekeeper, self.isLocal, self.connections) = (gatekeeper, isLocal, connections)
        actions = OperatorActions(reloader: reloader, store: store, clock: clock)
        (self.store, self.watch, self.drain, self.figures) = (store, watch, drain, figures)
        (self.clock, self.metrics) = (clock, metrics)
        self.identity = identity
    }

    private enum Question: String {
        case health = "/healthz"
        case readiness = "/readyz"
        case metrics = "/metrics"
        case status = "/v1/status"
        case reload = "/v1/reload"
        case seal = "/v1/seal"

        var isAction: Bool { self == .reload || self == .seal }
    }

    package func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let full = await full(request)
        return request.method == .head ? full.createHeadResponse() : full
    }

    private func full(_ request: Request) async -> Response {
        guard let question = Question(rawValue: request.uri.path) else {
            return ProblemDetails(
                .notFound, detail: "Operators ask /healthz, /readyz, /metrics, /v1/status, /v1/reload and /v1/seal."
            ).response()
        }
        let isRead = request.method == .get || request.method == .head
        guard question.isAction ? request.method == .post : isRead else {
            return question.isAction
                ? ProblemDetails(.methodNotAllowed, detail: "This is done with POST.").response(allow: "POST")
                : ProblemDetails(.methodNotAllowed, detail: "This is read with GET.").response(allow: "GET, HEAD")
        }
        do throws(ProblemDetails) { try check(request.headers, for: question) } catch { return error.response() }
        return await answer(to: question)
    }

    private func check(_ headers: HTTPFields, for question: Question) throws(ProblemDetails) {
        switch question {
        // Health is for machines that balance loads, which have no token.
        case .health, .readiness: break
        case .metrics, .status: _ = try gatekeeper.current.mayRead(headers, isLocal: isLocal).token()
        case .reload, .seal: _ = try gatekeeper.current.mayOperate(headers).token()
        }
    }

    private func answer(to question: Question) async -> Response {
        switch question {
        case .health: Self.page("ok\n", type: "text/plain")
        case .readiness: await readiness()
        case .metrics:
            Self.page(await status().metricsText, type: "text/plain; version=0.0.4; charset=utf-8")
        case .status: Self.page(await status().json, type: "application/json")
        case .reload: await actions.reload()
        case .seal: await actions.seal()
        }
    }

    private func readiness() async -> Response {
        guard !drain.isDraining else {
            return ProblemDetails(.shuttingDown, detail: "The collector takes no more batches.").response()
        }
        if let error = await watch.ask() { return ProblemDetails(error).response() }
        return Self.page("ok\n", type: "text/plain")
    }

    private func status() async -> CollectorStatus {
        let today = clock.today
        let isStorable = await watch.ask() == nil
        // What the store cannot tell is left out: the rest is wanted most when the store is in trouble.
        var storeFigures: StoreFigures?
        do throws(StoreError) { storeFigures = try await store.figures(on: today) } catch { storeFigures = nil }
        return CollectorStatus(
            isDraining: drain.isDraining, isStorable: isStorable, today: today, counts: figures.counts,
            connections: connections(), store: storeFigures, process: ProcessFigures(),
            certificateEnd: identity?.end,
            metricSet: metrics.current.metricSet)
    }

    private static func page(_ text: String, type: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
