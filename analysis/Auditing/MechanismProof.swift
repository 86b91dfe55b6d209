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
        func include(_ proven: [AuditFinding], ofTwin isTwin: Bool) {
            findings += proven.map { finding in
                var finding = finding
                if isTwin { finding.text = "small twin: " + finding.text }
                return finding
            }
        }
        var transcriptLength = 0
        for instance in enumerable.instances {
            let proof = EnumeratedProof(of: instance)
            if !isTwin { loss = proof.loss }
            include(proof.findings, ofTwin: isTwin)
            guard let stages = Self.stageProof(of: instance) else { continue }
            include(stages.findings, ofTwin: isTwin)
            transcriptLength = max(transcriptLength, stages.transcriptLength)
        }
        if mechanism is any LongitudinalRandomizer {
            // Stages multiply every permanent response with every report, and transcripts the reports of several periods,
            // which all but the smallest instances leave to their twins.
            let twins = isTwin || transcriptLength > 1 ? [] : EnumerableInstances.twins(of: mechanism)
            for stages in twins.compactMap({ Self.stageProof(of: $0) }) {
                include(stages.findings, ofTwin: true)
                transcriptLength = max(transcriptLength, stages.transcriptLength)
            }
            findings += Self.warnings(transcriptLength: transcriptLength)
        }
        if enumerable.instances.isEmpty {
            findings.append(
                AuditFinding(
                    .likelihoodsSumToOne, .warned, "\(M.identifier) has no instance small enough to enumerate"))
        }
        (self.loss, self.findings) = (loss, findings)
    }

    /// What no instance was small enough to show.
    private static func warnings(transcriptLength: Int) -> [AuditFinding] {
        var findings: [AuditFinding] = []
        if transcriptLength == 0 {
            findings.append(
                AuditFinding(.stagesMakeTheReport, .warned, "no instance is small enough to enumerate its two stages"))
        }
        if transcriptLength < 2 {
            findings += [.constantHistoriesProven, .renamedHistoriesProven, .differingHistoriesProven].map {
                AuditFinding($0, .warned, "no instance is small enough to enumerate transcripts of several reports")
            }
        }
        return findings
    }

    /// The proof of both stages; `nil` for more than can be multiplied in a moment.
    private static func stageProof<M: ExactlyAuditable>(of mechanism: M) -> StageProof? {
        func proof<L: ExactlyAuditableLongitudinal>(_ memoized: L) -> StageProof? {
            memoized.allPermanentResponses.count * memoized.auditedInputs.count <= 256
                ? StageProof(of: memoized) : nil
        }
        guard let memoized = mechanism as? any ExactlyAuditableLongitudinal else { return nil }
        return proof(memoized)
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
