internal import Foundation
internal import Mechanisms

/// RAPPOR over families of distributions.
enum RapporFamilies {
    private struct Family {
        let name: String
        let weights: [Double]
        /// What an earlier simulation of both rules found in three runs.
        let baseline: String
        /// The least mean number of detections that an honest decoder with familywise error 5 % attains.
        let target: Double
    }

    private static let families: [Family] = {
        func weights(_ weight: (Double) -> Double) -> [Double] { (1...100).map { weight(Double($0)) } }
        func normal(_ place: Double) -> Double { exp(-0.5 * pow((place - 50) / (100 / 6.0), 2)) }
        return [
            Family(
                name: "uniform", weights: weights { _ in 1 }, baseline: "83.9 / reference 89.3, 11 false", target: 78),
            Family(name: "normal", weights: weights(normal), baseline: "49.2 / reference 62, 8.7 false", target: 45),
            Family(
                name: "exponential", weights: weights { exp(-0.05 * $0) }, baseline: "37.8 / reference 50.7, 8 false",
                target: 33.5),
            Family(
                name: "Zipf 1", weights: weights { 1 / $0 }, baseline: "28.3 / reference 56.7, 5 false", target: 24.5),
            Family(
                name: "Zipf 1.5", weights: weights { pow($0, -1.5) }, baseline: "14.0 / reference 29.3, 7.7 false",
                target: 13.5),
        ]
    }()

    /// A hundred values of which those whose number ends in 9 are missing from the candidates, a hundred absent ones.
    static func regressionTests(_ laboratory: Laboratory) throws -> [StudyRow] {
        let devices = laboratory.count(100_000, small: 2000), count = laboratory.count(80, small: 2)
        return try families.map { family in
            let scene = try RapporScene(
                bits: 32, hashes: 1, cohorts: 64, f: 50, p: 25, q: 75,
                weights: Array(family.weights.prefix(laboratory.count(100, small: 20))),
                absentCount: laboratory.count(100, small: 10)
            ) { $0 % 10 != 9 }
            let found = try RapporStudies.runs(
                scene, devices: devices, reportsEach: 10, count: count, named: "P4 \(family.name)")
            // The same number of reports without shared noise tells what that costs.
            let apart = try parallelRuns(count) { index in
                var noise = StudyNoise(study: "P4 \(family.name) apart", run: index)
                let run = scene.run(devices: 10 * devices, from: &noise)
                return try scene.ours(run)
            }
            let what =
                "\(family.name): \(grouped(devices)) devices, 10 reports each, 100 values, 90 of them candidates, 100 "
                + "absent, k 32, h 1, m 64, f ½, p ¼, q ¾; \(count) runs"
            return row(of: family, what: what, found: found, apart: apart)
        }
    }

    private static func row(
        of family: Family, what: String, found: [RapporStudies.Found], apart: [RapporJudgement]
    ) -> StudyRow {
        let ours = Moments(found.map(\.ours.detected)), wrong = Moments(found.map(\.ours.falselyDetected)).mean
        let reference = Moments(found.map(\.reference.detected)), period = Moments(found.map(\.byPeriod.detected))
        func mean(_ numbers: [Double], _ digits: Int) -> String { decimal(Moments(numbers).mean, digits) }
        let referenceWrong = Moments(found.map(\.reference.falselyDetected)).mean
        let apartWrong = mean(apart.map(\.falselyDetected), 2)
        return StudyRow(
            id: "P4", what: what, published: "no figure; simulated before: Bonferroni \(family.baseline)",
            ours: "detected \(ours.spread(1)), false \(decimal(wrong, 2)) a run, total variation "
                + "\(mean(found.map(\.ours.totalVariation), 3)); reference rule \(reference.spread(1)), false "
                + "\(decimal(referenceWrong, 1)). Ours pooled as 10 periods, which bounds the noise that reports of a device "
                + "share: \(period.spread(1)), false \(mean(found.map(\.byPeriod.falselyDetected), 2)); of as many devices "
                + "with a report each: \(mean(apart.map(\.detected), 1)), false \(apartWrong)",
            conditions: [
                .init(
                    "mean detected ≥ \(shortest(family.target))", ours.mean, digits: 3,
                    holds: ours.mean >= family.target),
                .init("false ≤ 0.2 a run", wrong, digits: 2, holds: wrong <= 0.2),
                .init("fewer false than the reference rule", wrong, digits: 2, holds: wrong < referenceWrong),
            ])
    }

    /// Fig. 4 of the paper: a normal distribution, mean 50 and deviation 10, over a hundred values.
    static func normal(_ laboratory: Laboratory) throws -> [StudyRow] {
        let weights = (laboratory.count(1, small: 40)...laboratory.count(100, small: 60)).map {
            exp(-0.5 * pow((Double($0) - 50) / 10, 2))
        }
        let sizes = [10_000, 100_000, laboratory.count(1_000_000, small: 200_000)]
        let count = laboratory.count(20, small: 2)
        let variations = try sizes.map { size in
            Moments(
                try parallelRuns(count) { index in
                    var noise = StudyNoise(study: "P5 \(size)", run: index)
                    let scene = try RapporStudies.figureScene(weights: weights, absentCount: 0, run: index)
                    let run = scene.run(devices: size, from: &noise)
                    return try scene.ours(run).totalVariation
                })
        }
        let (thousands, million) = (variations[1].mean, variations[2].mean)
        return [
            StudyRow(
                id: "P5",
                what: "normal over 100 values, mean 50, deviation 10, k 128, h 2, m 16, f ½, p ½, q ¾; "
                    + "\(sizes.map(grouped).joined(separator: ", ")) reports, \(count) runs each",
                published: "10,000 too noisy, 100,000 close, 1,000,000 overlaps (from memory of the figure)",
                ours: "total variation " + variations.map { $0.spread(3) }.joined(separator: "; "),
                conditions: [
                    .init("total variation at the most reports ≤ 0.12", million, digits: 3, holds: million <= 0.12),
                    .range("ratio of the last two", thousands / million, 2.5...3.8),
                ])
        ]
    }
}
