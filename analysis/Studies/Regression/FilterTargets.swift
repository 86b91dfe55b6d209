/// What the rows' counts say of the fraction of reports whose value sets each bit, for decoders to regress on.
struct FilterTargets: Sendable {
    /// The unbiased fractions; 0 in a cohort without reports.
    let fractions: [Double]
    /// The reports of each row's cohort.
    let sizes: [Double]
    /// p* and q*.
    let clear: Double, set: Double

    init(cohortSizes: [Int], setCounts: [Int], clear: Double, set: Double) {
        let bitCount = cohortSizes.isEmpty ? 1 : setCounts.count / cohortSizes.count
        let sizes = setCounts.indices.map { Double(cohortSizes[$0 / bitCount]) }
        fractions = zip(setCounts, sizes).map { $1 > 0 ? (Double($0) / $1 - clear) / (set - clear) : 0 }
        (self.sizes, self.clear, self.set) = (sizes, clear, set)
    }

    init(_ run: RegressionRun) {
        self.init(
            cohortSizes: run.cohortSizes, setCounts: run.setCounts, clear: run.family.clearProbability,
            set: run.family.setProbability)
    }

    /// The variance of each fraction where the truth is `fitted`; infinite in a cohort without reports.
    func variances(at fitted: [Double]) -> [Double] {
        zip(fitted, sizes).map { fitted, size in
            let chance = clear + (set - clear) * min(max(fitted, 0), 1)
            return size > 0 ? chance * (1 - chance) / ((set - clear) * (set - clear) * size) : .infinity
        }
    }
}
