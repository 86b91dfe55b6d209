import Auditing
import LocalPrivacy
import Mechanisms
import Testing

@Suite("Audits of sound mechanisms")
struct SoundMechanismTests {
    static let mechanisms: [any LocalRandomizer] = {
        do {
            return [
                try made(RandomizedResponse.self, 1000, domain: .items(2)),
                try made(RandomizedResponse.self, 2000, domain: .items(5), absence: true),
                try made(MemoizedRandomizedResponse.self, 1000, permanent: 2000, domain: .items(3), absence: true),
                try made(BasicRappor.self, 1000, permanent: 3000, domain: .items(4), absence: true),
                try made(
                    Rappor.self, 1000, permanent: 3000, domain: .text, absence: true,
                    ["bits": 16, "hashes": 2, "cohorts": 4]),
                try made(CountMeanSketch.self, 2000, domain: .text, ["rows": 64, "width": 64]),
                try made(OneBitMean.self, 1000, domain: .range),
            ]
        } catch { preconditionFailure("\(error)") }
    }()

    @Test("No check of a sound mechanism fails, and none goes without a proof", arguments: mechanisms.indices)
    func soundMechanismsPass(index: Int) throws {
        let settings = AuditSettings.seeded(.proof, .attack, .reports, .transcripts, trials: 5000)
        func audit<M: LocalRandomizer>(_ mechanism: M) throws -> MetricAudit {
            try MetricAudit(of: AuditSubject(mechanism), settings)
        }
        let audit = try audit(Self.mechanisms[index])
        #expect(audit.failures.isEmpty, "\(audit.failures)")
        #expect(audit.verdict == .passed, "\(audit.findings.filter { $0.verdict != .passed })")
        #expect(audit.provenLoss.map { $0 <= PrivacyLoss(audit.epsilon) } == true)
        #expect(audit.shownLoss.map { $0 > 0 } == true)
    }

    @Test("Estimates of sound mechanisms are right on average, as precise as they say, and covered")
    func soundEstimatesPass() throws {
        let settings = AuditSettings.seeded(.estimates, trials: 60_000)
        func check<M: LocalRandomizer>(_ mechanism: M, _ settings: AuditSettings) throws {
            let audit = try MetricAudit(of: AuditSubject(mechanism), settings)
            #expect(audit.verdict == .passed, "\(audit.findings)")
            for check in [
                AuditCheck.reportsAreCounted, .estimatesAreUnbiased, .varianceFollowsFormula, .intervalsCover,
            ] {
                #expect(audit.verdict(of: check) == .passed)
            }
        }
        try check(try made(RandomizedResponse.self, 1000, domain: .items(3)), settings)
        try check(try made(OneBitMean.self, 1000, domain: .range), settings)
        // Few reports, whose intervals come of exact tails.
        try check(
            try made(BasicRappor.self, 1000, permanent: 3000, domain: .items(3), absence: true),
            .seeded(.estimates, trials: 1000))
    }

    @Test("Estimates whose noise is rare raise no false alarm", arguments: [4000, 8000, 12_000, 16_000])
    func rareNoise(epsilon: Int) throws {
        let subject = AuditSubject(try made(RandomizedResponse.self, epsilon, domain: .items(4)))
        for seed in 1...5 as ClosedRange<UInt64> {
            let audit = try MetricAudit(of: subject, .seeded(.estimates, trials: 1000, seed: 0xA1A2 &* seed))
            #expect(audit.verdict == .passed, "\(seed): \(audit.findings)")
        }
    }

    @Test("A small instance is proven by enumeration, a large one by its bound and a twin")
    func proofsSayHowFarTheyReach() throws {
        let settings = AuditSettings.seeded(.proof, trials: 1000)
        func method<M: LocalRandomizer>(_ mechanism: M) throws -> MechanismProof.Method? {
            let audit = try MetricAudit(of: AuditSubject(mechanism), settings)
            #expect(audit.verdict == .passed, "\(audit.findings)")
            return audit.proofMethod
        }
        #expect(try method(made(RandomizedResponse.self, 500, domain: .items(6))) == .enumeration)
        #expect(try method(made(RandomizedResponse.self, 500, domain: .items(100_000))) == .boundAndTwin)
        #expect(
            try method(made(CountMeanSketch.self, 4000, domain: .text, ["rows": 65_536, "width": 1024]))
                == .boundAndTwin)
        #expect(
            try method(
                made(
                    Rappor.self, 2000, permanent: 4000, domain: .text, absence: true,
                    ["bits": 128, "hashes": 2, "cohorts": 64])) == .boundAndTwin)
    }

    @Test("Two events of the mechanism's own are found where there is nothing to learn by bytes")
    func sketchesAreAttackedInTheirRows() throws {
        let sketch = try made(CountMeanSketch.self, 4000, domain: .text, ["rows": 65_536, "width": 64])
        let audit = try MetricAudit(of: AuditSubject(sketch), .seeded(.attack, trials: 20_000))
        // q of the event is 0.0142: at 20,000 trials the bound lies 0.3 below.
        #expect(audit.shownLoss.map { $0 > 0.85 * 4 && $0 <= 4 } == true, "\(audit.findings)")
    }

    @Test("Numbers are attacked in the buckets that a report sampled", arguments: [(16, 8, 0.75), (8, 1, 0.8)])
    func sampledBuckets(buckets: Int32, sampled: Int32, share: Double) throws {
        let flips = try made(
            DBitFlip.self, 4000, domain: .range, ["buckets": buckets, "sampled_buckets": sampled])
        let audit = try MetricAudit(of: AuditSubject(flips), .seeded(.attack, trials: 20_000))
        // An event of two or three in a thousand: at 20,000 trials the bound lies 0.6 below.
        #expect(audit.shownLoss.map { $0 > share * 4 && $0 <= 4 } == true, "\(audit.findings)")
    }

    @Test("Too few trials are refused")
    func tooFewTrials() throws {
        let mechanism = try made(RandomizedResponse.self, 1000, domain: .items(2))
        #expect(throws: AuditError.tooFewTrials(count: 999, least: 1000)) {
            try MetricAudit(of: AuditSubject(mechanism), .seeded(.attack, trials: 999))
        }
    }

    @Test("No report is made where there is no randomness")
    func failingNoise() throws {
        struct Failure: Error {}
        let mechanism = try made(RandomizedResponse.self, 1000, domain: .items(2))
        var settings = AuditSettings.seeded(.attack, trials: 1000)
        settings.noise = { _ in AuditNoise { throw Failure() } }
        #expect(throws: AuditError.noRandomness) { try MetricAudit(of: AuditSubject(mechanism), settings) }
    }
}
