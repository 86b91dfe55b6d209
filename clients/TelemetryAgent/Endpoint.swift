internal import CCurl

/// Where reports go: https, or plain http on this machine only.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// The URL of the collector, without a trailing slash.
    public let url: String
    /// Whether the URL is plain http, and so on loopback.
    public let isPlainHTTP: Bool
    /// Whether the host is this machine.
    let isLoopback: Bool

    /// The endpoint at `text`, such as `https://telemetry.example` or `http://127.0.0.1:8080`.
    ///
    /// - Throws: ``AgentError/endpoint(_:)``.
    public init(_ text: String) throws(AgentError) {
        guard text.utf8.count <= 2_000, let handle = curl_url() else {
            throw .endpoint(.malformed)
        }
        defer { curl_url_cleanup(handle) }
        guard curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK,
            let scheme = Self.part(CURLUPART_SCHEME, of: handle), let host = Self.part(CURLUPART_HOST, of: handle)
        else { throw .endpoint(.malformed) }
        // libcurl does not report a fragment that is empty.
        guard !text.utf8.contains(UInt8(ascii: "#")) else { throw .endpoint(.superfluousPart) }
        for part in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT]
        where Self.part(part, of: handle) != nil {
            throw .endpoint(.superfluousPart)
        }
        isLoopback = Self.isLoopback(host)
        switch scheme {
        case "https": isPlainHTTP = false
        case "http": isPlainHTTP = true
        default: throw .endpoint(.unsupportedScheme)
        }
        guard !isPlainHTTP || isLoopback else { throw .endpoint(.plainHTTPToOtherHost) }
        url = text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// Where batches are posted.
    var reportsURL: String { url + "/v1/reports" }

    public var description: String { url }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
