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
            return EstimateGroup(from: from, to: to, estimates: nil)
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
        return EstimateGroup(from: from, to: to, estimates: estimates)
    }

    private mutating func frequencies<Oracle: FrequencyOracle>(
        in periods: [StoredPeriod], oracle: Oracle, progress: inout Progress
    ) throws(CommandError) -> ReleasedEstimates {
        let pool = try pool(periods, oracle: oracle, progress: &progress)
        progress.begin("estimating")
        do {
            let (estimates, remarks) = try oracle.remarkedEstimates(of: values, from: pool, confidence: level) {
                progress.update($0, of: $1)
            }
            var released = try released(estimates, from: pool, by: oracle) { progress.update($0, of: $1) }
            released.remarks = remarks
            return released
        } catch { throw CommandError(error, values: values, of: definition, file: candidates?.source.path) }
    }

    private mutating func mean<Oracle: MeanOracle>(
        in periods: [StoredPeriod], oracle: Oracle, progress: inout Progress
    ) throws(CommandError) -> ReleasedEstimates {
        let pool = try pool(periods, oracle: oracle, progress: &progress)
        guard case .number(let range) = definition.domain,
            let place = oracle.meanPlace(from: pool, confidence: level)
        else { preconditionFailure("a mean is that of the reports of a number, of which the store has some") }
        let mean = place.scaled(low: range.low, width: range.high - range.low)
        return try released(mean, from: pool, by: oracle)
    }

    mutating func pool<Oracle: ReportCounter>(
        _ periods: [StoredPeriod], oracle: Oracle, progress: inout Progress
    ) throws(CommandError) -> PooledReports<Oracle.Aggregate> {
        progress.begin("reading reports")
        var pool = PooledReports(oracle.makeAggregate(of: definition.fingerprint), on: periods[0].day)
        for period in periods { try tally(period, oracle: oracle, into: &pool, progress: &progress) }
        return pool
    }

    private mutating func tally<Oracle: ReportCounter>(
        _ period: StoredPeriod, oracle: Oracle, into pool: inout PooledReports<Oracle.Aggregate>,
        progress: inout Progress
    ) throws(CommandError) {
        for part in try store.parts(of: period) {
            let payloads = try store.payloads(of: part, in: period, payloadByteCount: oracle.storedByteCount)
            let before = pool.reportCount
            do {
                try pool.count(on: period.day) { (aggregate) throws(ReportError) in
                    try oracle.tally(payloads.span, partition: part.partition, into: &aggregate)
                }
            } catch { throw store.error(of: error, in: period) }
            doneCount += pool.reportCount - before
            progress.update(doneCount, of: reportCount)
        }
    }
}
