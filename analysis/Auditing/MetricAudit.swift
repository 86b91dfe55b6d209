public import LocalPrivacy
public import Mechanisms
public import MetricDefinitions

/// The audit of one mechanism: its proof, what attacks show, and every check with its verdict.
public struct MetricAudit: Sendable {
    /// What one report is declared to lose.
    public let epsilon: Epsilon
    /// What it is proven to lose; `nil` without a bound, or where no proof was asked for.
    public let provenLoss: PrivacyLoss?
    /// By what argument; `nil` where no proof was asked for.
    public let proofMethod: MechanismProof.Method?
    /// What an attack shows that it loses, in nats, at least; `nil` where none was made.
    public let shownLoss: Double?
    /// Every check that was made.
    public let findings: [AuditFinding]

    /// The worst verdict of all.
    public var verdict: AuditVerdict { findings.map(\.verdict).max() ?? .passed }

    /// The checks that failed.
    public var failures: [AuditFinding] { findings.filter { $0.verdict == .failed } }

    /// The verdict of a check; `nil` if it was not made.
    public func verdict(of check: AuditCheck) -> AuditVerdict? {
        findings.filter { $0.check == check }.map(\.verdict).max()
    }

    /// Audits what devices and analysts do with a mechanism.
    ///
    /// - Throws: ``AuditError``, and what the mechanism throws for inputs of its own domain.
    /// - Complexity: about 2.5 times ``AuditSettings/trialCount`` reports, and for a memoized mechanism one more in
    ///   transcripts.
    public init<M: LocalRandomizer>(of subject: AuditSubject<M>, _ settings: AuditSettings) throws {
        guard settings.trialCount >= AuditSettings.leastTrialCount else {
            throw AuditError.tooFewTrials(count: settings.trialCount, least: AuditSettings.leastTrialCount)
        }
        epsilon = subject.mechanism.epsilon
        var findings: [AuditFinding] = []
        let parts = settings.parts
        let proof = parts.contains(.proof) ? MechanismProof(of: subject.mechanism) : nil
        (provenLoss, proofMethod) = (proof?.loss, proof?.method)
        findings += proof?.findings ?? []
        let attack = parts.contains(.attack) ? try Attack(on: subject, settings) : nil
        shownLoss = attack.map { $0.bound?.nats ?? 0 }
        findings += attack?.findings ?? []
        if parts.contains(.reports) { findings += try ReportChecks(of: subject, settings).findings }
        if parts.contains(.transcripts), let memoized = subject as? any MemoizedSubject {
            findings += try memoized.longitudinalFindings(settings)
        }
        if parts.contains(.estimates) { findings += try EstimateChecks(of: subject, settings).findings }
        self.findings = findings
    }

    /// Audits a metric of a registry as an agent would report it.
    ///
    /// - Throws: as ``init(of:_:)``.
    public init(of definition: MetricDefinition, _ settings: AuditSettings) throws {
        self = try Self.opened(definition.mechanism, definition, settings)
    }

    private static func opened<M: LocalRandomizer>(
        _ mechanism: M, _ definition: MetricDefinition, _ settings: AuditSettings
    ) throws -> MetricAudit {
        var subject = AuditSubject(mechanism)
        (subject.metric, subject.definitionHash) = (definition.identifier.value, definition.definitionHash)
        return try MetricAudit(of: subject, settings)
    }
}

/// A subject whose mechanism is memoized.
protocol MemoizedSubject {
    func longitudinalFindings(_ settings: AuditSettings) throws -> [AuditFinding]
}

extension AuditSubject: MemoizedSubject where Mechanism: LongitudinalRandomizer {
    func longitudinalFindings(_ settings: AuditSettings) throws -> [AuditFinding] {
        try TranscriptAttack(on: self, settings).findings + MemoChecks(of: self, settings).findings
    }
}
