internal import HTTPTypes
package import Hummingbird
internal import NIOCore
internal import ReportFormat

/// A request with the connection that it came on, which a refusal may have to close.
package struct UploadContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// `POST /v1/reports`, and a word about every other request. Keeps and logs nothing about the sender.
package struct UploadRoute: HTTPResponder {
    static let path = "/v1/reports"

    private let intake: BatchIntake
    private let drain: DrainSwitch
    private let gatekeeper: Gatekeeper
    private let figures: IngestFigures

    package init(
        intake: BatchIntake, drain: DrainSwitch, gatekeeper: Gatekeeper = Gatekeeper(),
        figures: IngestFigures = IngestFigures()
    ) {
        (self.intake, self.drain, self.gatekeeper, self.figures) = (intake, drain, gatekeeper, figures)
    }

    package func respond(to request: Request, context: UploadContext) async throws -> Response {
        do {
            let token = try check(request)
            try await UploadBody.invite(request, on: context.channel)
            let rejected = try await intake.take(try await UploadBody.read(request), under: token)
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: Self.json(rejected))))
        } catch let problem as ProblemDetails {
            figures.count(problem.token)
            return problem.answer(to: request, on: context.channel, allow: "POST")
        }
    }

    /// Looks at all but the body.
    ///
    /// - Returns: the token under which the batch comes, if tokens are asked for.
    private func check(_ request: Request) throws(ProblemDetails) -> AccessToken? {
        guard request.uri.path == Self.path else {
            throw ProblemDetails(.notFound, detail: "Batches are posted to \(Self.path).")
        }
        guard request.method == .post else {
            throw ProblemDetails(.methodNotAllowed, detail: "Batches are sent with POST.")
        }
        guard !drain.isDraining else {
            throw ProblemDetails(.shuttingDown, detail: "Send the same batch again later.")
        }
        let token = try gatekeeper.current.mayIngest(request.headers).token()
        guard let type = request.headers[.contentType], Self.mediaType(of: type) == WireLimits.mediaType else {
            throw ProblemDetails(.unsupportedMediaType, detail: "The Content-Type must be \(WireLimits.mediaType).")
        }
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw ProblemDetails(.unsupportedEncoding, detail: "A batch is sent without Content-Encoding.")
        }
        return token
    }

    /// A Content-Type without its parameters, before which RFC 9110 allows spaces and tabs.
    private static func mediaType(of contentType: String) -> String {
        var type = contentType.prefix { $0 != ";" }
        while type.last == " " || type.last == "\t" { type.removeLast() }
        return type.lowercased()
    }

    /// `{"rejected":[{"index":0,"code":"unknown_metric"},…]}`
    private static func json(_ rejected: [Rejection]) -> String {
        let items = rejected.map { "{\"index\":\($0.index),\"code\":\"\($0.code.rawValue)\"}" }
        return "{\"rejected\":[" + items.joined(separator: ",") + "]}"
    }
}
