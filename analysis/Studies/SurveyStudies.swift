internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat

/// Randomized response: the survey with two coins, and what averaging fresh answers gives away.
enum SurveyStudies {
    static let experiments = [
        Experiment("R1", "Randomized response survey with two fair coins", twoCoins),
        Experiment("R2", "Averaging attack on fresh and on memoized answers", averaging),
    ]

    private struct Answer { let error: Double, covered: Bool }

    /// A share of 0.3 answers yes; each respondent tells the truth or, by two fair coins, a coin's answer.
    private static func twoCoins(_ laboratory: Laboratory) throws -> [StudyRow] {
        // Pr[yes | yes] = 3/4 is lying for a quarter of all words, and ln 3 rounded up to thousandths bounds it.
        let coin = try RandomizedResponse(
            configuration: RandomizedResponse.Configuration(
                itemCount: 2, reportsAbsence: false, epsilonThousandths: 1099, lieThreshold: 1 << 62))
        let share = 0.3, runCount = laboratory.count(20_000, small: 40)
        return try [1000, 10_000, 100_000].map { respondents in
            let name = "R1 \(respondents)", blocks = 20
            let answers = try parallelRuns(blocks) { block in
                var noise = StudyNoise(study: name, run: block)
                return try (0..<runCount / blocks).map { _ in
                    try survey(of: respondents, share: share, by: coin, from: &noise)
                }
            }.joined()
            let errors = Moments(answers.map(\.error)), mixed = 0.25 + share / 2
            let formula = (4 * mixed * (1 - mixed) / Double(respondents)).squareRoot()
            let coverage = Double(answers.count { $0.covered }) / Double(answers.count)
            let limit = 3 * formula / Double(errors.count).squareRoot()
            return StudyRow(
                id: "R1", what: "\(grouped(respondents)) respondents, true share 0.3; \(grouped(runCount)) runs",
                published: "standard deviation \(significant(formula, 3)) (formula 2·√(λ(1 − λ)/n))",
                ours: "\(significant(errors.rootMeanSquare, 3)), mean error \(significant(errors.mean, 2)), 95 % "
                    + "intervals cover the sample's share \(decimal(100 * coverage, 1)) %",
                conditions: [
                    .ratio("standard deviation / formula", errors.rootMeanSquare / formula, withinPercent: 3),
                    StudyCondition(
                        "|mean error| < 3 of its own deviations", errors.mean, holds: abs(errors.mean) < limit),
                    .range("coverage in percent", 100 * coverage, 94...96),
                ])
        }
    }

    private static func survey(
        of respondents: Int, share: Double, by coin: RandomizedResponse, from noise: inout StudyNoise
    ) throws -> Answer {
        let holders = noise.binomial(respondents, share), support = coin.support
        let yes =
            noise.binomial(holders, support.truthful) + noise.binomial(respondents - holders, support.spurious)
        let counts = try SupportCounts.counting([yes, respondents - yes], as: .study)
        let estimate = coin.estimates(from: .ofOnePeriod(counts), confidence: .standard)[0]
        return Answer(
            error: estimate.frequency - share,
            covered: estimate.interval.contains(Double(holders) / Double(respondents)))
    }

    /// Someone who sees T answers of a device takes the majority for its value; a tie is a toss.
    private static func averaging(_ laboratory: Laboratory) throws -> [StudyRow] {
        let coin = try RandomizedResponse.study(thousandths: 1000, valueCount: 2), truth = coin.support.truthful
        let devices = laboratory.count(1_000_000, small: 2000)
        var noise = StudyNoise(study: "R2", run: 0)
        return [(1, 0.735), (7, 0.911), (30, 0.996), (90, 1.0)].map { answers, published in
            let majority = BinomialDistribution(trialCount: answers, probability: truth)
            let tie = answers.isMultiple(of: 2) ? majority.density(at: answers / 2) / 2 : 0
            let formula = majority.upperTail(from: answers / 2 + 1) + tie
            var fresh = 0
            for _ in 0..<devices {
                let truths = noise.binomial(answers, truth)
                fresh += 2 * truths > answers || (2 * truths == answers && noise.next() & 1 == 0) ? 1 : 0
            }
            // Of a memoized response all answers are the same one.
            let memoized = Double(noise.binomial(devices, truth)) / Double(devices)
            let accuracy = Double(fresh) / Double(devices)
            let limit = 4 * (0.25 / Double(devices)).squareRoot()
            return StudyRow(
                id: "R2",
                what: "ε = 1, \(answers) \(answers == 1 ? "answer" : "answers") each of \(grouped(devices)) devices",
                published: "fresh \(decimal(published, 3)), memoized 0.73; exact fresh \(decimal(formula, 4))",
                ours: "fresh \(decimal(accuracy, 4)), memoized \(decimal(memoized, 4))",
                conditions: [
                    StudyCondition(
                        "fresh within 4 standard errors of the exact value", accuracy,
                        holds: abs(accuracy - formula) <= limit),
                    StudyCondition(
                        "fresh within 0.01 of the published", accuracy, holds: abs(accuracy - published) <= 0.01),
                    StudyCondition("memoized within 0.01 of 0.73", memoized, holds: abs(memoized - 0.73) <= 0.01),
                ])
        }
    }
}
