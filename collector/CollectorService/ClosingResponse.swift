internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension ProblemDetails {
    /// The problem as the answer to a request. Whoever has more to send than is read must stop: without the connection's
    /// end it would go on.
    func answer(to request: Request, on channel: any Channel, allow: String? = nil) -> Response {
        let full = response(allow: allow)
        let answer = request.method == .head ? full.createHeadResponse() : full
        guard UploadBody.mayBeTooLarge(request.headers) || token == .shuttingDown else { return answer }
        return answer.closing(channel)
    }
}

extension Response {
    /// The same answer, after which the connection ends and nothing more of it is read.
    ///
    /// A socket that is closed while bytes wait in it is reset, and a reset may overtake the answer. So only our side
    /// is closed at first, and all of it when the client has closed too, or after a second.
    func closing(_ channel: any Channel) -> Response {
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
