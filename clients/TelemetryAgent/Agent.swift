internal import Glibc
internal import Mechanisms
public import MetricDefinitions
internal import ReportFormat
public import SecureRandomness

/// The telemetry of one program on one device: takes events, keeps randomized reports, sends them.
///
/// Off until consent is given; then one report per metric and UTC day, with fresh noise or memoized as the metric says,
/// never more than the ledger allows. Every call may come from any thread; calls wait for each other, and for the disk:
/// what a call has done is durable when it returns.
public final class Agent: Sendable {
    /// What an agent needs to know.
    public struct Configuration: Sendable {
        /// The metrics that may be recorded.
        public var metricSet: MetricSet
        /// Where reports go.
        public var endpoint: Endpoint
        /// The folder for secret, ledger and queue, made with mode 0700 on consent. One program, one folder.
        public var stateFolder: String
        /// A PEM file of the authorities to trust instead of the system's.
        public var certificateFile: String?
        /// The keys that the collector's certificate may have, besides being vouched for.
        public var keyPin: KeyPin?
        /// A file with the token of the fleet, for a collector that demands one; read for each upload. The token is no
        /// device's own, which would link its reports.
        public var tokenFile: String?
        /// The keys that may sign a metric set that is fetched from the collector, once a period and right before its
        /// bundle; it can only reduce what is reported. None: nothing is fetched.
        public var registryKeys: [Ed25519PublicKey] = []
        /// The environment in which `DO_NOT_TRACK` and `DITHER_DISABLED` are looked up.
        public var environment: [String: String]
        /// What the agent knows of time.
        public var clock: any AgentClock
        /// The file whose existence turns telemetry off for the whole machine.
        public var machineOptOutFile = "/etc/dither/opt-out"
        /// The file that tells this machine from others, so that a copied disk is noticed.
        public var machineIdentityFile = "/etc/machine-id"

        /// The variables of this process's environment that turn telemetry off.
        public static var processEnvironment: [String: String] {
            var environment: [String: String] = [:]
            for variable in Consent.variables {
                if let value = getenv(variable) { environment[variable] = String(cString: value) }
            }
            return environment
        }

        /// A configuration with the system's clock and this process's environment.
        public init(
            metricSet: MetricSet, endpoint: Endpoint, stateFolder: String,
            environment: [String: String] = processEnvironment, clock: any AgentClock = SystemClock()
        ) {
            (self.metricSet, self.endpoint, self.stateFolder) = (metricSet, endpoint, stateFolder)
            (self.environment, self.clock) = (environment, clock)
        }
    }

    let configuration: Configuration
    let folder: StateFolder
    private let processIdentifier = getpid()
    private let lock = Lock()
    /// Held while consent is changed, outside of all other locks.
    private let consentChange = Lock()
    let transfers = TransferControl()
    // All of these are touched only by `locked`, one thread at a time.
    nonisolated(unsafe) var opened: Session?
    nonisolated(unsafe) private var undecided: [UInt32: UndecidedEvent] = [:]
    nonisolated(unsafe) var unstored = UnstoredReports()
    /// The secret of the consent under which the events of a buffer were taken; `nil` before the first look.
    nonisolated(unsafe) var bufferedUnder: FileIdentity??

    /// An open state folder.
    struct Session {
        var store: SQLiteStore
        var device: Device
        /// The files behind it; another process may have put others in their place.
        var files: [FileIdentity?]
    }

    /// A `combine: any` event of this process that is decided in memory before anything is randomized.
    private struct UndecidedEvent {
        var metric: MetricDefinition
        var period: UTCDay
        var seconds: Int64
        var happened: Bool
        /// The secret of the consent under which it happened: under another it is not reported.
        var secret: FileIdentity?
    }

    /// An agent on a state folder. Touches nothing; the first call that needs the state opens it.
    public init(_ configuration: Configuration) {
        self.configuration = configuration
        folder = StateFolder(path: configuration.stateFolder)
        ForkGuard.shared.add(self)
    }

    deinit {
        ForkGuard.shared.remove(self)
        try? persist()
    }

    /// Gives or withdraws consent, durably before it returns.
    ///
    /// Given, the device makes its secret and enrols. Withdrawn, queue, slots and secret are erased; what was spent stays
    /// in the ledger, so that consenting again refunds nothing, and what was sent cannot be told from others' reports,
    /// so it cannot be recalled.
    ///
    /// - Throws: ``AgentError``.
    public func setConsent(_ isGranted: Bool) throws(AgentError) {
        guard getpid() == processIdentifier else { throw .forked }
        consentChange.lock()
        defer { consentChange.unlock() }
        if isGranted { try grant() } else { try withdraw() }
    }

    /// Withdraws consent. The upload under way ends before its reports are erased, and needs the agent's lock for that.
    private func withdraw() throws(AgentError) {
        try locked { () throws(AgentError) in
            undecided = [:]
            unstored = UnstoredReports()
            opened = nil
            try folder.create()
            try consent.decline()
        }
        transfers.interrupt()
        try Self.withdrawConsent(stateFolder: configuration.stateFolder)
    }

    /// Withdraws consent for a state folder of which nothing else is known, as `setConsent(false)` does.
    ///
    /// The decision and the secret's end come first and need neither space nor a sound database. A database that is
    /// damaged is removed.
    ///
    /// - Throws: ``AgentError``; telemetry is off all the same unless the decision itself could not be stored.
    public static func withdrawConsent(stateFolder: String) throws(AgentError) {
        let folder = StateFolder(path: stateFolder)
        try folder.create()
        try Consent(folder: folder, environment: [:], machineOptOutPath: "").decline()
        try DeviceSecretStore(folder: folder, machineIdentity: []).erase()
        guard try folder.has(databaseName) else { return }
        let patience = TransferLock.patienceMilliseconds
        let done: Void? = try TransferLock.holding(folder, waitingAtMost: patience) { () throws(AgentError) in
            try erasePending(in: folder)
        }
        // Whoever sends for so long does not look at the decision, or waits for a name server; nothing new begins.
        if done == nil { try erasePending(in: folder) }
    }

    private static func erasePending(in folder: StateFolder) throws(AgentError) {
        do throws(AgentError) {
            let store = try SQLiteStore(path: folder.path(of: databaseName))
            try store.transaction { () throws(AgentError) in
                try store.erasePending()
                try store.retireMemoized()
                try store.remove(.secretLostOn)
                try store.remove(.secretLosses)
            }
            try store.truncateLog()
        } catch {
            guard case .stateDamaged = error else { throw error }
            for suffix in ["", "-wal", "-shm"] { try folder.erase(databaseName + suffix) }
        }
    }

    /// Who decides at present whether telemetry is on, and what.
    ///
    /// - Throws: ``AgentError`` when the state folder cannot be inspected.
    public func consentSource() throws(AgentError) -> ConsentSource {
        try locked { () throws(AgentError) in try consent.effective() }
    }

    /// Records one event. It is randomized here and now; the true value is not kept.
    ///
    /// For a metric with `combine: any`, the value waits in memory until its day is over, ``persist()`` is called or the
    /// agent ends, so that nothing on disk tells when it became true.
    ///
    /// - Throws: ``AgentError``; `consentOff` and `notReporting` need no handling by a program that just runs on.
    public func record(_ value: MetricValue, for name: String) throws(AgentError) {
        try locked { () throws(AgentError) in
            let source = try consent.effective()
            guard source.isOn else { throw .consentOff(source) }
            guard let metric = configuration.metricSet.metric(named: name) else { throw .unknownMetric(name: name) }
            let input: DomainInput
            do throws(MetricValueError) { input = try metric.domain.input(for: value) } catch {
                throw .value(metric: name, error)
            }
            let seconds = configuration.clock.secondsSinceEpoch()
            let session = try session()
            // What waits from a day that is over belongs to that day: it goes first.
            if !undecided.isEmpty { try persistUndecided(before: try today(in: session, at: seconds), in: session) }
            try change(session) { () throws(AgentError) in
                try session.device.enrol(at: seconds)
                guard metric.combination == .any else {
                    try session.device.record(input.input, for: metric, at: seconds)
                    if input.isClipped { try session.device.add(1, to: .clippedValues) }
                    return
                }
                try note(happened: input.input != .item(0), for: metric, at: seconds, in: session)
            }
        }
    }

    /// Keeps in memory whether something happened today. Within a transaction.
    func note(
        happened: Bool, for metric: MetricDefinition, at seconds: Int64, in session: Session
    ) throws(AgentError) {
        let period = try session.device.admit(metric, at: seconds)
        let (identifier, secret) = (metric.identifier.value, session.files.first ?? nil)
        let earlier = undecided[identifier].map { $0.secret == secret && $0.happened } ?? false
        undecided[identifier] = UndecidedEvent(
            metric: metric, period: period, seconds: seconds, happened: earlier || happened, secret: secret)
    }

    /// Randomizes and stores what waits in memory.
    ///
    /// - Throws: ``AgentError``; what could not be stored is dropped, never drawn for again.
    public func persist() throws(AgentError) {
        try locked { () throws(AgentError) in
            guard !undecided.isEmpty else { return }
            let source = try consent.effective()
            guard source.isOn else {
                undecided = [:]
                throw .consentOff(source)
            }
            try persistUndecided(in: try session())
        }
    }

    /// Changes the state under consent: a withdrawal by any process comes before, and nothing is changed, or after, and
    /// finds what was changed to erase.
    func change<Result>(
        _ session: Session, _ body: () throws(AgentError) -> Result
    ) throws(AgentError) -> Result {
        try session.store.transaction { () throws(AgentError) in
            let source = try consent.effective()
            guard source.isOn else { throw .consentOff(source) }
            return try body()
        }
    }

    /// The day that counts at a moment.
    func today(in session: Session, at seconds: Int64) throws(AgentError) -> UTCDay {
        try change(session) { () throws(AgentError) in try session.device.today(at: seconds) }
    }

    /// Stores what waits of the periods before a day; without a day, all of it. An event whose metric has stopped
    /// reporting in the meantime is dropped alone.
    func persistUndecided(before day: UTCDay? = nil, in session: Session) throws(AgentError) {
        let due = undecided.values.filter { event in day.map { event.period < $0 } ?? true }
        for event in due.sorted(by: { $0.metric.identifier < $1.metric.identifier }) {
            undecided[event.metric.identifier.value] = nil
            // Withdrawn and given again in the meantime, perhaps by another process: consent covers nothing of before.
            guard event.secret == session.files.first ?? nil else { continue }
            do throws(AgentError) {
                try change(session) { () throws(AgentError) in
                    try session.device.record(
                        .item(event.happened ? 1 : 0), for: event.metric, at: event.seconds, in: event.period)
                }
            } catch {
                guard case .notReporting = error else { throw error }
            }
        }
    }
}

// MARK: - Access to the state

extension Agent {
    static let databaseName = "agent.db"

    var consent: Consent {
        Consent(
            folder: folder, environment: configuration.environment,
            machineOptOutPath: configuration.machineOptOutFile)
    }

    var secretStore: DeviceSecretStore {
        get throws(AgentError) { DeviceSecretStore(folder: folder, machineIdentity: try machineIdentity()) }
    }

    /// Runs `body` alone in this process; in the child of a fork, not at all.
    func locked<Result>(_ body: () throws(AgentError) -> Result) throws(AgentError) -> Result {
        guard getpid() == processIdentifier else { throw .forked }
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }

    /// Keeps every thread out and closes the state, unless a thread is in: for a fork.
    func halt() -> Bool {
        guard lock.tryLock() else { return false }
        opened?.store.closesQuickly()
        opened = nil
        return true
    }

    /// Lets threads in again.
    func resume() { lock.unlock() }
}
