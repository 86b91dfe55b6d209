internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import Planning
internal import Reports

/// What would make the intervals of a metric half as wide: more devices, or a larger ε.
struct ReportAdvice {
    let definition: MetricDefinition
    let released: ReleasedEstimates
    let values: [MechanismInput]

    func sentences(confidence: ConfidenceLevel) -> [String] {
        let mechanism = definition.mechanism, devices = released.reportCount
        guard !definition.isMemoized, let (more, louder) = plans(confidence: confidence) else {
            return [
                "Four times the reports make every interval half as wide: \(Digits.grouped(4 * devices)) in place of "
                    + "\(Digits.grouped(devices)). A larger ε does so too, and each report then tells more."
            ]
        }
        var sentences = [
            "Intervals half as wide need about \(Digits.grouped(rounded(more.deviceCount))) devices in place of "
                + "\(Digits.grouped(devices)),"
        ]
        if let louder, louder.epsilon.thousandths > mechanism.epsilon.thousandths {
            sentences[0] += " or, with the same devices, ε \(louder.epsilon) in place of \(mechanism.epsilon)."
            sentences.append(
                "One report would then move 50 % to at most \(posterior(louder.epsilon)) %, and it is a new version of the "
                    + "metric.")
        } else {
            sentences[0] = sentences[0].dropLast() + "."
        }
        return sentences
    }

    private func plans(confidence: ConfidenceLevel) -> (more: Plan, louder: Plan?)? {
        let mechanism = definition.mechanism
        var question = PlanQuestion(
            domain: mechanism.configuration.domain, confidence: confidence, share: share,
            mechanism: .named(type(of: mechanism).identifier))
        question.byteBudget = max(question.byteBudget, mechanism.payloadByteCount)
        if question.domain == .text { question.candidateCount = max(1, values.count) }
        guard let now = try? Plan(question, deviceCount: released.reportCount, epsilon: mechanism.epsilon),
            let more = try? Plan(question, epsilon: mechanism.epsilon, error: now.error / 2)
        else { return nil }
        return (more, try? Plan(question, deviceCount: released.reportCount, error: now.error / 2))
    }

    /// The share whose interval is meant: that of the most frequent value.
    private var share: Double? {
        guard case .frequencies(let estimates) = released.figures,
            let most = estimates.map(\.frequency).filter(\.isFinite).max()
        else { return nil }
        return min(max(most, 0), 1)
    }

    /// Three significant digits, rounded up.
    private func rounded(_ count: Int) -> Int {
        var unit = 1
        while count / unit >= 1000 { unit *= 10 }
        return (count + unit - 1) / unit * unit
    }

    /// e^ε / (1 + e^ε) in percent, rounded up.
    private func posterior(_ epsilon: Epsilon) -> String {
        let share = 1 / (1 + exp(-Double(epsilon.thousandths) / 1000))
        return String(format: "%.1f", min(100, (share.nextUp * 1000).rounded(.up) / 10))
    }
}
