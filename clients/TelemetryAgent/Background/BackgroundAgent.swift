public import MetricDefinitions
internal import SecureRandomness

/// An agent that never makes its program wait: events go into memory, and a thread of its own takes them over once a
/// second, closes days, and sends what is due.
///
/// A crash loses the events of the last second and nothing else. A full disk or a damaged state folder costs the program
/// nothing but the events; ``status()`` says so.
public final class BackgroundAgent: EventRecorder {
    private let worker: BackgroundWorker
    private let thread: BackgroundThread
    private let process: UInt64

    /// Opens an agent and starts its thread. Telemetry may be off; consent given later, here or by another process,
    /// takes effect within a second.
    ///
    /// - Throws: ``AgentError`` when the system refuses memory or a thread.
    public init(_ configuration: Agent.Configuration) throws(AgentError) {
        process = ForkMark.process.arm()
        worker = BackgroundWorker(
            agent: Agent(configuration), buffer: try EventBuffer(configuration.metricSet))
        thread = try BackgroundThread(worker)
        worker.refreshConsent()
        try thread.start()
    }

    /// Ends the thread, as ``close()`` does. The child of a fork leaves everything alone: an open database is its
    /// parent's.
    deinit {
        if isOwn { try? close() } else { _ = Unmanaged.passRetained(worker) }
    }

    /// Whether this is the process that opened the agent, and not the child of a fork.
    package var isOwn: Bool { ForkMark.process.value == process }

    private func requireOwn() throws(AgentError) { guard isOwn else { throw .forked } }

    /// Records one event, in about a tenth of a microsecond. Which of a day's events is reported is drawn as by
    /// ``Agent/record(_:for:)``.
    ///
    /// - Throws: ``AgentError``: `consentOff`, `unknownMetric`, `value`, `forked`. That a metric takes no event at
    ///   present is not known here and no error.
    public func record(_ value: MetricValue, for name: String) throws(AgentError) {
        var name = name
        let refusal: EventRefusal? = name.withUTF8 { name in
            func attempt(_ value: EventValue) -> EventRefusal? {
                do throws(EventRefusal) { try worker.buffer.record(value, for: name) } catch { return error }
                return nil
            }
            switch value {
            case .boolean(let truth): return attempt(.boolean(truth))
            case .number(let number): return attempt(.number(number))
            case .category(var label): return label.withUTF8 { attempt(.category($0)) }
            case .text(var text): return text.withUTF8 { attempt(.text($0)) }
            case .pair(let first, let second):
                return first.withHalf { first in second.withHalf { attempt(.pair(first, $0)) } }
            }
        }
        try requireOwn()
        guard let refusal else { return }
        throw error(for: refusal)
    }

    /// Records one event from the caller's own bytes, without a system call or an allocation.
    package func record(_ value: EventValue, for name: UnsafeBufferPointer<UInt8>) throws(EventRefusal) {
        try worker.buffer.record(value, for: name)
    }

    /// A refusal in the words of the agent.
    package func error(for refusal: EventRefusal, name: String = "") -> AgentError {
        switch refusal {
        case .off: .consentOff(worker.lastFindings.consent)
        case .unknownMetric: .unknownMetric(name: name)
        case .value(let position, let problem):
            .value(metric: worker.agent.configuration.metricSet.metrics[position].name, problem)
        case .noRandomness: .noRandomness(.systemSourceFailed(errno: 0))
        }
    }

    /// Gives or withdraws consent, durably before it returns. After a withdrawal that could not be stored nothing is
    /// recorded by this agent all the same, until consent is given.
    ///
    /// - Throws: ``AgentError``.
    public func setConsent(_ isGranted: Bool) throws(AgentError) {
        try requireOwn()
        try worker.setConsent(isGranted)
    }

    /// Who decides about telemetry, as far as the agent knows without looking at the disk.
    public var consentSource: ConsentSource { worker.lastFindings.consent }

    /// Makes durable what was recorded, closes days that are over, and sends what is due. The agent's thread does it; the
    /// caller waits, at most to the deadline.
    ///
    /// - Throws: ``AgentError``: what kept the thread from it.
    public func flush(deadlineMilliseconds: UInt32) throws(AgentError) -> FlushOutcome {
        try requireOwn()
        return try thread.flush(deadline: deadlineMilliseconds)
    }

    /// How the agent stands.
    public struct Status: Hashable, Sendable {
        /// Who decides about telemetry, and what.
        public var consent: ConsentSource
        /// The events that this agent has taken.
        public var recorded: UInt64
        /// How the state folder stood when the thread last looked, at most some seconds ago.
        public var agent: AgentStatus?
        /// What keeps the thread from its work.
        public var failure: AgentError?
    }

    /// How the agent stands, without a look at the disk.
    ///
    /// - Throws: ``AgentError/forked``.
    public func status() throws(AgentError) -> Status {
        try requireOwn()
        let found = worker.lastFindings
        return Status(
            consent: found.consent, recorded: worker.buffer.recordedCount, agent: found.status, failure: found.failure)
    }

    /// Takes over what was recorded and ends the thread. Whatever comes after it is refused; a second call does nothing.
    ///
    /// - Throws: ``AgentError``: what could not be taken over.
    public func close() throws(AgentError) {
        try requireOwn()
        try thread.stop()
    }
}

extension MetricValue {
    /// The value as a half of a pair; what can be none is foreign.
    fileprivate func withHalf<Result>(_ body: (EventHalf) -> Result) -> Result {
        switch self {
        case .boolean(let truth): body(.boolean(truth))
        case .category(var label): label.withUTF8 { body(.category($0)) }
        case .text(var text): text.withUTF8 { body(.text($0)) }
        case .number, .pair: body(.foreign)
        }
    }
}
