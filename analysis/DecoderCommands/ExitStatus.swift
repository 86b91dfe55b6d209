/// What a command's exit status says. The numbers are part of the command line's contract.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    /// The command did what it was asked.
    case success = 0
    /// Something failed at run time, such as a file that cannot be read.
    case runtimeFailure = 1
    /// The command line is wrong.
    case usage = 2
    /// The data are below the release gate.
    case insufficientData = 3
    /// A registry, lock, compiled set or CSV file is refused.
    case validationFailed = 4
    /// The privacy policy forbids what was asked.
    case policyViolation = 5
    /// A peer, the network or a lock may allow it later.
    case transientFailure = 6
    /// Authentication failed.
    case authenticationFailed = 7
    /// A store is damaged or of another version.
    case storeUnusable = 8
    /// Ctrl-C.
    case interrupted = 130
}

/// Why a command ends without success: a message for its reader and the status of the process.
public struct CommandError: Error, Hashable, Sendable {
    /// The status that the process ends with.
    public let status: ExitStatus
    /// What is wrong and what to do, without the leading `dither:`; never a true value or a secret.
    public let message: String

    /// An error of this status.
    public init(_ status: ExitStatus, _ message: String) { (self.status, self.message) = (status, message) }
}
