internal import CCurl
internal import Glibc
internal import MetricDefinitions

extension AgentError: CustomStringConvertible {
    /// What is wrong and what to do about it, in a sentence or two. Never a recorded value.
    public var description: String {
        switch self {
        case .file(let path, let operation, let code):
            "\(path): cannot \(operation): \(Self.systemMessage(code))."
        case .unsafePermissions(let path, let problem): Self.describe(problem, path: path)
        case .database(let code, let operation):
            code & 0xFF == 13
                ? "The state folder's disk is full; nothing was recorded. Free some space and try again."
                : "The state database refused \u{201C}\(operation)\u{201D} (SQLite code \(code)); nothing was changed."
        case .stateBusy:
            "Another process has held the state folder for more than 5 seconds. Try again."
        case .stateDamaged(let field):
            "The state folder is damaged (\(field)). Nothing is reported. `off`, then `on`, starts anew."
        case .stateVersion(let found, let supported):
            "The state folder was written by a newer agent (version \(found), known up to \(supported)). Upgrade this one."
        case .secretLost(let problem): Self.describe(problem)
        case .ledgerLost:
            "The ledger is gone, so what was spent is unknown, and nothing is reported. `off`, then `on`, starts anew."
        case .forked: "The agent was opened before a fork. Open it again in the child."
        case .consentOff(let source): "Telemetry is \(source.description)"
        case .unknownMetric(let name): "The metric set has no metric \(name)."
        case .value(let metric, let problem): Self.describe(problem, metric: metric)
        case .notReporting(let metric, let reason): "\(metric) takes no event now: \(Self.describe(reason))"
        case .definitionChanged(let metric, let version):
            "\(metric) changed but is still version \(version). Raise its version in the registry, compile again."
        case .endpoint(let problem): Self.describe(problem)
        case .noRandomness(let problem): "The system gives no randomness (\(problem)); no report is made."
        case .encoding(let problem): "No report could be made (\(problem))."
        case .batch(let problem): "No batch could be formed (\(problem))."
        case .transport(let code): "libcurl cannot be set up (code \(code))."
        }
    }

    private static func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func describe(_ problem: PermissionProblem, path: String) -> String {
        switch problem {
        case .foreignOwner: "\(path) belongs to another user. Choose a folder of your own."
        case .openToOthers(let mode):
            "\(path) has mode \(String(mode, radix: 8)), so others could read or change it. Name a folder of this program's "
                + "own; if it is one, take their rights away: chmod go= \(path)"
        case .wrongKind: "\(path) is not a plain file or folder. Symbolic links are not followed; name the real path."
        }
    }

    private static func describe(_ problem: SecretProblem) -> String {
        let effect =
            "Nothing is reported for 30 days, after a second loss not at all; `status` tells the day. `off`, then `on`, "
            + "makes a new secret now; what was spent stays spent."
        return switch problem {
        case .missing: "The device's secret is gone. \(effect)"
        case .damaged: "The device's secret is damaged. \(effect)"
        case .madeElsewhere: "The device's secret was made on another machine: this is a copy. \(effect)"
        }
    }

    private static func describe(_ problem: MetricValueError, metric: String) -> String {
        switch problem {
        case .wrongType(let expected): "\(metric) takes a \(expected)."
        case .notABoolean: "\(metric) takes true or false."
        case .unknownCategory: "That is none of the categories of \(metric); the registry lists them."
        case .textTooLong: "\(metric) takes texts of up to 254 bytes of UTF-8."
        case .notUTF8: "\(metric) takes texts in UTF-8 only."
        case .notANumber: "\(metric) takes a decimal number, such as 12.5."
        case .notAPair: "\(metric) takes two values: as two words, or in a line with one tab between them."
        }
    }

    private static func describe(_ reason: NotReporting) -> String {
        switch reason {
        case .notBefore(let day): "this device is new and reports from \(day) on."
        case .lifetimeSpent: "this device has reported for as many periods as the metric's lifetime ε allows."
        case .expired: "its last day is past."
        case .periodClosed(let day): "the period \(day) is closed on this device; the next one starts at 00:00 UTC."
        case .ceilingReached: "its lifetime ε does not fit under this device's ceiling any more."
        case .superseded: "a newer version of it has been in use on this device."
        case .secretErased: "its permanent responses were erased when consent was withdrawn. Its next version reports."
        case .retiredByCollector: "the collector has retired it."
        case .withheld:
            "the project's signed metric set does not have it, or has to be fetched again; `log` says which set counts."
        }
    }

    private static func describe(_ problem: EndpointProblem) -> String {
        switch problem {
        case .malformed: "The endpoint is no URL. Write it like https://telemetry.example."
        case .unsupportedScheme: "The endpoint must start with https://."
        case .plainHTTPToOtherHost:
            "Plain http goes to this machine only (127.0.0.1, [::1], localhost). Use https:// for another host."
        case .noCertificateFile(let path):
            "\(path) is no plain file that can be read. Name a PEM file of authorities, or none for the system's."
        case .noToken(let path):
            "\(path) is no plain file with a token in one line. Name the file of the fleet's token, or none."
        case .superfluousPart: "The endpoint takes no user name, query or fragment."
        case .malformedKeyPin:
            "The key pin is none. Write it like sha256//BASE64, the base64 of 32 bytes; several with ; between them."
        case .malformedRegistryKey:
            "A registry key is none. It is 64 hexadecimal digits, as `dither registry keygen` prints; several with spaces."
        }
    }
}

extension ConsentSource: CustomStringConvertible {
    /// Who decides, in words.
    public var description: String {
        switch self {
        case .machineOptOut: "off for this whole machine (/etc/dither/opt-out exists)."
        case .environment(let variable): "off by the environment variable \(variable)."
        case .unset: "off, since nobody has consented so far."
        case .declined: "off by choice."
        case .unreadable: "off, since the consent file is damaged."
        case .granted: "on by consent."
        }
    }
}

extension UploadFailure: CustomStringConvertible {
    /// What went wrong, in words.
    public var description: String {
        switch self {
        case .transport(let code) where code == Int(CURLE_WRITE_ERROR.rawValue):
            "the answer is longer than a collector's"
        case .transport(let code):
            "no connection: \(String(cString: curl_easy_strerror(CURLcode(rawValue: UInt32(truncatingIfNeeded: code)))))"
        case .unavailable(let status, _): "the collector is not available (HTTP \(status))"
        case .credential(let status): "the collector wants another credential (HTTP \(status))"
        case .notACollector(let status): "the answer (HTTP \(status)) does not come from a collector"
        case .interrupted: "the upload was broken off on this device"
        }
    }
}
