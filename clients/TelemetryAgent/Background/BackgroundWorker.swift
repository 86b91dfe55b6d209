internal import CPlatform
internal import Glibc
internal import ReportFormat
internal import Synchronization

/// What the agent's thread does. Every step may be called by a test without a thread.
final class BackgroundWorker: Sendable {
    /// What the thread last found, for those who must not wait for the disk.
    struct Findings: Sendable {
        var consent = ConsentSource.unset
        var status: AgentStatus?
        var failure: AgentError?
    }

    /// How often the thread looks, whether or not something was recorded: the disk's work is tied to no event.
    static let tickNanoseconds: UInt64 = 1_000_000_000
    private static let ticksBetweenStatus = 5
    private static let secondsBetweenFailures: Int64 = 60
    /// Looks after a start or a flush until the thread is idle.
    private static let ticksToRest = 3

    let agent: Agent
    let buffer: EventBuffer
    private let findings = Guarded(Findings())
    /// Consent was withdrawn through this agent, and could not be stored: nothing is taken whatever the disk says.
    private let isBarred = Atomic<Bool>(false)

    private struct Plan {
        var nextFlush: Int64 = .min
        var lastSeconds: Int64 = .min
        var ticksToStatus = 0
        var ticksToRest = BackgroundWorker.ticksToRest
        var failingDay: UTCDay?
    }
    private let plan = Guarded(Plan())

    init(agent: Agent, buffer: EventBuffer) { (self.agent, self.buffer) = (agent, buffer) }

    /// What was found last.
    var lastFindings: Findings { findings.withLock { $0 } }

    /// Looks who decides about telemetry, and opens or shuts the buffer accordingly.
    func refreshConsent() {
        do throws(AgentError) {
            let source = try agent.consentSource()
            let wasOn = findings.withLock { found in
                defer { found.consent = source }
                return found.consent.isOn
            }
            set(isOn: source.isOn && !isBarred.load(ordering: .acquiring))
            if source.isOn != wasOn { plan.withLock { $0.nextFlush = .min } }
        } catch {
            // What cannot be read permits nothing.
            set(isOn: false)
            findings.withLock { ($0.consent, $0.failure) = (.unreadable, error) }
        }
    }

    private func set(isOn: Bool) {
        if isOn { buffer.accept() } else if buffer.accepts { buffer.refuse() }
    }

    /// Stores the user's decision, durably.
    func setConsent(_ isGranted: Bool) throws(AgentError) {
        if !isGranted {
            isBarred.store(true, ordering: .sequentiallyConsistent)
            buffer.refuse()
        }
        do throws(AgentError) { try agent.setConsent(isGranted) } catch {
            findings.withLock { $0.failure = error }
            throw error
        }
        if isGranted { isBarred.store(false, ordering: .sequentiallyConsistent) }
        refreshConsent()
    }

    /// One look: takes over what was recorded, and does what is due. Returns the outcome of a flush, if there was one.
    @discardableResult
    func tick(flushing: Bool = false) -> Result<FlushOutcome, AgentError>? {
        defer { rest() }
        refreshConsent()
        guard buffer.accepts else {
            refreshStatus(isDue: flushing)
            findings.withLock { found in if found.consent != .unreadable { found.failure = nil } }
            return flushing ? offOutcome : nil
        }
        do throws(AgentError) {
            try agent.takeOver(buffer)
            plan.withLock { $0.failingDay = nil }
            var outcome: FlushOutcome?
            if isFlushDue(asked: flushing) { outcome = try flush() }
            refreshStatus(isDue: flushing || outcome != nil)
            findings.withLock { $0.failure = nil }
            return outcome.map { .success($0) }
        } catch {
            if case .consentOff = error {
                refreshConsent()
                return flushing ? .success(.off) : nil
            }
            let seconds = agent.configuration.clock.secondsSinceEpoch()
            let isOver = plan.withLock { plan in
                plan.nextFlush = seconds &+ Self.secondsBetweenFailures
                let today = UTCDay(containing: seconds)
                defer { plan.failingDay = today }
                return plan.failingDay.map { $0 != today } ?? false
            }
            // Events are never reported for another day than their own, nor kept for longer.
            if isOver { buffer.discard() }
            findings.withLock { $0.failure = error }
            return .failure(error)
        }
    }

    /// Gives back, once after a start or a flush, what those needed and idling does not.
    private func rest() {
        let isIdle = plan.withLock { plan in
            plan.ticksToRest -= plan.ticksToRest >= 0 ? 1 : 0
            return plan.ticksToRest == 0
        }
        if isIdle { dither_release_code() }
    }

    private var offOutcome: Result<FlushOutcome, AgentError> {
        findings.withLock { found in
            if case .unreadable = found.consent, let failure = found.failure { return .failure(failure) }
            return .success(.off)
        }
    }

    private func isFlushDue(asked: Bool) -> Bool {
        let now = agent.configuration.clock.secondsSinceEpoch()
        return plan.withLock { plan in
            defer { plan.lastSeconds = now }
            return asked || now >= plan.nextFlush || now < plan.lastSeconds
        }
    }

    /// Closes what is over and sends what is due. The only place from which the thread reaches the network.
    private func flush() throws(AgentError) -> FlushOutcome {
        let report = try agent.flush(onlyWhenDue: true)
        plan.withLock { $0.ticksToRest = Self.ticksToRest }
        let now = agent.configuration.clock.secondsSinceEpoch()
        let midnight = Int64(UTCDay(containing: now).advanced(by: 1).index) * 86_400
        let due = [report.nextAttempt, report.nextBundle].compactMap { $0 }.max() ?? midnight
        plan.withLock { $0.nextFlush = min(due, midnight) }
        return report.waiting > 0 ? .waiting : .done
    }

    private func refreshStatus(isDue: Bool) {
        let isDue = plan.withLock { plan in
            plan.ticksToStatus -= 1
            guard isDue || plan.ticksToStatus < 0 else { return false }
            plan.ticksToStatus = Self.ticksBetweenStatus
            return true
        }
        // What keeps status from being read keeps flush from its work as well, and is reported there.
        guard isDue, let status = try? agent.status() else { return }
        findings.withLock { $0.status = status }
    }

    /// What is left to do when the agent is closed.
    func finish() throws(AgentError) {
        defer { buffer.refuse() }
        do throws(AgentError) {
            try agent.takeOver(buffer)
            try agent.persist()
        } catch {
            guard case .consentOff = error else { throw error }
        }
    }
}

/// What a flush by the agent's thread came to.
public enum FlushOutcome: Hashable, Sendable {
    /// Nothing more is due.
    case done
    /// Reports wait for their moment, or for a collector that is away.
    case waiting
    /// Telemetry is off.
    case off
    /// The deadline came first; the thread goes on with the work.
    case timedOut
    /// The agent is closed, or being closed.
    case closed
}
