internal import HTTPTypes
package import Hummingbird

/// `/healthz`: the process answers. `/readyz`: the store commits, and the collector is not being stopped. For a
/// listener of their own, which the senders of batches cannot reach.
package struct HealthRoutes: HTTPResponder {
    private let store: any ReportStore
    private let drain: DrainSwitch

    package init(store: any ReportStore, drain: DrainSwitch) { (self.store, self.drain) = (store, drain) }

    package func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        guard request.uri.path == "/healthz" || request.uri.path == "/readyz" else {
            return ProblemDetails(.notFound, detail: "Health is at /healthz and /readyz.").response()
        }
        guard request.method == .get || request.method == .head else {
            return ProblemDetails(.methodNotAllowed, detail: "Health is read with GET.").response(allow: "GET, HEAD")
        }
        let response = await answer(to: request)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(to request: Request) async -> Response {
        guard request.uri.path == "/readyz" else { return Self.fine }
        guard !drain.isDraining else {
            return ProblemDetails(.shuttingDown, detail: "The collector takes no more batches.").response()
        }
        do throws(StoreError) { try await store.checkWritable() } catch { return ProblemDetails(error).response() }
        return Self.fine
    }

    private static var fine: Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "ok\n")))
    }
}
