internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// What a dashboard answers: with every field that keeps browsers from showing it elsewhere, keeping it, or telling of it.
struct SafeResponse {
    var status: HTTPResponse.Status
    var fields: HTTPFields
    var body: ResponseBody

    private init(_ status: HTTPResponse.Status, type: String, policy: String, body: ResponseBody) {
        (self.status, self.body) = (status, body)
        fields = [
            .contentType: type, .contentSecurityPolicy: policy + "; frame-ancestors 'none'",
            .xContentTypeOptions: "nosniff", .cacheControl: "no-store",
        ]
        for (name, value) in Self.fixedFields { fields[name] = value }
    }

    /// A page in parts, which are not copied.
    static func page(_ parts: [ByteBuffer], policy: String) -> SafeResponse {
        SafeResponse(.ok, type: "text/html; charset=utf-8", policy: policy, body: ResponseBody(contentsOf: parts))
    }

    /// What is no page. Shown by itself it may do nothing.
    static func text(
        _ status: HTTPResponse.Status, _ text: String, type: String = "text/plain; charset=utf-8"
    ) -> SafeResponse {
        SafeResponse(
            status, type: type, policy: "default-src 'none'; sandbox",
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// The same, to be saved as a file. The name holds letters, digits, `_`, `-` and `.` alone.
    func saved(as name: String) -> SafeResponse {
        var response = self
        response.fields[.contentDisposition] = "attachment; filename=\"\(name)\""
        return response
    }

    /// The same with another field.
    func with(_ name: HTTPField.Name, _ value: String) -> SafeResponse {
        var response = self
        response.fields[name] = value
        return response
    }

    /// - Parameter parting: the connection, if it ends with this answer.
    func answer(to request: Request, closing parting: (any Channel)?) -> Response {
        let full = Response(status: status, headers: fields, body: body)
        let response = request.method == .head ? full.createHeadResponse() : full
        return parting.map(response.closing) ?? response
    }

    private static let fixedFields: [(HTTPField.Name, String)] = [
        ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Embedder-Policy", "require-corp"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}

extension Response {
    /// The same answer, after which the connection ends and nothing more of it is read.
    ///
    /// A socket that is closed while bytes wait in it is reset, and a reset may overtake the answer. So only our side is
    /// closed at first, and all of it when the other has closed too, or after a second.
    fileprivate func closing(_ channel: any Channel) -> Response {
        var response = self
        response.headers[.connection] = "close"
        let content = body
        response.body = ResponseBody(contentLength: content.contentLength) { writer in
            try await content.write(writer)
            let deadline = channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
            try? await channel.close(mode: .output)
            try? await channel.closeFuture.get()
            deadline.cancel()
        }
        return response
    }
}
