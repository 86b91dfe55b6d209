internal import CCurl
internal import ReportFormat

/// Posts batches through libcurl: certificates verified, no redirects, no cookies, no resumed sessions, fixed headers,
/// bounded in time and in what it reads. One uploader belongs to one thread at a time.
package final class ReportUploader {
    /// The longest answer that is read, in bytes: a rejection with a code of 64 letters for each report of a batch.
    static let answerLimit = 131_072
    private static let connectMilliseconds = 10_000
    private static let exchangeMilliseconds = 30_000
    /// How often at least an exchange is asked whether it is still wanted.
    private static let pollMilliseconds: Int32 = 100

    private let handle: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private let headers: UnsafeMutablePointer<curl_slist>?
    private let control: TransferControl
    private let answer = AnswerBuffer(limit: ReportUploader.answerLimit)

    /// What came of one exchange.
    package struct Exchange: Sendable {
        /// What it means for the batch.
        package var outcome: UploadOutcome
        /// The HTTP status, if an answer came.
        package var status: Int?
        /// The collector's clock, in seconds since the epoch, if a collector answered and said.
        package var collectorSeconds: Int64?
    }

    /// An uploader to `endpoint`.
    ///
    /// - Parameters:
    ///   - certificateFile: a PEM file of the authorities to trust instead of the system's.
    ///   - keyPin: the keys that the collector may have.
    ///   - reusesConnection: whether batches share a connection. A device's do not, since that would link them; a
    ///     simulated fleet's do.
    /// - Throws: ``AgentError/transport(code:)``.
    package convenience init(
        endpoint: Endpoint, certificateFile: String? = nil, keyPin: KeyPin? = nil, reusesConnection: Bool = false
    ) throws(AgentError) {
        try self.init(
            endpoint: endpoint, certificateFile: certificateFile, keyPin: keyPin, reusesConnection: reusesConnection,
            control: TransferControl())
    }

    init(
        endpoint: Endpoint, certificateFile: String?, keyPin: KeyPin?, reusesConnection: Bool, control: TransferControl
    ) throws(AgentError) {
        guard Self.isReady, let handle = curl_easy_init() else {
            throw .transport(code: Int(CURLE_FAILED_INIT.rawValue))
        }
        guard let multi = curl_multi_init() else {
            curl_easy_cleanup(handle)
            throw .transport(code: Int(CURLE_FAILED_INIT.rawValue))
        }
        (self.handle, self.multi, self.control) = (handle, multi, control)
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
        if let keyPin { set(dither_curl_set_string(handle, CURLOPT_PINNEDPUBLICKEY, keyPin.text)) }
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
        curl_multi_cleanup(multi)
        curl_slist_free_all(headers)
    }

    /// Posts one batch and waits for the answer.
    ///
    /// - Parameters:
    ///   - deadline: when to give up; half a minute from here if that is sooner.
    ///   - isCancelled: asked before anything is sent and then ten times a second; a yes breaks the exchange off.
    package func post(_ body: [UInt8], isCancelled: () -> Bool = { false }) -> Exchange {
        post(body, until: Deadline(milliseconds: Self.exchangeMilliseconds), isCancelled: isCancelled)
    }

    func post(_ body: [UInt8], until deadline: Deadline, isCancelled: () -> Bool) -> Exchange {
        answer.clear()
        let milliseconds = min(Self.exchangeMilliseconds, deadline.remainingMilliseconds)
        // For libcurl zero is no limit at all.
        dither_curl_set_long(handle, CURLOPT_TIMEOUT_MS, max(1, milliseconds))
        dither_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, max(1, min(Self.connectMilliseconds, milliseconds)))
        let code = body.withUnsafeBytes { bytes in
            dither_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
            dither_curl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress)
            return withoutPipeSignal { control.waking(multi) { perform(isCancelled: isCancelled) } }
        }
        guard let code else { return Exchange(outcome: .failed(.interrupted)) }
        guard code == CURLE_OK else { return Exchange(outcome: .failed(.transport(code: Int(code.rawValue)))) }
        return exchange()
    }

    /// Runs the exchange to its end; `nil` if it was broken off.
    private func perform(isCancelled: () -> Bool) -> CURLcode? {
        guard !isCancelled() else { return nil }
        guard curl_multi_add_handle(multi, handle) == CURLM_OK else { return CURLE_FAILED_INIT }
        // Breaks the connection off if the exchange is not over.
        defer { curl_multi_remove_handle(multi, handle) }
        while true {
            var (running, code): (Int32, CURLcode) = (0, CURLE_OK)
            guard curl_multi_perform(multi, &running) == CURLM_OK else { return CURLE_FAILED_INIT }
            if dither_curl_finished(multi, &code) != 0 { return code }
            guard running > 0 else { return CURLE_FAILED_INIT }
            guard curl_multi_poll(multi, nil, 0, Self.pollMilliseconds, nil) == CURLM_OK else {
                return CURLE_FAILED_INIT
            }
            guard !isCancelled() else { return nil }
        }
    }

    private func exchange() -> Exchange {
        var (status, retryAfter) = (0, curl_off_t(0))
        var contentType: UnsafeMutablePointer<CChar>?
        dither_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        dither_curl_get_offset(handle, CURLINFO_RETRY_AFTER, &retryAfter)
        dither_curl_get_string(handle, CURLINFO_CONTENT_TYPE, &contentType)
        let received = ServerAnswer(
            status: status, contentType: contentType.map { String(cString: $0) } ?? "",
            retryAfterSeconds: Int64(retryAfter), body: answer.bytes)
        var exchange = Exchange(outcome: received.outcome, status: status)
        if received.isFromCollector, let date = dither_curl_answer_header(handle, "Date") {
            let seconds = curl_getdate(date, nil)
            if seconds > 0 { exchange.collectorSeconds = Int64(seconds) }
        }
        return exchange
    }

    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private static let options: [(CURLoption, Int)] = [
        (CURLOPT_POST, 1),
        (CURLOPT_FOLLOWLOCATION, 0),
        (CURLOPT_NOSIGNAL, 1),
        (CURLOPT_SSL_VERIFYPEER, 1),
        (CURLOPT_SSL_VERIFYHOST, 2),
        (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
        (CURLOPT_SSL_SESSIONID_CACHE, 0),
        (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
        // A proxy sees none of the headers, and what it says of itself is not the collector's.
        (CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE)),
        (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
        // An exchange that is broken off does not wait for a name server.
        (CURLOPT_QUICK_EXIT, 1),
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
