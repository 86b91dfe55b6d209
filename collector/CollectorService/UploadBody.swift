internal import HTTPTypes
package import Hummingbird
internal import NIOCore
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
