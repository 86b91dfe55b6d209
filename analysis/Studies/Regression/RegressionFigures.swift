/// The rules about what the decoder finds, on the results of a regression test.
struct RegressionFigures {
    let strict: [RegressionResult], discovering: [RegressionResult]
    private let isWhole: Bool

    init(_ results: [RegressionResult]) {
        let judged = results.filter { !$0.family.isForTiming }
        strict = judged.filter { $0.correction == .bonferroni }
        discovering = judged.filter { $0.correction == .fdr }
        let needed = Set(RegressionFamily.all).subtracting(RegressionFamily.heavy)
        isWhole = needed.isSubset(of: judged.map(\.family))
        timed = results
    }

    /// With the families that are only timed.
    private let timed: [RegressionResult]

    private func missing(_ results: [RegressionResult], _ correction: String) -> String? {
        guard !results.isEmpty else { return "needs --correction \(correction)" }
        return isWhole ? nil : "needs all families"
    }

    func detections(suffix: String, named: String, atLeast targets: [Double]) -> [RegressionVerdict] {
        let shapes = ["unif", "gauss", "exp", "zipf1", "zipf1.5"]
        let rule = "strict detections, demo at a million reports\(named), \(shapes.joined(separator: " / ")), at least "
        let words = targets.map(shortest).joined(separator: " / ")
        let found = shapes.compactMap { shape in strict.first { $0.family.name == "demo_\(shape)\(suffix)" }?.detected }
        guard found.count == shapes.count else {
            return [.init(rule + words, missing: "needs the families demo_*\(suffix) and --correction bonferroni")]
        }
        return [
            .init(
                rule + words, holds: zip(found, targets).allSatisfy { $0 >= $1 },
                found.map { decimal($0, 1) }.joined(separator: " / "))
        ]
    }

    func falsePositives() -> [RegressionVerdict] {
        let rules = [
            "strict false positives a run, mean over all families, at most 0.1",
            "strict false positives a run, in each family, at most 0.2 in 80 runs",
        ]
        if let missing = missing(strict, "bonferroni") { return rules.map { .init($0, missing: missing) } }
        let mean = Moments(strict.map(\.falsePositives)).mean
        return [
            .init(rules[0], holds: mean <= 0.1, decimal(mean, 3)),
            perFamily(rules[1], strict, least: 80, limit: 0.2) { $0.falsePositives },
        ]
    }

    func falseShares() -> [RegressionVerdict] {
        let rules = [
            "false share of what fdr finds, mean over all runs, at most 0.05",
            "false share of what fdr finds, in each family, at most 0.06 in 40 runs",
        ]
        if let missing = missing(discovering, "fdr") { return rules.map { .init($0, missing: missing) } }
        let runs = discovering.reduce(0) { $0 + $1.runCount }
        let mean = discovering.reduce(0) { $0 + $1.falseShare * Double($1.runCount) } / Double(runs)
        return [
            .init(rules[0], holds: mean <= 0.05, decimal(mean, 4)),
            perFamily(rules[1], discovering, least: 40, limit: 0.06) { $0.falseShare },
        ]
    }

    /// A limit on each family's mean, which fewer runs than it is meant for do not decide.
    private func perFamily(
        _ rule: String, _ results: [RegressionResult], least: Int, limit: Double, _ figure: (RegressionResult) -> Double
    ) -> RegressionVerdict {
        let above = results.filter { figure($0) > limit }.map { "\($0.family.name) \(decimal(figure($0), 3))" }
        let greatest = results.map(figure).max() ?? 0
        let found = above.isEmpty ? "at most \(decimal(greatest, 3))" : above.joined(separator: ", ")
        guard results.allSatisfy({ $0.runCount >= least }) else {
            return .init(rule, missing: "needs --seeds \(least); so far \(found)")
        }
        return .init(rule, holds: above.isEmpty, found)
    }

    /// How many more fdr finds, in families where strict finds at least one value a run and less than 85 % of those that
    /// can be found.
    func discoveryGain() -> RegressionVerdict {
        let rule =
            "fdr finds at least 1.1 times what strict finds, where that is at least 1 a run and below 85 % of what occurs"
        guard !strict.isEmpty, !discovering.isEmpty else { return .init(rule, missing: "needs --correction both") }
        let ratios = strict.compactMap { strict -> (String, Double)? in
            guard let other = discovering.first(where: { $0.family == strict.family }), strict.detected >= 1,
                strict.detected < 0.85 * (strict.detected + strict.missed)
            else { return nil }
            return (strict.family.name, other.detected / strict.detected)
        }
        let below = ratios.filter { $0.1 < 1.1 }.map { "\($0.0) \(decimal($0.1, 3))" }
        let found = "in \(ratios.count) families, least \(decimal(ratios.map(\.1).min() ?? .nan, 2))"
        guard isWhole else { return .init(rule, missing: "needs all families; so far " + found) }
        return .init(rule, holds: below.isEmpty, below.isEmpty ? found : below.joined(separator: ", "))
    }

    func coverage() -> [RegressionVerdict] {
        [("strict", strict, "bonferroni"), ("fdr", discovering, "fdr")].flatMap { name, results, correction in
            let rules = [
                "coverage of the 95 % intervals of what \(name) finds, of all runs, 93–97 %",
                "coverage of the 95 % intervals of what \(name) finds, in each family with 300 or more, 91–99 %",
            ]
            if let missing = missing(results, correction) {
                return rules.map { RegressionVerdict($0, missing: missing) }
            }
            let covering = results.reduce(0) { $0 + $1.coveringCount }
            let count = results.reduce(0) { $0 + $1.intervalCount }, pooled = Double(covering) / Double(max(1, count))
            let large = results.filter { $0.intervalCount >= 300 }
            let outside = large.filter { !(0.91...0.99).contains($0.coverage ?? 1) }
            let range = Moments(large.compactMap(\.coverage))
            return [
                .init(rules[0], holds: (0.93...0.97).contains(pooled), decimal(pooled, 4)),
                .init(
                    rules[1], holds: outside.isEmpty,
                    outside.isEmpty
                        ? "\(decimal(range.least, 3))–\(decimal(range.greatest, 3)) in \(large.count) families"
                        : outside.map { "\($0.family.name) \(decimal($0.coverage ?? 1, 3))" }
                            .joined(separator: ", ")),
            ]
        }
    }
}

extension RegressionFigures {
    func totalVariations() -> [RegressionVerdict] {
        let rules = [
            "total variation of fdr, in each family with enough reports, at most that of google/rappor's rule",
            "total variation of fdr, in each family with enough reports, at most 1.05 times that of the best of five "
                + "baselines",
        ]
        // Where the decoder says that there are too few reports to list anything, there is no list to compare.
        let compared = discovering.filter { $0.comparison != nil && $0.insufficientShare < 0.5 }
        guard !compared.isEmpty else {
            return rules.map { .init($0, missing: "needs --baselines and --correction fdr") }
        }
        let ratios = [
            compared.compactMap { result in
                result.comparison.map { (result.family.name, $0.ownTotalVariation / $0.referenceTotalVariation) }
            },
            compared.compactMap { result in
                result.comparison.flatMap { own in
                    own.best.map { (result.family.name, own.ownTotalVariation / $0.totalVariation) }
                }
            },
        ]
        return zip(rules, zip(ratios, [1, 1.05])).map { rule, ratiosAndLimit in
            let (ratios, limit) = ratiosAndLimit
            let above = ratios.filter { $0.1 > limit }.map { "\($0.0) \(decimal($0.1, 3))" }
            let found =
                above.isEmpty
                ? "in \(ratios.count) families, greatest ratio \(decimal(ratios.map(\.1).max() ?? .nan, 3))"
                : above.joined(separator: ", ")
            guard isWhole else { return .init(rule, missing: "needs all families; so far " + found) }
            return .init(rule, holds: above.isEmpty, found)
        }
    }

    func times() -> [RegressionVerdict] {
        let big = timed.filter { $0.family.rowCount == 8192 && !$0.family.isForTiming }
        let large = timed.filter { $0.family.name == "dictionary_100k" }
        func verdict(_ rule: String, _ seconds: [Double], limit: Double, _ missing: String) -> RegressionVerdict {
            guard let greatest = seconds.max() else { return .init(rule, missing: missing) }
            return .init(rule, holds: greatest <= limit, "\(decimal(greatest, 2)) s")
        }
        return [
            verdict(
                "mean processor time, 1,100 candidates and 8,192 rows, normal background, at most 0.5 s",
                big.compactMap(\.normalSeconds), limit: 0.5, "needs the families big_*"),
            verdict(
                "mean processor time, 1,100 candidates and 8,192 rows, robust background, at most 1 s",
                big.compactMap(\.robustSeconds), limit: 1, "needs families big_* whose background is robust"),
            verdict(
                "mean processor time, 100,000 candidates and 8,192 rows, at most 5 s", large.map(\.processorSeconds),
                limit: 5, "needs the family dictionary_100k"),
        ]
    }

    func misfits() -> [RegressionVerdict] {
        let rules = [
            "flagged as a misfit with a complete dictionary, of all runs, at most 1 %",
            "flagged as a misfit without the two heaviest, exponential and Zipf at a million reports, 100 %",
        ]
        let results = strict.isEmpty ? discovering : strict
        guard !results.isEmpty, isWhole else { return rules.map { .init($0, missing: "needs all families") } }
        let complete = results.filter(\.family.hasCompleteDictionary)
        let runs = complete.reduce(0) { $0 + $1.runCount }
        let flagged = complete.reduce(0) { $0 + $1.misfitShare * Double($1.runCount) } / Double(max(1, runs))
        let shapes: [RegressionFamily.Shape] = [.exponential, .zipf, .steepZipf]
        let dropped = results.filter {
            $0.family.missingHeaviestCount == 2 && shapes.contains($0.family.shape)
        }
        let silent = dropped.filter { $0.misfitShare < 1 }
        return [
            .init(rules[0], holds: flagged <= 0.01, "\(decimal(100 * flagged, 2)) % of \(runs) runs"),
            .init(
                rules[1], holds: silent.isEmpty,
                silent.isEmpty
                    ? "100 % in \(dropped.count) families"
                    : silent.map { "\($0.family.name) \(decimal(100 * $0.misfitShare, 0)) %" }
                        .joined(separator: ", ")),
        ]
    }
}
