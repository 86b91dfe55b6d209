internal import CCurl

/// One kind of request to a collector through libcurl: certificates verified, no redirects, no cookies, no resumed
/// sessions, fixed headers, bounded in time and in what it reads. Belongs to one thread at a time.
final class CollectorExchange {
    /// What a request says.
    struct Request {
        var url: String
        var headers: [String]
        var isPost: Bool
        /// The longest answer that is read, in bytes.
        var answerLimit: Int
    }

    /// How a request ended.
    enum Ending {
        /// With an answer, whoever gave it.
        case answered(ServerAnswer, date: Int64?)
        /// libcurl could not finish it; the code is its own.
        case failed(code: Int)
        /// It was broken off on this side.
        case interrupted
    }

    private static let connectMilliseconds = 10_000
    static let longestMilliseconds = 30_000
    /// How often at least an exchange is asked whether it is still wanted.
    private static let pollMilliseconds: Int32 = 100

    private let handle: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private let headers: UnsafeMutablePointer<curl_slist>?
    private let control: TransferControl
    private let answer: AnswerBuffer

    /// - Throws: ``AgentError/transport(code:)``.
    init(
        _ request: Request, to endpoint: Endpoint, certificateFile: String?, keyPin: KeyPin?, reusesConnection: Bool,
        control: TransferControl
    ) throws(AgentError) {
        guard Self.isReady, let handle = curl_easy_init() else {
            throw .transport(code: Int(CURLE_FAILED_INIT.rawValue))
        }
        guard let multi = curl_multi_init() else {
            curl_easy_cleanup(handle)
            throw .transport(code: Int(CURLE_FAILED_INIT.rawValue))
        }
        (self.handle, self.multi, self.control) = (handle, multi, control)
        answer = AnswerBuffer(limit: request.answerLimit)
        var list: UnsafeMutablePointer<curl_slist>?
        for header in request.headers { list = curl_slist_append(list, header) }
        headers = list
        var failed = CURLE_OK
        func set(_ code: CURLcode) { if failed == CURLE_OK { failed = code } }
        set(dither_curl_set_string(handle, CURLOPT_URL, request.url))
        set(dither_curl_set_long(handle, request.isPost ? CURLOPT_POST : CURLOPT_HTTPGET, 1))
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

    /// Sends the request, with a body if it is a post, and waits for the answer.
    func perform(sending body: [UInt8] = [], until deadline: Deadline, isCancelled: () -> Bool) -> Ending {
        answer.clear()
        let milliseconds = min(Self.longestMilliseconds, deadline.remainingMilliseconds)
        // For libcurl zero is no limit at all.
        dither_curl_set_long(handle, CURLOPT_TIMEOUT_MS, max(1, milliseconds))
        dither_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, max(1, min(Self.connectMilliseconds, milliseconds)))
        let code = body.withUnsafeBytes { bytes in
            if !bytes.isEmpty {
                dither_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
                dither_curl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress)
            }
            return withoutPipeSignal { control.waking(multi) { run(isCancelled: isCancelled) } }
        }
        guard let code else { return .interrupted }
        return code == CURLE_OK ? received() : .failed(code: Int(code.rawValue))
    }

    /// Runs the exchange to its end; `nil` if it was broken off.
    private func run(isCancelled: () -> Bool) -> CURLcode? {
        guard !isCancelled() else { return nil }
        guard curl_multi_add_handle(multi, handle) == CURLM_OK else { return CURLE_FAILED_INIT }
        // Breaks the connection off if the exchange is not over.
        defer { curl_multi_remove_handle(multi, handle) }
        while true {
            var (running, code): (Int32, CURLcode) = (0, CURLE_OK)
            guard curl_multi_perform(multi, &running) == CURLM_OK else { return CURLE_FAILED_INIT }
            if dither_curl_finished(multi, &code) != 0 { return code }
            guard running > 0 else { return CURLE_FAILED_INIT }
            let polled = ForkGuard.shared.atRest { curl_multi_poll(multi, nil, 0, Self.pollMilliseconds, nil) }
            guard polled == CURLM_OK else {
                return CURLE_FAILED_INIT
            }
            guard !isCancelled() else { return nil }
        }
    }

    private func received() -> Ending {
        var (status, retryAfter) = (0, curl_off_t(0))
        var contentType: UnsafeMutablePointer<CChar>?
        dither_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        dither_curl_get_offset(handle, CURLINFO_RETRY_AFTER, &retryAfter)
        dither_curl_get_string(handle, CURLINFO_CONTENT_TYPE, &contentType)
        let received = ServerAnswer(
            status: status, contentType: contentType.map { String(cString: $0) } ?? "",
            retryAfterSeconds: Int64(retryAfter), body: answer.bytes)
        let date = dither_curl_answer_header(handle, "Date").map { Int64(curl_getdate($0, nil)) }
        return .answered(received, date: date.flatMap { $0 > 0 ? $0 : nil })
    }

    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private static let options: [(CURLoption, Int)] = [
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
