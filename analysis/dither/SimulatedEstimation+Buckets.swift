internal import DecoderCommands
internal import Estimation
internal import FleetSimulator
internal import Mechanisms
internal import MetricDefinitions

extension SimulatedEstimation {
    /// For each bucket of a range its name, the reports that are truly about it, and their estimated number.
    func histogram<Aggregate, Oracle: HistogramOracle>(
        of reports: PooledReports<Aggregate>, by oracle: Oracle, population: Population, range: NumberRange
    ) throws -> [(candidate: Candidate, truth: Int, estimate: FrequencyEstimate)] {
        guard let reports = reports as? PooledReports<Oracle.Aggregate> else {
            preconditionFailure("an oracle estimates from what it has counted")
        }
        let count = oracle.bucketCount
        var truth = [Int](repeating: 0, count: count)
        for (input, reportCount) in self.truth(population) {
            guard case .place(let place) = input else { continue }
            truth[min(Int(place * UInt64(count) / InputDomain.rangeEnd), count - 1)] += reportCount
        }
        return oracle.histogram(from: reports, confidence: .standard).enumerated().map { bucket, estimate in
            let name = NumberFigures.label(bucket, of: count, in: range)
            return (Candidate(name: name, input: .place(UInt64(bucket))), truth[bucket], estimate)
        }
    }
}
