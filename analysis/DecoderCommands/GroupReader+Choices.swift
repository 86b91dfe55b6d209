internal import Estimation
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// The columns that an ``EstimateChoices`` adds, in the order of the values; `nil` where they are not asked for.
public struct AddedColumns: Hashable, Sendable {
    var denoised: [Double]?
    var consistent: [Double]?
    var adjusted: [Double]?
    /// The same for sums.
    var sumsConsistent: [Double]?
    var sumsAdjusted: [Double]?
}

/// A value's estimate for the devices that reported, and for a population from which they were drawn at random.
struct DrawnEstimate: Hashable, Sendable {
    let position: Int
    let sample: FrequencyEstimate
    let population: FrequencyEstimate

    /// The part of the population's variance that is the noise, from 0 to 1.
    var noiseShare: Double {
        let (noise, all) = (sample.standardError, population.standardError)
        return all > 0 ? min(1, noise * noise / (all * all)) : 1
    }
}

/// Where the figures of a group come from, as far as a difference has to know.
public struct FigureOrigins: Hashable, Sendable {
    /// The count of every value.
    var value: LinearCount?
    /// The count that "no event" comes from.
    var absence: LinearCount?
    /// The count that a mean place comes from.
    var mean: LinearCount?
    /// Whether the counts of values are independent.
    var valuesAreIndependent = false
    /// Whether the errors of two groups of the metric can have a negative covariance.
    var groupsMayVaryApart = false
}

extension GroupReader {
    /// The confidence of one interval.
    var level: ConfidenceLevel {
        choices.isSimultaneous ? confidence.shared(by: rowCount + sumPositions.count) : confidence
    }

    /// What is shown of unbiased estimates.
    func released<Oracle: FrequencyOracle>(
        _ estimates: [FrequencyEstimate], from pool: PooledReports<Oracle.Aggregate>, by oracle: Oracle,
        progress: (Int, Int) -> Void
    ) throws(EstimationError) -> ReleasedEstimates {
        let unknown = estimates.indices.filter { estimates[$0].count.isNaN }
        guard unknown.isEmpty || choices.takesEachValueAlone else { throw .indistinguishable(positions: unknown) }
        var sums: [SumEstimate] = []
        if !sumPositions.isEmpty {
            sums = try oracle.sums(
                of: sumPositions, among: values, from: pool, confidence: level, progress: progress)
        }
        var (estimates, added) = (estimates, AddedColumns())
        addColumns(to: &added, of: estimates, reportCount: pool.reportCount, oracle: oracle)
        if choices.correction != .bonferroni || choices.additions.contains(.adjusted) {
            let adjusted = choices.correction.procedure(ofIndependent: oracle.valuesAreIndependent)
                .adjusted(estimates.map(\.pValue))
            // Sums may have values in common.
            let sumsAdjusted = choices.correction.procedure(ofIndependent: false).adjusted(sums.map(\.estimate.pValue))
            if choices.additions.contains(.adjusted) { (added.adjusted, added.sumsAdjusted) = (adjusted, sumsAdjusted) }
            if choices.correction != .bonferroni {
                estimates = zip(estimates, adjusted).map { $0.detected($1 <= FrequencyEstimate.familyErrorRate) }
                sums = zip(sums, sumsAdjusted).map { sum, adjusted in
                    sum.with(sum.estimate.detected(adjusted <= FrequencyEstimate.familyErrorRate))
                }
            }
        }
        let ofSample = estimates
        if choices.interval == .population {
            (estimates, sums) = ofPopulation(estimates, sums, from: pool, oracle: oracle)
        }
        var released = ReleasedEstimates(reportCount: pool.reportCount, figures: .frequencies(estimates))
        (released.sums, released.added) = (sums, added)
        released.origins = try origins(from: pool, by: oracle)
        released.drawn = drawn(ofSample, from: pool, oracle: oracle)
        return released
    }

    /// The most frequent value with the interval for a population, where that is asked for beside the sample's.
    private func drawn<Oracle: FrequencyOracle>(
        _ estimates: [FrequencyEstimate], from pool: PooledReports<Oracle.Aggregate>, oracle: Oracle
    ) -> DrawnEstimate? {
        let known = estimates.indices.filter { position in
            // Of a truth value, how often it is true.
            (definition.domain == .boolean ? values[position] == .item(1) : values[position] != .absent)
                && estimates[position].interval.upperBound.isFinite
        }
        guard choices.splitsErrors,
            let position = known.max(by: { estimates[$0].frequency < estimates[$1].frequency })
        else { return nil }
        let estimate = estimates[position]
        let population = estimate.ofPopulation(
            from: PopulationDraw(reportCounts: Array(pool.countsByDay.values)),
            support: oracle.valueSupport?.probabilities, confidence: level)
        return DrawnEstimate(position: position, sample: estimate, population: population)
    }

    private func addColumns(
        to added: inout AddedColumns, of estimates: [FrequencyEstimate], reportCount: Int, oracle: any FrequencyOracle
    ) {
        if choices.additions.contains(.denoised) {
            added.denoised = EmpiricalBayes.frequencies(of: estimates, reportCount: reportCount)
        }
        if choices.additions.contains(.consistent) {
            let consistent = SimplexProjection.nearest(
                to: estimates.map(\.frequency), sum: coversDomain(oracle) ? .one : .atMostOne)
            added.consistent = consistent
            added.sumsConsistent = sumPositions.map { $0.reduce(0) { $0 + consistent[$1] } }
        }
    }

    /// Whether every report is about one of the values.
    private func coversDomain(_ oracle: any FrequencyOracle) -> Bool {
        guard definition.domain != .string else { return false }
        return oracle.estimatesAbsence || definition.mechanism.configuration.reportsAbsence == false
    }

    private func ofPopulation<Oracle: FrequencyOracle>(
        _ estimates: [FrequencyEstimate], _ sums: [SumEstimate], from pool: PooledReports<Oracle.Aggregate>,
        oracle: Oracle
    ) -> ([FrequencyEstimate], [SumEstimate]) {
        let draw = PopulationDraw(reportCounts: Array(pool.countsByDay.values))
        // Equal estimates have equal intervals, and among many values most share theirs with others.
        var known: [FrequencyEstimate: FrequencyEstimate] = [:]
        let shown = zip(values, estimates).map { value, estimate in
            let support = oracle.valueSupport.flatMap {
                value != .absent || $0.includesAbsence ? $0.probabilities : nil
            }
            if value != .absent, let found = known[estimate] { return found }
            let population = estimate.ofPopulation(from: draw, support: support, confidence: level)
            if value != .absent { known[estimate] = population }
            return population
        }
        let shownSums = sums.map { sum in
            sum.with(sum.estimate.ofPopulation(from: draw, support: sum.support, confidence: level))
        }
        return (shown, shownSums)
    }

    private func origins<Oracle: FrequencyOracle>(
        from pool: PooledReports<Oracle.Aggregate>, by oracle: Oracle
    ) throws(EstimationError) -> FigureOrigins {
        var origins = FigureOrigins()
        (origins.valuesAreIndependent, origins.groupsMayVaryApart) =
            (oracle.valuesAreIndependent, oracle.groupsMayVaryApart)
        guard choices.needsOrigins, oracle.valueSupport != nil, let first = values.first else { return origins }
        var sets: [[Int]] = [[0]]
        if let absence = values.firstIndex(of: .absent) { sets.append([absence]) }
        let sums = try oracle.sums(of: sets, among: values, from: pool, confidence: level, progress: { _, _ in })
        origins.value = first == .absent ? nil : sums.first?.origin
        origins.absence = sets.count > 1 ? sums.last?.origin : nil
        return origins
    }

    /// A mean, as it is shown.
    func released<Oracle: MeanOracle>(
        _ mean: MeanEstimate, from pool: PooledReports<Oracle.Aggregate>, by oracle: Oracle
    ) throws(CommandError) -> ReleasedEstimates {
        if choices.interval == .population {
            guard oracle.intervalCoversPopulation else {
                throw CommandError(
                    .usage,
                    "--interval population: the interval of \(definition.name), a mean by "
                        + "\(type(of: definition.mechanism).identifier), is for the devices that reported alone. Leave "
                        + "it out.")
            }
            guard pool.countsByDay.count == 1 else {
                throw CommandError(
                    .usage,
                    "--interval population: of the mean of \(definition.name) it needs one report a device, and there "
                        + "are \(pool.countsByDay.count) days. Take one day, or --by period.")
            }
        }
        var released = ReleasedEstimates(reportCount: pool.reportCount, figures: .mean(mean))
        released.origins.mean = oracle.placeOrigin(from: pool)
        return released
    }
}

extension SumEstimate {
    /// This with other figures.
    func with(_ estimate: FrequencyEstimate) -> SumEstimate {
        SumEstimate(estimate, isBound: isBound, support: support, origin: origin)
    }
}
