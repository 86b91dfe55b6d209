internal import LocalPrivacy
internal import Mechanisms

/// The proof of one instance by enumeration: every report under every audited input.
struct EnumeratedProof {
    /// The worst ratio's logarithm; `nil` without bound.
    let loss: PrivacyLoss?
    let findings: [AuditFinding]
    /// How many reports and inputs were enumerated.
    let reportCount: Int
    let inputCount: Int

    init<M: ExactlyAuditable>(of mechanism: M) {
        let (reports, inputCount) = (mechanism.allReports, mechanism.auditedInputs.count)
        let whole = WideUnsigned(1) << mechanism.likelihoodBitCount
        var (sums, worst) = ([WideUnsigned](repeating: .zero, count: inputCount), WorstRatio())
        for (place, report) in reports.enumerated() {
            let likelihoods = (0..<inputCount).map { mechanism.likelihood(of: report, given: $0) }
            for item in 0..<inputCount { sums[item] = sums[item] + likelihoods[item] }
            worst.include(likelihoods, at: place)
        }
        let loss = worst.loss, epsilon = PrivacyLoss(mechanism.epsilon)
        let unequal = sums.indices.filter { sums[$0] != whole }
        (self.loss, self.inputCount, reportCount) = (loss, inputCount, reports.count)
        findings = [
            AuditFinding(
                .likelihoodsSumToOne, holds: unequal.isEmpty,
                unequal.isEmpty
                    ? "those of \(reports.count) reports do for each of \(inputCount) inputs"
                    : "those of input \(unequal[0]) do not"),
            AuditFinding(
                .provenLossWithinEpsilon, holds: loss.isWithin(epsilon),
                "the worst of \(reports.count) reports loses \(loss.words), declared is \(mechanism.epsilon)"),
            AuditFinding(
                .statedLossIsRealised, holds: loss.agrees(with: mechanism.loss),
                "\(mechanism.loss) is stated, \(loss.words) enumerated"),
        ]
    }
}
