public import LocalPrivacy
public import Mechanisms

/// The proof of a mechanism: what it loses by the integers that it samples, and by what argument.
public struct MechanismProof: Sendable {
    /// How far the proof reaches.
    public enum Method: String, Sendable {
        /// Every report of the declared instance was enumerated.
        case enumeration = "by enumeration"
        /// The declared instance has too many reports: its own exact bound, and small instances enumerated.
        case boundAndTwin = "by bound and twin"
        /// There is the exact bound alone.
        case bound = "by bound"
    }

    /// The loss of one report; `nil` if there is no bound.
    public let loss: PrivacyLoss?
    /// By what it is known.
    public let method: Method
    /// The checks that were made.
    public let findings: [AuditFinding]

    init<M: LocalRandomizer>(of mechanism: M) {
        let enumerable = EnumerableInstances(of: mechanism)
        let isTwin = enumerable.areTwins
        method = !isTwin ? .enumeration : enumerable.instances.isEmpty ? .bound : .boundAndTwin
        var (loss, findings): (PrivacyLoss?, [AuditFinding]) = (nil, [])
        if isTwin {
            loss = mechanism.loss
            findings.append(
                AuditFinding(
                    .provenLossWithinEpsilon, holds: mechanism.loss <= PrivacyLoss(mechanism.epsilon),
                    "the bound from its integers is \(mechanism.loss), declared is \(mechanism.epsilon)"))
        }
        for instance in enumerable.instances {
            let proof = Self.enumerate(instance)
            if !isTwin { loss = proof.loss }
            findings += proof.findings.map { finding in
                var finding = finding
                if isTwin { finding.text = "small twin: " + finding.text }
                return finding
            }
        }
        if enumerable.instances.isEmpty {
            findings.append(
                AuditFinding(
                    .likelihoodsSumToOne, .warned, "\(M.identifier) has no instance small enough to enumerate"))
        }
        (self.loss, self.findings) = (loss, findings)
    }

    private static func enumerate<M: ExactlyAuditable>(_ mechanism: M) -> (loss: PrivacyLoss?, findings: [AuditFinding])
    {
        let proof = EnumeratedProof(of: mechanism)
        guard let memoized = mechanism as? any ExactlyAuditableLongitudinal else { return (proof.loss, proof.findings) }
        return (proof.loss, proof.findings + stages(of: memoized, inputCount: proof.inputCount))
    }

    /// Stages multiply every permanent response with every report, which larger instances leave to their twins.
    private static func stages<M: ExactlyAuditableLongitudinal>(of mechanism: M, inputCount: Int) -> [AuditFinding] {
        if mechanism.allPermanentResponses.count * inputCount <= 256 { return StageProof(of: mechanism).findings }
        let twins = (mechanism as? any AuditTwinned)?.auditTwins ?? []
        return twins.flatMap { twin -> [AuditFinding] in
            guard let memoized = twin as? any ExactlyAuditableLongitudinal else { return [] }
            return Self.smallStages(of: memoized)
        }
    }

    private static func smallStages<M: ExactlyAuditableLongitudinal>(of mechanism: M) -> [AuditFinding] {
        guard EnumerableInstances.isEnumerable(mechanism) else { return [] }
        return StageProof(of: mechanism).findings.map { finding in
            var finding = finding
            finding.text = "small twin: " + finding.text
            return finding
        }
    }
}

extension MemoizedRandomizedResponse: AuditTwinned {
    /// Two and three answers at the same two ε.
    public var auditTwins: [any ExactlyAuditable] {
        [2, 3].compactMap { count in
            try? MemoizedRandomizedResponse(
                configuration: Configuration(
                    declared: MechanismDeclaration(
                        epsilon: epsilon, permanentEpsilon: permanentEpsilon, valueCount: count,
                        reportsAbsence: false)))
        }
    }
}
