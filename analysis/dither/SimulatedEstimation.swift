internal import DecoderCommands
internal import Estimation
internal import FleetSimulator
internal import Foundation
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// The reports of a fleet in this process, counted and estimated beside the truth.
struct SimulatedEstimation {
    let definition: MetricDefinition
    let periodCount: Int
    /// The last simulated period.
    let today: UTCDay

    /// One row per candidate; for a number one row, the mean, or one per bucket where those are counted.
    func run(
        _ population: Population, candidates: [Candidate], noise: inout SimulationNoise
    ) throws -> SimulationResult {
        guard let counter = OracleCatalog.standard.oracle(for: definition.mechanism) else {
            preconditionFailure("every catalogued mechanism has an oracle")
        }
        return try run(population, counter: counter, candidates: candidates, noise: &noise)
    }

    private func run<Counter: ReportCounter>(
        _ population: Population, counter: Counter, candidates: [Candidate], noise: inout SimulationNoise
    ) throws -> SimulationResult {
        let reports = try collect(population, counter: counter, noise: &noise)
        guard reports.reportCount > 0 else {
            throw CommandError(.validationFailed, "no device had anything to report: `when_absent` is `skip`.")
        }
        return SimulationResult(
            definition: definition, deviceCount: population.deviceCount, periodCount: periodCount,
            reportCount: reports.reportCount,
            figures: try figures(of: reports, counter: counter, population: population, candidates: candidates))
    }

    private func figures<Counter: ReportCounter>(
        of reports: PooledReports<Counter.Aggregate>, counter: Counter, population: Population,
        candidates: [Candidate]
    ) throws -> SimulationResult.Figures {
        if case .number(let range) = definition.domain {
            if let oracle = counter as? any HistogramOracle {
                return .frequencies(try histogram(of: reports, by: oracle, population: population, range: range))
            }
            guard let oracle = counter as? any MeanOracle else {
                preconditionFailure("a mechanism for numbers estimates means")
            }
            let mean = try mean(of: reports, by: oracle).scaled(low: range.low, width: range.high - range.low)
            return .mean(truth: trueMean(population, range), estimate: mean)
        }
        guard let oracle = counter as? any FrequencyOracle else {
            preconditionFailure("a mechanism for values counts them")
        }
        let estimates = try self.estimates(of: candidates, from: reports, by: oracle)
        let truth = truth(population)
        return .frequencies(zip(candidates, estimates).map { ($0, truth[$0.input] ?? 0, $1) })
    }

    private func collect<Counter: ReportCounter>(
        _ population: Population, counter: Counter, noise: inout SimulationNoise
    ) throws -> PooledReports<Counter.Aggregate> {
        var progress = Progress("simulating")
        let total = population.deviceCount
        var reports = PooledReports(counter.makeAggregate(of: definition.fingerprint), on: today)
        let fleet = LocalFleet(definition: definition, periodCount: periodCount)
        try fleet.run(
            population, using: &noise,
            receive: { payload, period throws(ReportError) in
                let (partition, stored) = counter.stored(payload: payload)
                let day = today.advanced(by: period - periodCount + 1)
                try reports.count(on: day) { (aggregate) throws(ReportError) in
                    try counter.tally(stored.span, partition: partition, into: &aggregate)
                }
            }, progress: { progress.update($0, of: total) })
        progress.finish()
        return reports
    }

    private func estimates<Aggregate, Oracle: FrequencyOracle>(
        of candidates: [Candidate], from reports: PooledReports<Aggregate>, by oracle: Oracle
    ) throws -> [FrequencyEstimate] {
        guard let reports = reports as? PooledReports<Oracle.Aggregate> else {
            preconditionFailure("an oracle estimates from what it has counted")
        }
        var progress = Progress("estimating")
        defer { progress.finish() }
        do throws(EstimationError) {
            return try oracle.estimates(of: candidates.map(\.input), from: reports, confidence: .standard) {
                progress.update($0, of: $1)
            }
        } catch { throw CommandError(error, values: candidates.map(\.input), of: definition, file: nil) }
    }

    private func mean<Aggregate, Oracle: MeanOracle>(
        of reports: PooledReports<Aggregate>, by oracle: Oracle
    ) throws -> MeanEstimate {
        guard let reports = reports as? PooledReports<Oracle.Aggregate>,
            let mean = oracle.meanPlace(from: reports, confidence: .standard)
        else { preconditionFailure("an oracle estimates from what it has counted") }
        return mean
    }

    /// Reports about each input, as the population came out.
    func truth(_ population: Population) -> [MechanismInput: Int] {
        var truth: [MechanismInput: Int] = [:]
        for group in population.groups {
            if let input = group.input ?? definition.absentInput {
                truth[input, default: 0] += group.deviceCount * periodCount
            }
        }
        return truth
    }

    private func trueMean(_ population: Population, _ range: NumberRange) -> Double {
        let truth = truth(population)
        let total = truth.values.reduce(0, +)
        let sum = truth.reduce(0.0) { sum, entry in
            guard case .place(let place) = entry.key else { return sum }
            return sum + Double(place) / Double(InputDomain.rangeEnd) * Double(entry.value)
        }
        return range.low + sum / Double(max(total, 1)) * (range.high - range.low)
    }
}

/// A value whose reports are estimated.
struct Candidate: Sendable {
    /// As people read it; `(none)` for no event.
    let name: String
    let input: MechanismInput
}
