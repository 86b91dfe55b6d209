import Estimation
import Foundation
import Mechanisms

extension EstimationLaws {
    /// The estimator is linear in the reports, so it is unbiased if that of one report is, and if m equal reports count
    /// m times as much as one.
    func biasBreaches() throws -> [EstimationBreach] {
        let single = try oracle.allReports.map { estimates(try tally([$0])).map(\.count) }
        let triple = try oracle.allReports.map { estimates(try tally([$0, $0, $0])).map(\.count) }
        for (one, three) in zip(single.joined(), triple.joined()) where abs(three - 3 * one) > 1e-9 * abs(one) {
            return [.init(.estimatesAreUnbiased, "three reports count \(three), and one \(one)")]
        }
        for item in 0..<itemCount {
            let probabilities = oracle.allReports.map { probability(of: $0, given: item) }
            for value in 0..<itemCount {
                let terms = zip(single, probabilities).map { $0[value] * $1 }
                let (expected, scale) = (terms.reduce(0, +), terms.reduce(1) { $0 + abs($1) })
                let truth = item == value ? 1.0 : 0
                // Twelve digits of the terms, which p* and q* share; what cancels between them is not the estimator's.
                if abs(expected - truth) > 1e-12 * scale {
                    return [.init(.estimatesAreUnbiased, "item \(item) adds \(expected) to value \(value)")]
                }
            }
        }
        return []
    }

    /// Expected counts of 2³⁰ reports, rounded, so that the estimated frequency that enters the formula is the true one
    /// to about 2⁻³⁰ of a standard deviation's worth.
    func varianceBreaches() throws -> [EstimationBreach] {
        let total = 1 << 30, (own, other) = supportOfFirstValue
        for fraction in [0, 0.03, 0.5, 1] {
            let holders = Double(total) * fraction
            let counts = oracle.allReports.map { report in
                let (first, second) = (probability(of: report, given: 0), probability(of: report, given: 1))
                return Int((holders * first + (Double(total) - holders) * second).rounded())
            }
            let estimate = estimates(try aggregate(reportCounts: counts))[0]
            let variance = holders * own * (1 - own) + (Double(total) - holders) * other * (1 - other)
            let claimed = pow(estimate.standardError * (own - other), 2)
            if abs(claimed / variance - 1) > 1e-5 {
                return [
                    .init(
                        .standardErrorIsThatOfTheNoise, "at frequency \(fraction) \(claimed), exactly \(variance)")
                ]
            }
        }
        return []
    }

    /// Over every count of support and every number of holders among 30 devices.
    func coverageBreaches() throws -> [EstimationBreach] {
        let table = try estimatesBySupport(of: 30), (own, other) = supportOfFirstValue
        for holders in 0...30 {
            let truth = Double(holders) / 30
            let distribution = Self.supportDistribution(holders: holders, of: 30, own: own, other: other)
            let coverage = zip(table, distribution).reduce(0) { sum, part in
                sum + (part.0.interval.contains(truth) ? part.1 : 0)
            }
            if coverage < 0.95 { return [.init(.intervalsCover, "\(coverage) with \(holders) of 30 holders")] }
        }
        return []
    }

    func pValueBreaches() throws -> [EstimationBreach] {
        let table = try estimatesBySupport(of: 30), (own, other) = supportOfFirstValue
        let distribution = Self.supportDistribution(holders: 0, of: 30, own: own, other: other)
        for (row, estimate) in table.enumerated() {
            let probability = zip(table, distribution).reduce(0) { sum, part in
                sum + (part.0.pValue <= estimate.pValue ? part.1 : 0)
            }
            if probability > estimate.pValue * (1 + 1e-9) {
                return [.init(.pValuesAreValid, "\(estimate.pValue) for \(row) of 30 has probability \(probability)")]
            }
        }
        return []
    }

    /// The estimates of value 0 when 0, 1, … of the reports support it and the rest does not.
    private func estimatesBySupport(of total: Int) throws -> [FrequencyEstimate] {
        let reports = oracle.allReports
        guard let own = reports.firstIndex(where: { supports($0, 0) }),
            let other = reports.firstIndex(where: { !supports($0, 0) })
        else { return [] }
        return try (0...total).map { support in
            var counts = [Int](repeating: 0, count: reports.count)
            (counts[own], counts[other]) = (support, total - support)
            return estimates(try aggregate(reportCounts: counts))[0]
        }
    }

    /// The distribution of the support of value 0 by convolution, one device after the other.
    private static func supportDistribution(holders: Int, of total: Int, own: Double, other: Double) -> [Double] {
        var distribution = [1.0]
        for device in 0..<total {
            let probability = device < holders ? own : other
            distribution = zip(distribution + [0], [0] + distribution).map {
                $0 * (1 - probability) + $1 * probability
            }
        }
        return distribution
    }

    /// The probabilities that a report supports value 0 if it is the device's own, and if value 1 is.
    private var supportOfFirstValue: (own: Double, other: Double) {
        (supportProbability(of: 0, given: 0), supportProbability(of: 0, given: 1))
    }
}
