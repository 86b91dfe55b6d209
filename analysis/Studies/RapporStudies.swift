internal import Estimation
internal import Foundation
internal import Mechanisms

/// RAPPOR: the figures of google/rappor's report and of the paper's kind, and the detection floor.
enum RapporStudies {
    static let experiments = [
        Experiment("P1", "RAPPOR: google/rappor's demo report", demoReport),
        Experiment("P2", "RAPPOR: a million reports of a hundred values among two hundred candidates", millionReports),
        Experiment("P3", "RAPPOR: the smallest detected share falls as the root of the reports", detectionFloor),
        Experiment("P4", "RAPPOR: google/rappor's five regression tests", RapporFamilies.regressionTests),
        Experiment("P5", "RAPPOR: a normal distribution from ten thousand to a million reports", RapporFamilies.normal),
    ]

    /// What decoders found in the same run.
    struct Found: Sendable {
        /// Ours by Bonferroni, with every report taken for a device of its own, as the reference takes them.
        let ours: RapporJudgement
        /// The same by the false discovery rate.
        let discovering: RapporJudgement
        /// Ours, with a period for each report of a device.
        let byPeriod: RapporJudgement
        let reference: RapporJudgement
    }

    static func runs(
        _ scene: RapporScene, devices: Int, reportsEach: Int, count: Int, named name: String
    ) throws -> [Found] {
        try parallelRuns(count) { index in
            var noise = StudyNoise(study: name, run: index)
            let run = scene.run(devices: devices, reportsEach: reportsEach, from: &noise)
            return Found(
                ours: try scene.ours(run), discovering: try scene.ours(run, .fdr),
                byPeriod: try scene.ours(pooled: run.pooledByPeriod(), of: run),
                reference: scene.reference(run, from: &noise))
        }
    }

    static func moments(_ found: [Found], _ of: (Found) -> Double) -> Moments { Moments(found.map(of)) }

    private static func demoReport(_ laboratory: Laboratory) throws -> [StudyRow] {
        let scene = try RapporScene(
            bits: 16, hashes: 2, cohorts: 64, f: 50, p: 50, q: 75,
            weights: (1...laboratory.count(50, small: 20)).map { exp(-0.2 * Double($0)) },
            absentCount: 10)
        let devices = laboratory.count(100_000, small: 2000), count = laboratory.count(30, small: 2)
        let found = try runs(scene, devices: devices, reportsEach: 7, count: count, named: "P1")
        let reference = moments(found) { $0.reference.detected },
            wrong = moments(found) { $0.reference.falselyDetected }
        let ours = moments(found) { $0.ours.detected }, period = moments(found) { $0.byPeriod.detected }
        let discovering = moments(found) { $0.discovering.detected }
        let variation = moments(found) { $0.reference.totalVariation }
        let ownVariation = moments(found) { $0.ours.totalVariation }
        func falseMean(_ judgement: (Found) -> RapporJudgement) -> String {
            decimal(moments(found) { judgement($0).falselyDetected }.mean, 2)
        }
        let bonferroni =
            "\(ours.spread(1)), false \(falseMean(\.ours)), total variation \(decimal(ownVariation.mean, 3))"
        let byRate = "by the false discovery rate \(discovering.spread(1)), false \(falseMean(\.discovering))"
        let holdsPublished =
            reference.least <= 16 && 16 <= reference.greatest && wrong.least <= 1 && 1 <= wrong.greatest
        return [
            StudyRow(
                id: "P1",
                what: "\(grouped(devices)) devices, 7 reports each, 50 values falling by e^−0.2, 10 absent candidates, "
                    + "k 16, h 2, m 64, f ½, p ½, q ¾; \(count) runs",
                published: "1 run: 16 detected, 1 false",
                ours: "2-SD reference rule: detected \(reference.spread(1)), false \(wrong.spread(1)), total variation "
                    + "\(decimal(variation.mean, 3)). Ours: \(bonferroni); \(byRate); pooled as 7 periods, which bounds "
                    + "the noise that reports of a device share: \(period.spread(1))",
                conditions: [
                    .range("reference rule's mean detected", reference.mean, 16.5...20),
                    .range("our mean detected", ours.mean, 13.5...15.5),
                    .range("and by the false discovery rate", discovering.mean, 16.5...20),
                    StudyCondition(
                        "both total variations ≤ 0.060", max(variation.mean, ownVariation.mean),
                        holds: max(variation.mean, ownVariation.mean) <= 0.060),
                    StudyCondition(
                        "16 detected and 1 false inside the runs' ranges of the reference rule",
                        found: "\(reference.spread(0)), \(wrong.spread(0))", holds: holdsPublished),
                ])
        ]
    }

    private static func millionReports(_ laboratory: Laboratory) throws -> [StudyRow] {
        let weights = (1...laboratory.count(100, small: 20)).map { exp(-0.05 * Double($0)) }
        let absentCount = laboratory.count(100, small: 10)
        let reports = laboratory.count(1_000_000, small: 10_000), count = laboratory.count(100, small: 2)
        let outcomes = try parallelRuns(count) { index in
            var noise = StudyNoise(study: "P2", run: index)
            let scene = try figureScene(weights: weights, absentCount: absentCount, run: index)
            let run = scene.run(devices: reports, from: &noise)
            return (
                ours: try scene.ours(run),
                reference: scene.reference(run, from: &noise)
            )
        }
        let ours = Moments(outcomes.map(\.ours.detected)), wrong = Moments(outcomes.map(\.ours.falselyDetected))
        let total: Double = weights.reduce(0, +), first: Double = weights.prefix(31).reduce(0, +)
        let half: Double = weights.count > 31 ? weights[31] / 2 : 0
        let heaviest = (first + half) / total
        let mass = Moments(outcomes.map(\.ours.mass)), reference = Moments(outcomes.map(\.reference.detected))
        return [
            StudyRow(
                id: "P2",
                what:
                    "\(grouped(reports)) reports of \(weights.count) values falling by e^−0.05, \(absentCount) absent candidates, k 128, h 2, "
                    + "m 16, f ½, p ½, q ¾; \(count) runs",
                published:
                    "34.8 detected, none false, mass 0.855 (simulated once before); reference rule 49.2, 3.2 false",
                ours:
                    "detected \(ours.spread(1)), false \(decimal(wrong.mean, 2)) a run, mass \(decimal(mass.mean, 3)), "
                    + "total variation \(decimal(Moments(outcomes.map(\.ours.totalVariation)).mean, 3)); reference rule "
                    + "\(reference.spread(1)), false "
                    + decimal(Moments(outcomes.map(\.reference.falselyDetected)).mean, 1),
                conditions: [
                    .range("mean detected", ours.mean, 31.5...38),
                    .init("false ≤ 0.2 a run", wrong.mean, holds: wrong.mean <= 0.2),
                    .init(
                        "mass ≥ \(decimal(heaviest, 3)), that of the heaviest 31 and a half", mass.mean,
                        holds: mass.mean >= heaviest),
                ])
        ]
    }

    /// The figures of the paper's kind, whose parameters are not known. Their filters are not either, so that every run has
    /// texts of its own.
    static func figureScene(weights: [Double], absentCount: Int, run: Int) throws -> RapporScene {
        try RapporScene(
            bits: 128, hashes: 2, cohorts: 16, f: 50, p: 50, q: 75, weights: weights, absentCount: absentCount,
            prefix: "run \(run) value ")
    }

    /// Values whose shares fall by the root of two, so that at every number of reports the floor lies among them.
    private static func detectionFloor(_ laboratory: Laboratory) throws -> [StudyRow] {
        let weights = (0..<24).map { pow(2, -Double($0) / 2) }, absentCount = laboratory.count(176, small: 6)
        let model = try figureScene(weights: weights, absentCount: absentCount, run: 0)
        let sizes = laboratory.scale == .full ? [10_000, 100_000, 1_000_000, 10_000_000] : [10_000, 1_000_000]
        let count = laboratory.count(40, small: 2), support = model.mechanism.response.rule.reportProbabilities
        let quantile = NormalDistribution.quantile(centralProbability: 1 - 2 * 0.05 / Double(model.candidates.count))
        let floors = try sizes.map { size in
            try parallelRuns(count) { index in
                var noise = StudyNoise(study: "P3 \(size)", run: index)
                let scene = try figureScene(weights: weights, absentCount: absentCount, run: index)
                let run = scene.run(devices: size, from: &noise)
                return try scene.ours(run).leastDetected
            }.filter(\.isFinite)
        }
        let means = floors.map { Moments($0.map { log($0) }).mean }
        func formula(_ size: Int) -> Double {
            quantile * (support.clear * (1 - support.clear) / Double(size)).squareRoot() / (support.set - support.clear)
        }
        let slope = Self.slope(of: means, over: sizes.map { log(Double($0)) })
        func percents(_ shares: [Double]) -> String { shares.map { significant(100 * $0, 3) }.joined(separator: ", ") }
        return [
            StudyRow(
                id: "P3",
                what: "24 values falling by √2, \(absentCount) absent candidates, k 128, h 2, m 16, f ½, p ½, q ¾; "
                    + "\(sizes.map(grouped).joined(separator: ", ")) reports, \(count) runs each",
                published: "slope −0.5 of the floor z·√(p*(1 − p*)/n)/(q* − p*): \(percents(sizes.map(formula))) %",
                ours: "slope \(decimal(slope, 3)); smallest detected share, geometric mean: "
                    + "\(percents(means.map { exp($0) })) % (two bits a value tell more than the formula's one)",
                conditions: [.init("slope −0.5 ± 0.05", slope, digits: 3, holds: abs(slope + 0.5) <= 0.05)])
        ]
    }

    /// The slope of the least-squares line.
    static func slope(of values: [Double], over places: [Double]) -> Double {
        let (x, y) = (Moments(places).mean, Moments(values).mean)
        let products = zip(places, values).reduce(0.0) { $0 + ($1.0 - x) * ($1.1 - y) }
        return products / places.reduce(0.0) { $0 + ($1 - x) * ($1 - x) }
    }
}
