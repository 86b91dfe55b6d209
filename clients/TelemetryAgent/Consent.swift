internal import CPlatform
internal import Glibc

/// What decides that telemetry is on or off, strongest first. Off anywhere wins over on.
public enum ConsentSource: Hashable, Sendable {
    /// The file `/etc/dither/opt-out` exists: this machine's administrator said no.
    case machineOptOut
    /// An environment variable says no: `DO_NOT_TRACK` or `DITHER_DISABLED`, set to anything but empty or `0`.
    case environment(variable: String)
    /// Nobody was asked so far.
    case unset
    /// The consent file says no.
    case declined
    /// The consent file is not what was written; what cannot be read permits nothing.
    case unreadable
    /// The consent file says yes.
    case granted

    /// Whether this permits telemetry.
    public var isOn: Bool { self == .granted }
}

/// The stored decision about telemetry. Only ``grant`` turns it on; nothing else ever widens it.
struct Consent {
    static let variables = ["DO_NOT_TRACK", "DITHER_DISABLED"]
    private static let granted = Array("dither consent 1: on\n".utf8)
    private static let declined = Array("dither consent 1: off\n".utf8)
    private static let fileName = "consent"

    let folder: StateFolder
    let environment: [String: String]
    let machineOptOutPath: String

    /// Who decides at present, and what.
    func effective() throws(AgentError) -> ConsentSource {
        if mayBeOptedOut { return .machineOptOut }
        for variable in Self.variables {
            if let value = environment[variable], !value.isEmpty, value != "0" {
                return .environment(variable: variable)
            }
        }
        return try stored()
    }

    /// Whether the machine's opt-out is there, or cannot be looked for: what cannot be read permits nothing.
    private var mayBeOptedOut: Bool {
        var status = stat()
        return lstat(machineOptOutPath, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
    }

    /// The stored decision alone.
    func stored() throws(AgentError) -> ConsentSource {
        guard try folder.exists(), let content = try folder.read(Self.fileName, limit: 64) else { return .unset }
        switch content {
        case Self.granted: return .granted
        case Self.declined: return .declined
        default: return .unreadable
        }
    }

    /// Stores a yes, durably.
    func grant() throws(AgentError) { try folder.replace(Self.fileName, with: Self.granted) }

    /// Stores a no, durably. On a full disk the yes is removed instead, which needs no space and is off as well.
    func decline() throws(AgentError) {
        do { try folder.replace(Self.fileName, with: Self.declined) } catch { try folder.erase(Self.fileName) }
    }

    /// Removes the decision, durably: nobody was asked.
    func forget() throws(AgentError) { try folder.erase(Self.fileName) }
}
