internal import Foundation
internal import LocalPrivacy
internal import Mechanisms

/// The attack on several reports of one device, with a secret of its own for every transcript: two histories against
/// each other, each pair against the bound that is claimed for it.
///
/// A report is reduced to what tells two inputs apart in a single one, and to whether it repeats the one before; which
/// transcripts of these are likelier under a history is learned.
struct TranscriptAttack {
    let findings: [AuditFinding]

    /// A history is a list of the two inputs.
    private struct Contest: Sendable {
        var check: AuditCheck, first: [Int], second: [Int], nats: Double
    }

    init<M: LongitudinalRandomizer>(on subject: AuditSubject<M>, _ settings: AuditSettings) throws {
        let inputs = subject.attackedInputs, mechanism = subject.mechanism
        guard inputs.count > 1 else {
            findings = []
            return
        }
        let trialCount = max(AuditSettings.leastTrialCount, settings.trialCount / 20)
        let reducer = try Self.reducer(subject, inputs[0], inputs[1], count: min(10_000, trialCount), settings)
        let permanent = Double(mechanism.permanentLoss.nanonats) / 1e9
        let fresh = Double(mechanism.instantaneousLoss.nanonats) / 1e9
        let constant = Double(mechanism.permanentEpsilon.thousandths) / 1000
        let pairs = [
            Contest(check: .constantHistoriesAttacked, first: [0, 0, 0], second: [1, 1, 1], nats: constant),
            Contest(check: .renamedHistoriesAttacked, first: [0, 1, 0], second: [1, 0, 1], nats: 2 * permanent),
            Contest(check: .differingHistoriesAttacked, first: [0, 0, 0], second: [0, 0, 1], nats: fresh),
            Contest(check: .differingHistoriesAttacked, first: [0, 0, 0], second: [0, 1, 1], nats: 2 * fresh),
        ]
        let contests =
            pairs
            + pairs.map { Contest(check: $0.check, first: $0.second, second: $0.first, nats: $0.nats) }
        let histories = Array(Set(contests.map(\.first))).sorted { $0.lexicographicallyPrecedes($1) }
        let training = max(500, trialCount / 2)
        func transcripts(_ count: Int, stream: UInt64) throws -> [[Int]: EventLearner.Payloads] {
            let results = try settings.concurrently(histories.count) { index in
                try subject.transcripts(
                    of: histories[index].map { inputs[$0] }, count: count, reducer: reducer,
                    noise: settings.noise(stream + UInt64(index)))
            }
            return Dictionary(uniqueKeysWithValues: zip(histories, results))
        }
        let (known, fresher) = (
            try transcripts(training, stream: 2_000_000), try transcripts(trialCount, stream: 2_001_000)
        )
        let errorRate = settings.checkErrorRate / Double(contests.count)
        var best: [AuditCheck: (excess: Double, finding: AuditFinding)] = [:]
        for contest in contests {
            guard let one = known[contest.first], let two = known[contest.second],
                let freshOne = fresher[contest.first], let freshTwo = fresher[contest.second]
            else { continue }
            let learned = EventLearner(first: one, second: two, looksAtBits: false).bestEvent(among: [])
            let bound = learned.map { learned in
                LossBound(
                    firstCount: freshOne.count { learned.event.contains($0) },
                    secondCount: freshTwo.count { learned.event.contains($0) }, trialCount: trialCount,
                    errorRate: errorRate)
            }
            let nats = bound?.nats ?? 0
            let text =
                "\(bound?.words ?? "0.000") is shown, \(String(format: "%.3f", contest.nats)) claimed: values "
                + "\(contest.first) against \(contest.second)"
            let finding = AuditFinding(contest.check, holds: nats <= contest.nats, text)
            if nats - contest.nats > best[contest.check]?.excess ?? -.infinity {
                best[contest.check] = (nats - contest.nats, finding)
            }
        }
        findings = AuditCheck.allCases.compactMap { best[$0]?.finding }
    }

    /// Two events of single reports as two bits.
    private static func reducer<M: LongitudinalRandomizer>(
        _ subject: AuditSubject<M>, _ first: MechanismInput, _ second: MechanismInput, count: Int,
        _ settings: AuditSettings
    ) throws -> @Sendable ([UInt8]?) -> UInt8 {
        let one = try subject.payloads(about: first, count: count, noise: settings.noise(2_100_000))
        let two = try subject.payloads(about: second, count: count, noise: settings.noise(2_100_001))
        let looksAtBits = !(subject.mechanism is any DistinguishingEvents)
        let own = EventLearner(first: one, second: two, looksAtBits: looksAtBits)
            .bestEvent(among: subject.knownEvents(of: first, from: second))?.event
        let other = EventLearner(first: two, second: one, looksAtBits: looksAtBits)
            .bestEvent(among: subject.knownEvents(of: second, from: first))?.event
        return { payload in
            (own?.contains(payload) == true ? 1 : 0) | (other?.contains(payload) == true ? 2 : 0)
        }
    }
}

extension AuditSubject {
    /// Transcripts of a history, each of a device of its own: for every report what the reducer makes of it, and
    /// whether it is the one before again.
    func transcripts(
        of history: [MechanismInput], count: Int, reducer: ([UInt8]?) -> UInt8, noise: AuditNoise
    ) throws -> [[UInt8]?] {
        let agent = start()
        let transcripts = try (0..<count).map { _ -> [UInt8] in
            let device = try device(noise)
            var (symbols, last): ([UInt8], [UInt8]?) = ([], nil)
            for (place, input) in history.enumerated() {
                let payload = try agent(input, device, noise)
                symbols.append(reducer(payload) | (place > 0 && payload == last ? 4 : 0))
                last = payload
            }
            return symbols
        }
        guard !noise.hasFailed else { throw AuditError.noRandomness }
        return transcripts
    }
}
