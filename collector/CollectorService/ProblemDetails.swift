internal import HTTPTypes
internal import Hummingbird
internal import ReportFormat

/// An error as a client sees it (RFC 9457). The type tells an agent that a collector speaks, and no proxy.
package struct ProblemDetails: Error, Hashable, Sendable {
    /// What went wrong, as the last part of `urn:dither:error:…`.
    package enum Token: String, Hashable, Sendable, CaseIterable {
        case notFound = "not_found"
        case noRegistry = "no_registry"
        case methodNotAllowed = "method_not_allowed"
        case unauthorized
        case forbidden
        case gone
        case rateLimited = "rate_limited"
        case unsupportedMediaType = "unsupported_media_type"
        case unsupportedEncoding = "unsupported_encoding"
        case batchTooLarge = "batch_too_large"
        case malformedBatch = "malformed_batch"
        case storageUnavailable = "storage_unavailable"
        case overloaded
        case shuttingDown = "shutting_down"
    }

    package var token: Token
    /// What was wrong with this very request; nothing that a client sent is repeated but numbers.
    package var detail: String
    /// The metric that it is about, if it is about one.
    package var metric: UInt32?

    package init(_ token: Token, detail: String) { (self.token, self.detail) = (token, detail) }

    /// Tells a sender to end a metric for good.
    init(retiredMetric metric: UInt32) {
        self.init(.gone, detail: "Metric \(metric) is retired. Send the other reports in a new batch.")
        self.metric = metric
    }

    /// The HTTP status.
    package var status: Int {
        switch token {
        case .notFound, .noRegistry: 404
        case .methodNotAllowed: 405
        case .unauthorized: 401
        case .forbidden: 403
        case .gone: 410
        case .rateLimited: 429
        case .batchTooLarge: 413
        case .unsupportedMediaType, .unsupportedEncoding: 415
        case .malformedBatch: 400
        case .storageUnavailable, .overloaded, .shuttingDown: 503
        }
    }

    /// After how many seconds to try again.
    package var retryAfterSeconds: Int? {
        switch token {
        case .storageUnavailable: 30
        case .rateLimited: RequestRate.retryAfterSeconds
        case .overloaded, .shuttingDown: 5
        default: nil
        }
    }

    private var title: String {
        switch token {
        case .notFound: "There is nothing here"
        case .noRegistry: "No metric set is published here"
        case .methodNotAllowed: "The method is not allowed here"
        case .unauthorized: "A token is missing or is not known"
        case .forbidden: "The token does not allow this"
        case .gone: "A metric is retired"
        case .rateLimited: "Too many requests come from this address"
        case .unsupportedMediaType: "The media type is not supported"
        case .unsupportedEncoding: "The content encoding is not supported"
        case .batchTooLarge: "The batch is too large"
        case .malformedBatch: "The body is not a batch"
        case .storageUnavailable: "Reports cannot be stored at the moment"
        case .overloaded: "Too many batches are waiting"
        case .shuttingDown: "The collector is being stopped"
        }
    }

    /// The `application/problem+json` body.
    package var json: String {
        "{\"type\":\"\(WireLimits.errorPrefix)\(token.rawValue)\",\"title\":\"\(title)\","
            + "\"status\":\(status),\"detail\":\"\(detail)\"\(metric.map { ",\"metric\":\($0)" } ?? "")}"
    }

    /// The answer.
    ///
    /// - Parameter allow: the methods of the route, which a 405 has to name.
    func response(allow: String? = nil) -> Response {
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        if token == .methodNotAllowed { headers[.allow] = allow }
        if token == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        return Response(
            status: HTTPResponse.Status(code: status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: json)))
    }
}

extension ProblemDetails {
    /// What a failure of the store is to a client.
    package init(_ error: StoreError) {
        switch error {
        case .overloaded: self.init(.overloaded, detail: "Send the same batch again later.")
        case .closed: self.init(.shuttingDown, detail: "Send the same batch again later.")
        default: self.init(.storageUnavailable, detail: "Nothing was stored. Send the same batch again later.")
        }
    }

    /// What bytes that are no batch are to a client: which rule they break, and where.
    init(_ error: BatchError) {
        let detail =
            switch error {
            case .notASizeClass(let byteCount): "\(byteCount) bytes are none of the size classes."
            case .wrongMagic: "The first four bytes are not DTHR."
            case .unsupportedVersion(let version): "Byte 4 names version \(version), which is not supported."
            case .reservedByteSet(let offset): "The reserved byte \(offset) is not zero."
            case .reportCountOutOfRange(let count): "Bytes 6 and 7 announce \(count) reports."
            case .periodOutOfRange(let offset): "The period at byte \(offset) is after the year 9999."
            case .payloadByteCountOutOfRange(let offset, let byteCount):
                "The payload length at byte \(offset) is \(byteCount)."
            case .truncated(let offset): "The batch ends inside the record at byte \(offset)."
            case .notCanonical(let offset):
                "From byte \(offset) on there should be zeros up to the smallest size class that fits."
            }
        self.init(.malformedBatch, detail: detail)
    }
}
