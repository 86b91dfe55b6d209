internal import Foundation
internal import LocalPrivacy
internal import Mechanisms

/// The attack on single reports: for ordered pairs of inputs an event is chosen on training reports, and counted in
/// fresh ones.
struct Attack {
    /// The best lower bound of the loss.
    let bound: LossBound?
    let findings: [AuditFinding]

    private static let chunkTrialCount = 20_000
    private static let trainingLimit = 50_000
    /// The most bytes of training reports about one input that are kept.
    private static let trainingByteLimit = 1 << 26

    private struct Contest: Sendable {
        var first: Int, second: Int, event: PayloadEvent, score: Double
    }

    init<M: LocalRandomizer>(on subject: AuditSubject<M>, _ settings: AuditSettings) throws {
        let inputs = subject.attackedInputs
        let contests = try Self.train(subject, inputs, settings)
        guard !contests.isEmpty else {
            bound = nil
            findings = [
                AuditFinding(.attackWithinEpsilon, .passed, "no event tells any of \(inputs.count) inputs apart"),
                AuditFinding(.attackHasPower, .warned, "no event was found that tells the inputs apart"),
            ]
            return
        }
        let counts = try Self.count(subject, inputs, contests, settings)
        let errorRate = settings.checkErrorRate / Double(contests.count)
        let bounds = counts.map {
            LossBound(
                firstCount: $0.first, secondCount: $0.second, trialCount: settings.trialCount, errorRate: errorRate)
        }
        let best = bounds.indices.max { bounds[$0].nats < bounds[$1].nats } ?? 0
        bound = bounds[best]
        findings = Self.findings(
            bounds[best], contests[best], inputs, epsilon: subject.mechanism.epsilon,
            isPowerful: settings.trialCount >= settings.powerTrialCount)
    }

    private static func findings(
        _ bound: LossBound, _ contest: Contest, _ inputs: [MechanismInput], epsilon: Epsilon, isPowerful: Bool
    ) -> [AuditFinding] {
        let declared = Double(epsilon.thousandths) / 1000
        let text =
            "\(bound.words) is shown, \(epsilon) declared: \(inputs[contest.first].words) against "
            + "\(inputs[contest.second].words), \(contest.event.name)"
        let isRare = bound.rarerShare < 0.01, isWeak = bound.nats < 0.9 * declared
        let power: AuditFinding
        if !isPowerful {
            power = AuditFinding(.attackHasPower, .passed, "not judged by so few trials")
        } else if isWeak, isRare {
            power = AuditFinding(
                .attackHasPower, .passed,
                "\(bound.words) of \(epsilon) is shown; the event is rarer than one in a hundred, so more needs more trials"
            )
        } else {
            power = AuditFinding(
                .attackHasPower, isWeak ? .warned : .passed,
                isWeak
                    ? "only \(bound.words) of \(epsilon) is shown: there is more noise than declared, or reports say "
                        + "nothing"
                    : "\(bound.words) of \(epsilon) is shown")
        }
        return [AuditFinding(.attackWithinEpsilon, holds: bound.nats <= declared, text), power]
    }

    /// The best event of each ordered pair, and of those the best one and that of its reverse.
    private static func train<M: LocalRandomizer>(
        _ subject: AuditSubject<M>, _ inputs: [MechanismInput], _ settings: AuditSettings
    ) throws -> [Contest] {
        let length = max(1, subject.mechanism.payloadByteCount)
        let count = min(trainingLimit, max(500, min(settings.trialCount / 5, trainingByteLimit / length)))
        let samples = try settings.concurrently(inputs.count) { index in
            try subject.payloads(about: inputs[index], count: count, noise: settings.noise(UInt64(index)))
        }
        let pairs = inputs.indices.flatMap { first in
            inputs.indices.filter { $0 != first }.map { (first: first, second: $0) }
        }
        let contests = try settings.concurrently(pairs.count) { index -> Contest? in
            let pair = pairs[index]
            let known = subject.knownEvents(of: inputs[pair.first], from: inputs[pair.second])
            let learner = EventLearner(
                first: samples[pair.first], second: samples[pair.second],
                looksAtBits: known.isEmpty || subject.mechanism.payloadByteCount <= 4)
            return learner.bestEvent(among: known).map {
                Contest(first: pair.first, second: pair.second, event: $0.event, score: $0.score)
            }
        }
        let ranked = contests.compactMap(\.self).sorted { $0.score > $1.score }
        // The best one, and the other way round, so that only two inputs have to be reported about.
        return ranked.filter { contest in
            [contest.first, contest.second].allSatisfy { [ranked[0].first, ranked[0].second].contains($0) }
        }
    }

    /// How often each contest's event occurs in fresh reports about its inputs.
    private static func count<M: LocalRandomizer>(
        _ subject: AuditSubject<M>, _ inputs: [MechanismInput], _ contests: [Contest], _ settings: AuditSettings
    ) throws -> [EventCounts] {
        let needed = Set(contests.flatMap { [$0.first, $0.second] }).sorted()
        let chunks = (settings.trialCount + chunkTrialCount - 1) / chunkTrialCount
        let work = needed.flatMap { input in (0..<chunks).map { (input: input, chunk: $0) } }
        let partial = try settings.concurrently(work.count) { index -> [EventCounts] in
            let (input, chunk) = work[index]
            let count = min(chunkTrialCount, settings.trialCount - chunk * chunkTrialCount)
            let noise = settings.noise(UInt64(1000 + index)), agent = subject.start()
            var counts = [EventCounts](repeating: EventCounts(), count: contests.count)
            for _ in 0..<count {
                let payload = try agent(inputs[input], try subject.device(noise), noise)
                for (place, contest) in contests.enumerated() {
                    guard contest.first == input || contest.second == input, contest.event.contains(payload) else {
                        continue
                    }
                    if contest.first == input { counts[place].first += 1 } else { counts[place].second += 1 }
                }
            }
            guard !noise.hasFailed else { throw AuditError.noRandomness }
            return counts
        }
        return contests.indices.map { place in
            partial.reduce(into: EventCounts()) { sum, counts in
                sum.first += counts[place].first
                sum.second += counts[place].second
            }
        }
    }
}

extension AuditSubject {
    /// Reports about one input, each of a device of its own.
    func payloads(about input: MechanismInput, count: Int, noise: AuditNoise) throws -> [[UInt8]?] {
        let agent = start()
        let payloads = try (0..<count).map { _ in try agent(input, try device(noise), noise) }
        guard !noise.hasFailed else { throw AuditError.noRandomness }
        return payloads
    }
}
