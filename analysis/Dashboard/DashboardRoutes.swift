internal import DecoderCommands
internal import Dispatch
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Reports

/// A request with the connection that it came on, which ends with a refusal.
struct DashboardContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// What is answered to whom. Nothing that is asked changes anything, and nothing is kept of who asks.
struct DashboardRoutes: HTTPResponder {
    let address: LoopbackAddress
    let keys: AccessKeys
    let stand: Newsstand
    /// Files are written out one at a time, so that no more than one is in memory twice.
    private let press = DispatchQueue(label: "dither.dashboard.files")

    init(address: LoopbackAddress, keys: AccessKeys, stand: Newsstand) {
        (self.address, self.keys, self.stand) = (address, keys, stand)
    }

    func respond(to request: Request, context: DashboardContext) async throws -> Response {
        let response = await response(to: request)
        // Whoever is refused, or has more to say than is read, gets no second turn on this connection: none is held by
        // somebody who was not let in.
        let isParting = response.status.kind != .successful || Self.hasBody(request.headers)
        return response.answer(to: request, closing: isParting ? context.channel : nil)
    }

    private func response(to request: Request) async -> SafeResponse {
        guard let host = request.head.authority, address.hostFields.contains(host),
            request.headers[values: Self.host].isEmpty
        else {
            return .text(.misdirectedRequest, "This server is \(address), and was called something else.\n")
        }
        guard request.method == .get || request.method == .head else {
            return .text(.methodNotAllowed, "This server is read with GET.\n").with(.allow, "GET, HEAD")
        }
        guard !Self.hasBody(request.headers) else {
            return .text(.badRequest, "This server takes no content. Send the request without.\n")
        }
        if let token = Self.token(in: request.uri.query) {
            return keys.isToken(token) ? entrance(for: request.uri.path) : Self.refusal
        }
        guard keys.isLetIn(cookies: request.headers[values: .cookie]) else { return Self.refusal }
        guard request.uri.path.hasPrefix(keys.folder) else { return Self.absence }
        return await answer(to: String(request.uri.path.dropFirst(keys.folder.count)))
    }

    /// Gives the cookie, and leads to the same place without the token, so that no history and no bookmark holds it.
    private func entrance(for path: String) -> SafeResponse {
        let asked = path.hasPrefix(keys.folder) ? path.dropFirst(keys.folder.count) : path.dropFirst()
        let known = stand.edition?.files[String(asked)] == nil ? "" : String(asked)
        return .text(.seeOther, "Come in.\n").with(.setCookie, keys.setCookie).with(.location, keys.folder + known)
    }

    private func answer(to path: String) async -> SafeResponse {
        guard let (edition, freshness, state) = stand.look(atSeconds: Moment.now) else {
            return .text(.serviceUnavailable, "The first estimate is under way. Try again in a moment.\n")
                .with(.retryAfter, "5")
        }
        switch path {
        case "":
            return .page(
                [edition.head, ByteBuffer(string: freshness.html), edition.tail], policy: edition.policy)
        case "freshness": return .text(.ok, Self.json(edition, freshness, state), type: "application/json")
        default:
            guard let file = edition.files[path] else { return Self.absence }
            let text = await written(file)
            return .text(.ok, text, type: file.format == .csv ? "text/csv; charset=utf-8" : "application/json")
                .saved(as: file.name)
        }
    }

    private func written(_ file: Edition.File) async -> String {
        await withCheckedContinuation { continuation in
            press.async { continuation.resume(returning: file.figures.rendered(as: file.format)) }
        }
    }

    private static func json(_ edition: Edition, _ freshness: PageFreshness, _ state: String) -> String {
        let age = max(0, Moment.now - edition.startInSeconds)
        let members: [(String, JSONOutput)] = [
            ("edition", .cell(.text(freshness.edition))), ("state", .cell(.text(state))),
            ("estimated_at", .cell(.text(Moment.stamp(at: edition.startInSeconds)))),
            ("age_seconds", .cell(.integer(Int(age)))), ("age", .cell(.text(freshness.age))),
            ("news", .cell(.text(freshness.news))),
        ]
        return JSONOutput.object(members).rendered + "\n"
    }

    private static let refusal = SafeResponse.text(
        .forbidden, "Open the address that dither dashboard has printed: its token lets you in.\n")

    private static let absence = SafeResponse.text(
        .notFound, "There is nothing of this name. The page links to all that there is.\n")

    /// A second `Host`: the first one is no field any more.
    private static let host: HTTPField.Name = {
        guard let name = HTTPField.Name("host") else { preconditionFailure("host is a name of a field") }
        return name
    }()

    private static func hasBody(_ headers: HTTPFields) -> Bool {
        headers[.transferEncoding] != nil || headers[values: .contentLength].contains { $0 != "0" }
    }

    /// The value of the first `token` of a query. Ours are of digits and letters a to f, which nobody has to encode.
    private static func token(in query: String?) -> Substring? {
        let pairs = query?.split(separator: "&") ?? []
        return pairs.first { $0.hasPrefix("token=") }?.dropFirst("token=".count)
    }
}
