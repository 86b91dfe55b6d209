public import Mechanisms
public import MetricDefinitions
public import ReportFormat
public import SecureRandomness

/// Why the agent did not do what it was asked. Never holds a recorded value, a permanent response or a secret.
public enum AgentError: Error, Hashable, Sendable {
    /// The system refused an operation on a file of the state folder, or on the one that names the machine.
    case file(path: String, operation: String, errno: Int32)
    /// The state folder or a file in it could be read or replaced by somebody else.
    case unsafePermissions(path: String, problem: PermissionProblem)
    /// The state database refused a statement; the code is SQLite's.
    case database(code: Int32, operation: String)
    /// Another process held the state folder for longer than the agent waits.
    case stateBusy
    /// The state database is damaged, or not one of this agent's.
    case stateDamaged(field: String)
    /// The state database was written by a newer agent.
    case stateVersion(found: Int, supported: Int)
    /// There is a ledger but no secret to go on with, or the secret's file is damaged.
    case secretLost(SecretProblem)
    /// There is consent and a secret but no ledger: what was spent is unknown.
    case ledgerLost
    /// The agent was opened by another process, whose copy this is after a fork.
    case forked
    /// Telemetry is off.
    case consentOff(ConsentSource)
    /// The metric set has no metric of this name.
    case unknownMetric(name: String)
    /// The value is none of the metric's.
    case value(metric: String, MetricValueError)
    /// The metric takes no event at present.
    case notReporting(metric: String, NotReporting)
    /// A metric changed without a new version.
    case definitionChanged(metric: String, version: UInt32)
    /// The endpoint cannot be used.
    case endpoint(EndpointProblem)
    /// The system gave no randomness; there is no report.
    case noRandomness(RandomnessError)
    /// A report could not be made.
    case encoding(EncodingError)
    /// A batch could not be formed.
    case batch(BatchError)
    /// libcurl could not be set up.
    case transport(code: Int)
}

/// What is wrong with the permissions of a file.
public enum PermissionProblem: Hashable, Sendable {
    /// It belongs to another user.
    case foreignOwner
    /// Others may read or write it.
    case openToOthers(mode: UInt32)
    /// It is not what it should be: a symbolic link, a device, a folder.
    case wrongKind
}

/// Why there is no usable secret.
public enum SecretProblem: Hashable, Sendable {
    /// The file is gone while the ledger is there.
    case missing
    /// The file is not what was written.
    case damaged
    /// The file was made on another machine: a copied disk or image.
    case madeElsewhere
}

/// Why a metric takes no event.
public enum NotReporting: Hashable, Sendable {
    /// The device is new; its first period is this one.
    case notBefore(UTCDay)
    /// The device has reported for as many periods as the metric's lifetime allows.
    case lifetimeSpent
    /// The metric's last day is past.
    case expired
    /// The period was closed by hand.
    case periodClosed(UTCDay)
    /// Its lifetime ε does not fit under the device's ceiling any more.
    case ceilingReached
    /// A newer version of the metric has taken its place.
    case superseded
    /// It is memoized, and consent was withdrawn since: the secret behind its permanent responses is gone.
    case secretErased
    /// The collector has retired it.
    case retiredByCollector
    /// The project's signed metric set does not have it, or that set cannot be read any more.
    case withheld
}

/// Why an endpoint cannot be used.
public enum EndpointProblem: Hashable, Sendable {
    /// The text is no URL.
    case malformed
    /// The scheme is neither https nor http.
    case unsupportedScheme
    /// Plain http goes to this machine only.
    case plainHTTPToOtherHost
    /// There is no plain, readable file of authorities at this path.
    case noCertificateFile(path: String)
    /// There is no plain, readable file with a token at this path.
    case noToken(path: String)
    /// A URL with a user name, a query or a fragment.
    case superfluousPart
    /// The pins of the collector's key are not `sha256//` and base64 of 32 bytes each.
    case malformedKeyPin
    /// A key that may sign a metric set is not 64 hexadecimal digits.
    case malformedRegistryKey
}
