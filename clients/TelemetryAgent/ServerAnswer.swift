internal import ReportFormat

/// What an answer means for the batch that was posted.
package enum UploadOutcome: Hashable, Sendable {
    /// The collector has the batch; the listed reports it refuses for good.
    case delivered(refused: [RefusedReport])
    /// The collector refuses the whole batch for good.
    case refused(token: String)
    /// The collector takes no report of this metric any more.
    case retired(metric: RetiredMetric, token: String)
    /// The collector wants smaller batches.
    case tooLarge
    /// Try again later.
    case failed(UploadFailure)
}

/// A report that a collector refuses for good.
public struct RefusedReport: Hashable, Sendable {
    /// The place of the report in its batch, from 0.
    public var index: Int
    /// The collector's reason.
    public var code: String
}

/// How a collector names a metric that it has retired.
package enum RetiredMetric: Hashable, Sendable {
    case identifier(UInt32)
    case name(String)
}

/// Why a batch did not arrive; the agent keeps it.
public enum UploadFailure: Hashable, Sendable {
    /// libcurl could not finish the exchange; the code is its own.
    case transport(code: Int)
    /// The collector is busy, full or being stopped.
    case unavailable(status: Int, retryAfterSeconds: Int64?)
    /// The collector wants a credential, or refuses ours.
    case credential(status: Int)
    /// The answer does not come from a collector: a captive portal, a proxy, another service.
    case notACollector(status: Int)
    /// The exchange was broken off on this side: consent was withdrawn, or the agent is being closed.
    case interrupted
}

/// An HTTP answer as libcurl hands it over.
package struct ServerAnswer {
    /// The longest that a collector's `Retry-After`, or its want of another credential, keeps an agent waiting.
    static let longestRetryAfterSeconds: Int64 = 86_400

    package var status: Int
    package var contentType: String
    package var retryAfterSeconds: Int64
    package var body: [UInt8]
    /// How many reports the batch has that was posted; a collector refuses no other.
    var reportCount = WireLimits.reportsPerBatch

    package init(status: Int, contentType: String, retryAfterSeconds: Int64, body: [UInt8]) {
        (self.status, self.contentType) = (status, contentType)
        (self.retryAfterSeconds, self.body) = (retryAfterSeconds, body)
    }

    /// Whether the answer is one that a collector alone can give.
    var isFromCollector: Bool {
        if status == 200 { return contentType.hasPrefix("application/json") && refused != nil }
        return problem != nil
    }

    /// What the answer means. A batch is given up only on a word that a collector alone can say.
    package var outcome: UploadOutcome {
        if status == 200 {
            guard contentType.hasPrefix("application/json"), let refused else {
                return .failed(.notACollector(status: status))
            }
            return .delivered(refused: refused)
        }
        guard let (token, metric) = problem else {
            return .failed(
                isTransientStatus
                    ? .unavailable(status: status, retryAfterSeconds: retryAfter) : .notACollector(status: status))
        }
        switch status {
        case 413: return .tooLarge
        case 410 where metric != nil:
            guard let metric else { return .refused(token: token) }
            return .retired(metric: metric, token: token)
        case 400, 404, 405, 410, 415, 422: return .refused(token: token)
        case 401, 403: return .failed(.credential(status: status))
        default: return .failed(.unavailable(status: status, retryAfterSeconds: retryAfter))
        }
    }

    private var isTransientStatus: Bool { status == 429 || (500...599).contains(status) }

    private var retryAfter: Int64? {
        retryAfterSeconds > 0 ? min(retryAfterSeconds, Self.longestRetryAfterSeconds) : nil
    }

    /// What a delivery's list says; `nil` for what no collector writes, such as a report that was not sent or is refused
    /// twice: a list without end would drive everything else out of the journal.
    private var refused: [RefusedReport]? {
        guard case .object(let members)? = try? JSONValue(parsing: body), members.count == 1,
            case .array(let rejected)? = members["rejected"]
        else { return nil }
        guard rejected.count <= reportCount else { return nil }
        var reports: [RefusedReport] = []
        var isRefused = [Bool](repeating: false, count: reportCount)
        for element in rejected {
            guard case .object(let fields) = element, case .number(let number)? = fields["index"],
                let index = Int(number), isRefused.indices.contains(index), !isRefused[index],
                case .string(let code)? = fields["code"], Self.isToken(code)
            else { return nil }
            isRefused[index] = true
            reports.append(RefusedReport(index: index, code: code))
        }
        return reports
    }

    /// What a collector's error says: its token, and the metric that it names.
    private var problem: (token: String, metric: RetiredMetric?)? {
        guard contentType.hasPrefix("application/problem+json"),
            case .object(let members)? = try? JSONValue(parsing: body),
            case .string(let type)? = members["type"], type.hasPrefix(WireLimits.errorPrefix)
        else { return nil }
        let token = String(type.dropFirst(WireLimits.errorPrefix.count))
        return Self.isToken(token) ? (token, members["metric"].flatMap(Self.metric)) : nil
    }

    /// A metric by its number or by its name.
    private static func metric(_ value: JSONValue) -> RetiredMetric? {
        switch value {
        case .number(let text): UInt32(text).map { .identifier($0) }
        case .string(let name): .name(name)
        default: nil
        }
    }

    private static func isToken(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 || (48...57).contains($0) }
    }
}
