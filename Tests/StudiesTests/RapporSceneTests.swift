import Estimation
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@testable import Studies

@Suite("RAPPOR by counts")
struct RapporSceneTests {
    /// A quarter of the devices hold a text whose candidates include some that never occur.
    private static func scene(weights: [Double] = [3, 1], absent: Int = 4) throws -> RapporScene {
        try RapporScene(
            bits: 16, hashes: 2, cohorts: 4, f: 50, p: 50, q: 75, weights: weights, absentCount: absent)
    }

    @Test("each bit is set as often as p* and q* say")
    func bitProbabilities() throws {
        let scene = try Self.scene(weights: [1], absent: 0), test = BinomialTest(comparisons: 2 * 64)
        var noise = StudyNoise(seed: 0x5eed_0520)
        let run = scene.run(devices: 40_000, from: &noise), chances = scene.mechanism.response.rule.reportProbabilities
        for cohort in 0..<4 {
            for bit in 0..<16 {
                let isSet = scene.textBits[0][cohort].contains(bit), count = run.counts.setCounts[16 * cohort + bit]
                let size = run.counts.cohortSizes[cohort]
                #expect(
                    test.accepts(
                        successes: count, of: size, probability: isSet ? chances.set : chances.clear),
                    "\(cohort) \(bit)")
                #expect(
                    !test.accepts(
                        successes: count, of: size, probability: isSet ? chances.clear : chances.set),
                    "\(cohort) \(bit)")
            }
        }
    }

    @Test("the probabilities are those that the mechanism's estimator undoes")
    func probabilities() throws {
        let chances = try Self.scene().mechanism.response.rule.reportProbabilities
        // q* = f(p + q)/2 + (1 − f)q and p* = f(p + q)/2 + (1 − f)p: 11/16 and 9/16.
        #expect(abs(chances.set - 0.6875) < 1e-15 && abs(chances.clear - 0.5625) < 1e-15)
    }

    @Test("reports of a device about one value share their permanent response")
    func sharedNoise() throws {
        // With f of 98 % nearly all noise is permanent, and of eight reports a device sets a bit eight times or never.
        let scene = try RapporScene(
            bits: 16, hashes: 1, cohorts: 1, f: 98, p: 1, q: 99, weights: [1], absentCount: 0)
        let counts = (0..<400).map { run in
            var noise = StudyNoise(study: "shared", run: run)
            return Double(scene.run(devices: 100, reportsEach: 8, from: &noise).counts.setCounts[0])
        }
        // 100 devices: a variance of about 100·64/4, against 800/4 of independent reports; a factor of 3 either way is
        // beyond 10⁻⁹ for 400 runs.
        let variance = Moments(counts).deviation * Moments(counts).deviation
        #expect(variance > 1600 / 3.0 && variance < 1600 * 3, "\(variance)")
    }

    @Test("pooled by periods, reports are as many in each and their bits the same in all")
    func periods() throws {
        var noise = StudyNoise(seed: 0x5eed_0521)
        let run = try Self.scene().run(devices: 1000, reportsEach: 7, from: &noise), pooled = run.pooledByPeriod()
        #expect(pooled.countsByDay.count == 7 && pooled.countsByDay.values.allSatisfy { $0 == 1000 })
        #expect(pooled.aggregate.setCounts == run.counts.setCounts)
        #expect(pooled.aggregate.cohortSizes == run.counts.cohortSizes)
        #expect(abs(run.truths.reduce(0, +) - 1) < 1e-12)
    }

    @Test("both rules find what is plain, and nothing that is not there")
    func detection() throws {
        let scene = try Self.scene()
        var noise = StudyNoise(seed: 0x5eed_0522)
        let run = scene.run(devices: 1_000_000, from: &noise)
        let ours = try scene.ours(run),
            reference = scene.reference(run, from: &noise)
        #expect(ours.detected == 2 && ours.falselyDetected == 0)
        #expect(reference.detected == 2)
        #expect(ours.totalVariation < 0.05 && reference.totalVariation < 0.05)
        #expect(abs(ours.leastDetected - 0.25) < 1e-12)
    }

    @Test("a judgement counts what is found, missed and made up")
    func judgement() throws {
        let scene = try Self.scene(absent: 1)
        let run = RapporRun(
            truths: [0.75, 0.25], counts: BitCounts(of: .study, cohortCount: 4, bitCount: 16), reportsPerDevice: 1)
        let judgement = RapporJudgement([0.7, nil, 0.1], in: run, of: scene)
        #expect(judgement.detected == 1 && judgement.falselyDetected == 1 && judgement.leastDetected == 0.75)
        #expect(abs(judgement.totalVariation - (0.05 + 0.25 + 0.1) / 2) < 1e-12)
        #expect(abs(judgement.mass - 0.8) < 1e-12)
    }
}
