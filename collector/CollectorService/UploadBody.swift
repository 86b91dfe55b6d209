internal import HTTPTypes
package import Hummingbird
internal import NIOCore
internal import NIOHTTPTypes
internal import ReportFormat

/// Reads the body of an upload, never more of it than a batch may have.
package enum UploadBody {
    /// Whether the headers leave open, or rule out, that the body is small enough to be read to its end.
    static func mayBeTooLarge(_ headers: HTTPFields) -> Bool {
        if let announced = headers[.contentLength] {
            return Int(announced).map { $0 > WireLimits.batchByteCount } ?? true
        }
        return headers[.transferEncoding] != nil
    }

    /// Asks for a body whose sender waits for that, as `Expect: 100-continue` says (RFC 9110, section 10.1.1); not if its
    /// announced length is above the limit, which ``read(_:)`` says then.
    static func invite(_ request: Request, on channel: any Channel) async throws {
        guard request.headers[.expect]?.lowercased() == "100-continue",
            request.headers[.contentLength].map({ Int($0) ?? .max <= WireLimits.batchByteCount }) ?? true
        else { return }
        try await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
    }

    /// The bytes of the body.
    ///
    /// - Throws: ``ProblemDetails``: before anything is read if the announced length is above the limit, and as soon
    ///   as more than the limit has come. Otherwise what the connection throws.
    package static func read(_ request: Request) async throws -> [UInt8] {
        let tooLarge = ProblemDetails(
            .batchTooLarge, detail: "A batch has at most \(WireLimits.batchByteCount) bytes. Send halves of it.")
        var bytes: [UInt8] = []
        if let announced = request.headers[.contentLength] {
            guard let byteCount = Int(announced), byteCount <= WireLimits.batchByteCount else { throw tooLarge }
            bytes.reserveCapacity(byteCount)
        }
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= WireLimits.batchByteCount else { throw tooLarge }
            bytes.append(contentsOf: part.readableBytesView)
        }
        return bytes
    }
}
