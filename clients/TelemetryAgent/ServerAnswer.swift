internal import ReportFormat

/// What an answer means for the batch that was posted.
package enum UploadOutcome: Hashable, Sendable {
    /// The collector has the batch; the listed reports it refuses for good, with the reason for each.
    case delivered(rejectionCodes: [String])
    /// The collector refuses the whole batch for good.
    case refused(token: String)
    /// The collector wants smaller batches.
    case tooLarge
    /// Try again later.
    case failed(UploadFailure)
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
}

/// An HTTP answer as libcurl hands it over.
struct ServerAnswer {
    /// The longest that a collector's `Retry-After`, or its want of another credential, keeps an agent waiting.
    static let longestRetryAfterSeconds: Int64 = 86_400

    var status: Int
    var contentType: String
    var retryAfterSeconds: Int64
    var body: [UInt8]

    /// What the answer means. A batch is given up only on a word that a collector alone can say.
    var outcome: UploadOutcome {
        if status == 200 {
            guard contentType.hasPrefix("application/json"), let codes = rejectionCodes else {
                return .failed(.notACollector(status: status))
            }
            return .delivered(rejectionCodes: codes)
        }
        guard let token = errorToken else {
            return .failed(
                isTransientStatus
                    ? .unavailable(status: status, retryAfterSeconds: retryAfter) : .notACollector(status: status))
        }
        switch status {
        case 413: return .tooLarge
        case 400, 404, 405, 410, 415, 422: return .refused(token: token)
        case 401, 403: return .failed(.credential(status: status))
        default: return .failed(.unavailable(status: status, retryAfterSeconds: retryAfter))
        }
    }

    private var isTransientStatus: Bool { status == 429 || (500...599).contains(status) }

    private var retryAfter: Int64? {
        retryAfterSeconds > 0 ? min(retryAfterSeconds, Self.longestRetryAfterSeconds) : nil
    }

    private var rejectionCodes: [String]? {
        guard case .object(let members)? = try? JSONValue(parsing: body), members.count == 1,
            case .array(let rejected)? = members["rejected"]
        else { return nil }
        var codes: [String] = []
        for element in rejected {
            guard case .object(let fields) = element, case .number? = fields["index"],
                case .string(let code)? = fields["code"], Self.isToken(code)
            else { return nil }
            codes.append(code)
        }
        return codes
    }

    private var errorToken: String? {
        guard contentType.hasPrefix("application/problem+json"),
            case .object(let members)? = try? JSONValue(parsing: body),
            case .string(let type)? = members["type"], type.hasPrefix(WireLimits.errorPrefix)
        else { return nil }
        let token = String(type.dropFirst(WireLimits.errorPrefix.count))
        return Self.isToken(token) ? token : nil
    }

    private static func isToken(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 || (48...57).contains($0) }
    }
}
