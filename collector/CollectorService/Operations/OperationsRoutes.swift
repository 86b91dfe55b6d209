internal import HTTPTypes
package import Hummingbird
package import MetricDefinitions

/// What operators ask, on a listener of their own, which the senders of batches cannot reach.
///
/// `/healthz`: the process answers. `/readyz`: the store commits, and the collector is not being stopped. `/metrics` and
/// `/v1/status`: how the collector is.
package struct OperationsRoutes: HTTPResponder {
    private let store: any ReportStore
    private let drain: DrainSwitch
    private let figures: IngestFigures
    private let clock: CollectorClock
    private let metricSet: @Sendable () -> MetricSet
    private let gatekeeper: Gatekeeper
    private let isLocal: Bool

    /// - Parameters:
    ///   - metricSet: gives the set of the moment.
    ///   - isLocal: whether the listener is reached from this machine alone.
    package init(
        store: any ReportStore, drain: DrainSwitch, figures: IngestFigures, clock: CollectorClock,
        metricSet: @escaping @Sendable () -> MetricSet, gatekeeper: Gatekeeper = Gatekeeper(), isLocal: Bool = true
    ) {
        (self.gatekeeper, self.isLocal) = (gatekeeper, isLocal)
        (self.store, self.drain, self.figures) = (store, drain, figures)
        (self.clock, self.metricSet) = (clock, metricSet)
    }

    private enum Question: String {
        case health = "/healthz"
        case readiness = "/readyz"
        case metrics = "/metrics"
        case status = "/v1/status"
    }

    package func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        guard let question = Question(rawValue: request.uri.path) else {
            return ProblemDetails(.notFound, detail: "Operators ask /healthz, /readyz, /metrics and /v1/status.")
                .response()
        }
        guard request.method == .get || request.method == .head else {
            return ProblemDetails(.methodNotAllowed, detail: "This is read with GET.").response(allow: "GET, HEAD")
        }
        // Health is for machines that balance loads, which have no token.
        if question == .metrics || question == .status {
            do throws(ProblemDetails) {
                _ = try gatekeeper.current.mayRead(request.headers, isLocal: isLocal).token()
            } catch { return error.response() }
        }
        let response = await answer(to: question)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(to question: Question) async -> Response {
        switch question {
        case .health: Self.page("ok\n", type: "text/plain")
        case .readiness: await readiness()
        case .metrics:
            Self.page(await status().metricsText, type: "text/plain; version=0.0.4; charset=utf-8")
        case .status: Self.page(await status().json, type: "application/json")
        }
    }

    private func readiness() async -> Response {
        guard !drain.isDraining else {
            return ProblemDetails(.shuttingDown, detail: "The collector takes no more batches.").response()
        }
        do throws(StoreError) { try await store.checkWritable() } catch { return ProblemDetails(error).response() }
        return Self.page("ok\n", type: "text/plain")
    }

    private func status() async -> CollectorStatus {
        let today = clock.today
        var isStorable = true
        do throws(StoreError) { try await store.checkWritable() } catch { isStorable = false }
        // What the store cannot tell is left out: the rest is wanted most when the store is in trouble.
        var storeFigures: StoreFigures?
        do throws(StoreError) { storeFigures = try await store.figures(on: today) } catch { storeFigures = nil }
        return CollectorStatus(
            isDraining: drain.isDraining, isStorable: isStorable, today: today, counts: figures.counts,
            store: storeFigures, process: ProcessFigures(), metricSet: metricSet())
    }

    private static func page(_ text: String, type: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
