internal import HTTPTypes
package import Hummingbird
internal import MetricDefinitions
internal import NIOCore

/// `GET /v1/registry`: the same bytes for everyone, so that nobody can be told apart by the metrics he was given.
package struct RegistryRoute: HTTPResponder {
    static let path = "/v1/registry"

    private let metrics: ServedMetrics
    private let figures: IngestFigures

    package init(_ metrics: ServedMetrics, figures: IngestFigures = IngestFigures()) {
        (self.metrics, self.figures) = (metrics, figures)
    }

    package func respond(to request: Request, context: UploadContext) async throws -> Response {
        let full: Response
        do throws(ProblemDetails) { full = try answer(to: request) } catch {
            figures.count(error.token)
            full = error.response(allow: "GET, HEAD")
        }
        let response = request.method == .head ? full.createHeadResponse() : full
        // A body means nothing here. One that is too long to be read past ends the connection.
        return UploadBody.mayBeTooLarge(request.headers) ? response.closing(context.channel) : response
    }

    private func answer(to request: Request) throws(ProblemDetails) -> Response {
        guard request.method == .get || request.method == .head else {
            throw ProblemDetails(.methodNotAllowed, detail: "The metric set is read with GET.")
        }
        guard let registry = metrics.current.registry else {
            throw ProblemDetails(.noRegistry, detail: "This collector publishes no metric set.")
        }
        var headers: HTTPFields = [.eTag: registry.entityTag, .cacheControl: "public, max-age=3600"]
        guard !Self.isKnown(registry.entityTag, to: request.headers[values: .ifNoneMatch]) else {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = SignedMetricSet.mediaType
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: registry.bytes)))
    }

    /// Whether a list of entity tags names this one, or all (RFC 9110, 13.1.2); for reading, weak tags are as good.
    ///
    /// No entity tag of ours holds a comma, so a list falls apart at its commas.
    private static func isKnown(_ entityTag: String, to fields: [String]) -> Bool {
        fields.flatMap { $0.split(separator: ",") }.contains { item in
            let tag = item.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            return tag == "*" || tag == entityTag || tag == "W/" + entityTag
        }
    }
}

/// What the senders of batches can reach.
package struct PublicRoutes: HTTPResponder {
    private let uploads: UploadRoute
    private let registry: RegistryRoute
    private let rate: RequestRate
    private let figures: IngestFigures

    package init(
        uploads: UploadRoute, registry: RegistryRoute, rate: RequestRate = RequestRate(limit: 0),
        figures: IngestFigures = IngestFigures()
    ) {
        (self.uploads, self.registry, self.rate, self.figures) = (uploads, registry, rate, figures)
    }

    package func respond(to request: Request, context: UploadContext) async throws -> Response {
        guard !rate.isExceeded(by: AddressPrefix(context.channel.remoteAddress)) else {
            figures.count(.rateLimited)
            return ProblemDetails(.rateLimited, detail: "Send the same request again later.")
                .answer(to: request, on: context.channel)
        }
        return request.uri.path == RegistryRoute.path
            ? try await registry.respond(to: request, context: context)
            : try await uploads.respond(to: request, context: context)
    }
}
