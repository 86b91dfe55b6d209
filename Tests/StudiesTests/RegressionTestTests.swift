import Testing

@testable import Studies

@Suite("A regression test")
struct RegressionTestTests {
    private static func outcome(found: Int, wrong: Int, of count: Int) -> RegressionOutcome {
        let truths = (0..<count).map { _ in 1 / Double(count) } + [0, 0]
        let fractions: [Double?] =
            (0..<count).map { $0 < found ? 1 / Double(count) : nil } + (0..<2).map { $0 < wrong ? 0.1 : nil }
        var judgement = RegressionJudgement(fractions, truths: truths, missingShare: 0)
        (judgement.intervalCount, judgement.coveringCount) = (found, found)
        return RegressionOutcome(
            judgement: judgement, isMisfit: false, isRobust: false, isInsufficient: found == 0, processorSeconds: 0.1)
    }

    private static func results(
        strict: Int, wrong: Int = 0, fdr: Int, runs: Int = 80
    ) -> [RegressionResult] {
        RegressionFamily.all.filter { !$0.isHeavy }.flatMap { family in
            [(RegressionCorrection.bonferroni, strict), (.fdr, fdr)].map { correction, found in
                RegressionResult(
                    family, correction, (0..<runs).map { _ in outcome(found: found, wrong: wrong, of: 100) },
                    comparison: nil)
            }
        }
    }

    private static func outcomes(_ results: [RegressionResult]) -> [String: RegressionVerdict.Outcome] {
        Dictionary(uniqueKeysWithValues: RegressionVerdicts(results).all.map { ($0.rule, $0.outcome) })
    }

    @Test("judges what it was given, and says what is missing")
    func verdicts() {
        let good = Self.outcomes(Self.results(strict: 80, fdr: 90))
        #expect(good.count == 18)
        for (rule, outcome) in good {
            if rule.contains("total variation") || rule.contains("100,000") || rule.contains("robust") {
                #expect(outcome == .notJudged, "\(rule)")
            } else if rule.contains("coverage") || rule.contains("flagged") && rule.contains("heaviest") {
                // All intervals cover, which is more than 97 %, and nothing is flagged.
                #expect(outcome == .fails, "\(rule)")
            } else {
                #expect(outcome == .holds, "\(rule)")
            }
        }
        let poor = Self.outcomes(Self.results(strict: 40, wrong: 1, fdr: 43))
        for rule in poor.keys where rule.contains("detections") { #expect(poor[rule] == .fails, "\(rule)") }
        for rule in poor.keys where rule.contains("false positives") { #expect(poor[rule] == .fails, "\(rule)") }
        for rule in poor.keys where rule.contains("1.1 times") { #expect(poor[rule] == .fails, "\(rule)") }
        let few = Self.outcomes(Self.results(strict: 80, fdr: 90, runs: 20))
        #expect(few.keys.filter { $0.contains("in each family, at most 0.") }.allSatisfy { few[$0] == .notJudged })
        #expect(RegressionVerdicts([]).all.allSatisfy { $0.outcome == .notJudged })
        #expect(RegressionVerdicts([]).failures.isEmpty)
    }

    @Test("adds up its runs")
    func result() throws {
        let family = RegressionFamily.all[0]
        let result = RegressionResult(
            family, .fdr, [Self.outcome(found: 3, wrong: 1, of: 4), Self.outcome(found: 1, wrong: 0, of: 4)],
            comparison: nil)
        #expect(result.runCount == 2 && result.detected == 2 && result.falsePositives == 0.5 && result.missed == 2)
        #expect(result.falseShare == 0.125 && result.intervalCount == 4 && result.coverage == 1)
        #expect(abs(result.totalVariation - (0.175 + 0.375) / 2) < 1e-12)
        #expect(result.insufficientShare == 0)
        #expect(result.normalSeconds.map { abs($0 - 0.1) < 1e-12 } == true && result.robustSeconds == nil)
    }

    @Test("replaces its section of a page and nothing else")
    func page() {
        let section = RegressionPage([], RegressionVerdicts([]))
        let old = "# RAPPOR\n\nWords.\n\n## Regression test families\n\nOld.\n\n### Old\n\n## Next\n\nMore.\n"
        let new = section.replacingSection(of: old)
        #expect(new.hasPrefix("# RAPPOR\n\nWords.\n\n## Regression test families\n\nWritten by"))
        #expect(new.hasSuffix("|\n\n## Next\n\nMore.\n") && !new.contains("Old"))
        #expect(section.replacingSection(of: new) == new)
        let appended = section.replacingSection(of: "# RAPPOR\n")
        #expect(appended.hasPrefix("# RAPPOR\n\n## Regression test families\n"))
        #expect(section.replacingSection(of: appended) == appended)
    }

    @Test("runs a family through all decoders, the same every time")
    func family() throws {
        let family = RegressionFamily(
            "small", .steepZipf, bits: 8, hashes: 2, cohorts: 32, noise: (0, 0.225, 0.775), absent: 10,
            missesEveryTenth: false, reports: 200_000, values: 20)
        let test = RegressionTest(runCount: 2, corrections: RegressionCorrection.allCases, hasComparison: true)
        let results = try test.results(of: family), again = try test.results(of: family)
        #expect(results.map(\.correction) == [.bonferroni, .fdr])
        for (result, other) in zip(results, again) {
            #expect(result.detected == other.detected && result.totalVariation == other.totalVariation)
            let comparison = try #require(result.comparison)
            #expect(comparison.baselines.count == RegressionBaseline.allCases.count)
            // Values of two thirds, a quarter, a tenth of the reports cannot be missed by any decoder.
            #expect(result.detected >= 3 && comparison.referenceDetected >= 3)
            #expect(result.totalVariation < 0.3 && comparison.referenceTotalVariation < 0.3)
            #expect(comparison.baselines.values.allSatisfy { $0 < 0.4 }, "\(comparison.baselines)")
            #expect(comparison.ownTotalVariation == result.totalVariation)
        }
        #expect(results[1].detected >= results[0].detected)
    }
}
