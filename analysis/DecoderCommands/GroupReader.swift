internal import Estimation
internal import Mechanisms
internal import MetricDefinitions
internal import RegistryCompiler
internal import ReportFormat
internal import StoreReader

/// Reads groups of periods one after the other, estimates each, and tells how far it is.
struct GroupReader {
    let definition: MetricDefinition
    let values: [MechanismInput]
    let candidates: CandidateList?
    let confidence: ConfidenceLevel
    /// What is shown of numbers.
    let numberView: NumberView?
    /// How a likely distribution of numbers is found.
    let fitting: DistributionFitting
    let store: EstimateStore
    let reportCount: Int
    var choices = EstimateChoices()
    var sumPositions: [[Int]] = []
    /// How many groups there are: their alarms share one rate of false ones.
    var groupCount = 1
    /// The rows of a group beside its sums.
    var rowCount = 1
    private var doneCount = 0

    init(
        definition: MetricDefinition, values: [MechanismInput], candidates: CandidateList?,
        confidence: ConfidenceLevel, numberView: NumberView? = nil, fitting: DistributionFitting = .smoothed,
        store: EstimateStore, reportCount: Int
    ) {
        (self.definition, self.values, self.candidates) = (definition, values, candidates)
        (self.confidence, self.store, self.reportCount) = (confidence, store, reportCount)
        (self.numberView, self.fitting) = (numberView, fitting)
    }

    /// The estimates of these periods, of which there is at least one.
    mutating func group(
        of periods: [StoredPeriod], counter: any ReportCounter, progress: inout Progress
    ) throws(CommandError) -> EstimateGroup {
        let (from, to) = (periods[0].day, periods[periods.count - 1].day)
        let total = periods.reduce(0) { $0 + $1.reportCount }
        guard total >= definition.minimumReports else {
            doneCount += total
            return EstimateGroup(from: from, to: to, periodCount: periods.count, estimates: nil)
        }
        let estimates: ReleasedEstimates
        if let oracle = counter as? any FrequencyOracle {
            estimates = try frequencies(in: periods, oracle: oracle, progress: &progress)
        } else if let oracle = counter as? any HistogramOracle {
            estimates = try numbers(in: periods, oracle: oracle, progress: &progress)
        } else if let oracle = counter as? any MeanOracle {
            estimates = try mean(in: periods, oracle: oracle, progress: &progress)
        } else {
            preconditionFailure("an oracle estimates frequencies, buckets or a mean")
        }
        return EstimateGroup(from: from, to: to, periodCount: periods.count, estimates: estimates)
    }

    private mutating func frequencies<Oracle: FrequencyOracle>(
        in periods: [StoredPeriod], oracle: Oracle, progress: inout Progress
    ) throws(CommandError) -> ReleasedEstimates {
        let (pool, screen) = try pool(periods, oracle: oracle, progress: &progress)
        progress.begin("estimating")
        do {
            let (estimates, remarks) = try oracle.remarkedEstimates(of: values, from: pool, confidence: level) {
                progress.update($0, of: $1)
            }
            var released = try released(estimates, from: pool, by: oracle) { progress.update($0, of: $1) }
            released.remarks = remarks
            released.screen = screen.outcome(values: values, counts: estimates.map(\.count), familySize: groupCount)
            released.influences = ReportInfluences(of: oracle)
            return released
        } catch { throw CommandError(error, values: values, of: definition, file: candidates?.source.path) }
    }

    private mutating func mean<Oracle: MeanOracle>(
        in periods: [StoredPeriod], oracle: Oracle, progress: inout Progress
    ) throws(CommandError) -> ReleasedEstimates {
        let (pool, screen) = try pool(periods, oracle: oracle, progress: &progress)
        guard case .number(let range) = definition.domain,
            let place = oracle.meanPlace(from: pool, confidence: level)
        else { preconditionFailure("a mean is that of the reports of a number, of which the store has some") }
        let mean = place.scaled(low: range.low, width: range.high - range.low)
        var released = try released(mean, from: pool, by: oracle)
        released.screen = screen.outcome(familySize: groupCount)
        released.influences.scores =
            range.low + oracle.scoreRange.lowerBound * (range.high - range.low)...range.low
            + oracle.scoreRange.upperBound * (range.high - range.low)
        return released
    }

    /// The reports of these periods, counted, and what was looked at meanwhile.
    mutating func pool<Oracle: ReportCounter>(
        _ periods: [StoredPeriod], oracle: Oracle, progress: inout Progress
    ) throws(CommandError) -> (PooledReports<Oracle.Aggregate>, ReportScreen<Oracle>) {
        progress.begin("reading reports")
        var screen = ReportScreen(
            oracle, definition: definition.fingerprint, reportCount: periods.reduce(0) { $0 + $1.reportCount })
        guard screen.looksAtAggregates else {
            let pool = try count(periods, oracle: oracle, screen: &screen, progress: &progress)
            return (pool, screen)
        }
        // What all reports of a period count to is looked at by itself.
        var pool = try count([periods[0]], oracle: oracle, screen: &screen, progress: &progress)
        screen.count(pool.aggregate, on: periods[0].day)
        for period in periods.dropFirst() {
            let ofPeriod = try count([period], oracle: oracle, screen: &screen, progress: &progress)
            screen.count(ofPeriod.aggregate, on: period.day)
            do { try pool.merge(ofPeriod) } catch { throw store.error(of: .countOverflow, in: period) }
        }
        return (pool, screen)
    }

    private mutating func count<Oracle: ReportCounter>(
        _ periods: [StoredPeriod], oracle: Oracle, screen: inout ReportScreen<Oracle>, progress: inout Progress
    ) throws(CommandError) -> PooledReports<Oracle.Aggregate> {
        let counting = try ReportCounting(
            periods, oracle: oracle, definition: definition.fingerprint, screen: screen, store: store)
        let before = doneCount
        let pool = try counting.run { progress.update(before + $0, of: reportCount) }
        doneCount = before + pool.reportCount
        screen = counting.screen
        return pool
    }
}
