internal import CCurl
internal import ReportFormat

/// Posts batches through libcurl: certificates verified, no redirects, no cookies, fixed headers, bounded in time and in
/// what it reads. One uploader belongs to one thread at a time.
package final class ReportUploader {
    /// The longest answer that is read, in bytes: a rejection with a code of 64 letters for each report of a batch.
    static let answerLimit = 131_072

    private let handle: UnsafeMutableRawPointer
    private let headers: UnsafeMutablePointer<curl_slist>?
    private let answer = AnswerBuffer(limit: ReportUploader.answerLimit)

    /// An uploader to `endpoint`.
    ///
    /// - Parameters:
    ///   - certificateFile: a PEM file of the authorities to trust instead of the system's.
    ///   - reusesConnection: whether batches share a connection. A device's do not, since that would link them; a
    ///     simulated fleet's do.
    /// - Throws: ``AgentError/transport(code:)``.
    package init(
        endpoint: Endpoint, certificateFile: String? = nil, reusesConnection: Bool = false
    ) throws(AgentError) {
        guard Self.isReady, let handle = curl_easy_init() else {
            throw .transport(code: Int(CURLE_FAILED_INIT.rawValue))
        }
        self.handle = handle
        var list: UnsafeMutablePointer<curl_slist>?
        for header in ["Content-Type: \(WireLimits.mediaType)", "User-Agent: dither/1", "Accept:", "Expect:"] {
            list = curl_slist_append(list, header)
        }
        headers = list
        var failed = CURLE_OK
        func set(_ code: CURLcode) { if failed == CURLE_OK { failed = code } }
        set(dither_curl_set_string(handle, CURLOPT_URL, endpoint.reportsURL))
        set(dither_curl_set_string(handle, CURLOPT_PROTOCOLS_STR, endpoint.isPlainHTTP ? "http" : "https"))
        set(dither_curl_set_list(handle, CURLOPT_HTTPHEADER, headers))
        if endpoint.isLoopback { set(dither_curl_set_string(handle, CURLOPT_PROXY, "")) }
        if let certificateFile {
            set(dither_curl_set_string(handle, CURLOPT_CAINFO, certificateFile))
            // Instead of the system's authorities, not besides them.
            set(dither_curl_set_string(handle, CURLOPT_CAPATH, nil))
        }
        for (option, value) in Self.options { set(dither_curl_set_long(handle, option, value)) }
        set(dither_curl_set_long(handle, CURLOPT_FORBID_REUSE, reusesConnection ? 0 : 1))
        set(
            dither_curl_set_write(
                handle,
                { bytes, size, count, context in
                    guard let bytes, let context else { return 0 }
                    let buffer = Unmanaged<AnswerBuffer>.fromOpaque(context).takeUnretainedValue()
                    return buffer.append(UnsafeRawBufferPointer(start: bytes, count: size * count))
                }, Unmanaged.passUnretained(answer).toOpaque()))
        guard failed == CURLE_OK else { throw .transport(code: Int(failed.rawValue)) }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headers)
    }

    /// Posts one batch and waits for the answer, at most half a minute.
    package func post(_ body: [UInt8]) -> UploadOutcome {
        answer.clear()
        let code = body.withUnsafeBytes { bytes in
            dither_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
            dither_curl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress)
            return curl_easy_perform(handle)
        }
        guard code == CURLE_OK else { return .failed(.transport(code: Int(code.rawValue))) }
        var (status, retryAfter) = (0, curl_off_t(0))
        var contentType: UnsafeMutablePointer<CChar>?
        dither_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        dither_curl_get_offset(handle, CURLINFO_RETRY_AFTER, &retryAfter)
        dither_curl_get_string(handle, CURLINFO_CONTENT_TYPE, &contentType)
        return ServerAnswer(
            status: status, contentType: contentType.map { String(cString: $0) } ?? "",
            retryAfterSeconds: Int64(retryAfter), body: answer.bytes
        ).outcome
    }

    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private static let options: [(CURLoption, Int)] = [
        (CURLOPT_POST, 1),
        (CURLOPT_FOLLOWLOCATION, 0),
        (CURLOPT_NOSIGNAL, 1),
        (CURLOPT_CONNECTTIMEOUT_MS, 10_000),
        (CURLOPT_TIMEOUT_MS, 30_000),
        (CURLOPT_SSL_VERIFYPEER, 1),
        (CURLOPT_SSL_VERIFYHOST, 2),
        (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
        (CURLOPT_SSL_SESSIONID_CACHE, 0),
        (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
    ]
}

/// What came back, up to a limit; one byte more ends the exchange.
private final class AnswerBuffer {
    private(set) var bytes: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func clear() { bytes.removeAll(keepingCapacity: true) }

    /// Takes all of `chunk`, or nothing and thereby stops libcurl.
    func append(_ chunk: UnsafeRawBufferPointer) -> Int {
        guard bytes.count + chunk.count <= limit else { return 0 }
        bytes.append(contentsOf: chunk)
        return chunk.count
    }
}
