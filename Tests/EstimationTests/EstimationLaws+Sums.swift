import Estimation
import Foundation
import Mechanisms
import ReportFormat

/// A law that sums over sets of values must keep.
enum SumLaw: String, CaseIterable, Sendable {
    /// Over the likelihoods of all reports, the expected sum is the number of devices with a value of the set.
    case sumsAreUnbiased
    /// The squared standard error is at least the variance that the likelihoods give, and no more where it claims to be it.
    case sumErrorIsThatOfTheNoise
    /// Summed over the exact distribution of the set's support, intervals cover at least as often as they claim.
    case sumIntervalsCover
    /// Where no device holds a value of the set, a p-value of at most x has probability at most x.
    case sumPValuesAreValid
}

extension EstimationLaws {
    /// Breaches by some sets of values, in words.
    func sumBreaches() throws -> [String] {
        var sets = [[0, 1], Array((0..<itemCount).reversed())]
        if itemCount > 3 { sets.append([3, 0, 2]) }
        return try sets.filter { Set($0).count == $0.count && $0.allSatisfy { $0 < itemCount } }.flatMap { set in
            try biasBreaches(of: set) + varianceBreaches(of: set) + distributionBreaches(of: set)
        }
    }

    private func sum(_ set: [Int], _ aggregate: Oracle.Aggregate) throws -> SumEstimate {
        let inputs = (0..<itemCount).map { item in
            oracle.configuration.reportsAbsence && item == itemCount - 1 ? MechanismInput.absent : .item(item)
        }
        return try oracle.sums(
            of: [set], among: inputs, from: PooledReports(aggregate, on: day), confidence: .standard,
            progress: { _, _ in })[0]
    }

    private func supportTotal(_ report: Oracle.Report, _ set: [Int]) -> Int { set.count { supports(report, $0) } }

    /// The distribution of how many values of the set a report supports, when the device holds `item`.
    private func distribution(of set: [Int], given item: Int) -> [Double] {
        var probabilities = [Double](repeating: 0, count: set.count + 1)
        for report in oracle.allReports {
            probabilities[supportTotal(report, set)] += probability(of: report, given: item)
        }
        return probabilities
    }

    private func biasBreaches(of set: [Int]) throws -> [String] {
        let single = try oracle.allReports.map { try sum(set, try tally([$0])).estimate.count }
        return (0..<itemCount).compactMap { item in
            let terms = zip(single, oracle.allReports).map { $0 * probability(of: $1, given: item) }
            let (expected, scale) = (terms.reduce(0, +), terms.reduce(1) { $0 + abs($1) })
            guard abs(expected - (set.contains(item) ? 1 : 0)) > 1e-12 * scale else { return nil }
            return "\(SumLaw.sumsAreUnbiased): item \(item) adds \(expected) to \(set)"
        }
    }

    private func varianceBreaches(of set: [Int]) throws -> [String] {
        let total = 1 << 30
        let (inside, outside) = (set[0], (0..<itemCount).first { !set.contains($0) } ?? set[0])
        return try [0, 0.03, 0.5, 1].compactMap { fraction in
            let fraction = set.contains(outside) ? 1 : fraction
            let holders = Double(total) * fraction
            let counts = oracle.allReports.map { report in
                let (own, other) = (probability(of: report, given: inside), probability(of: report, given: outside))
                return Int((holders * own + (Double(total) - holders) * other).rounded())
            }
            let estimate = try sum(set, try aggregate(reportCounts: counts))
            let gap = mean(of: set, inside) - mean(of: set, outside == inside ? (inside + 1) % itemCount : outside)
            let scale = set.contains(outside) ? oracle.support.gap : gap
            let variance = holders * variance(of: set, inside) + (Double(total) - holders) * variance(of: set, outside)
            let claimed = pow(estimate.estimate.standardError * scale, 2)
            let least = variance - 1e-5 * max(variance, 1e-3 * Double(total) * 1e-6)
            let isExact =
                oracle.subsetSupport(ofValues: set.count).map { $0 == .exclusive || $0 == .independent } == true
            let isTooLarge = isExact && !estimate.isBound && claimed > variance * (1 + 1e-5) + 1e-3
            guard claimed < least || isTooLarge else { return nil }
            return "\(SumLaw.sumErrorIsThatOfTheNoise): \(set) at \(fraction): \(claimed), exactly \(variance)"
        }
    }

    private func mean(of set: [Int], _ item: Int) -> Double {
        zip(0..., distribution(of: set, given: item)).reduce(0) { $0 + Double($1.0) * $1.1 }
    }

    private func variance(of set: [Int], _ item: Int) -> Double {
        let mean = mean(of: set, item)
        return zip(0..., distribution(of: set, given: item)).reduce(0) { $0 + pow(Double($1.0) - mean, 2) * $1.1 }
    }

    /// Coverage and p-values, over every count of support and number of holders among 24 devices.
    private func distributionBreaches(of set: [Int]) throws -> [String] {
        let total = 24, table = try sumsBySupport(of: set, total: total)
        guard !table.isEmpty else { return [] }
        let outside = (0..<itemCount).first { !set.contains($0) }
        var breaches: [String] = []
        for holders in outside == nil ? [total] : Array(0...total) {
            var counts = [1.0]
            for device in 0..<total {
                let own = distribution(of: set, given: device < holders ? set[0] : outside ?? set[0])
                var next = [Double](repeating: 0, count: counts.count + own.count - 1)
                for (i, first) in counts.enumerated() {
                    for (j, second) in own.enumerated() { next[i + j] += first * second }
                }
                counts = next
            }
            let truth = Double(holders) / Double(total)
            let coverage = counts.enumerated().reduce(0) { sum, part in
                guard part.element > 0, let interval = table[part.offset]?.interval else { return sum }
                let (low, high) = (interval.lowerBound - 1e-12, interval.upperBound + 1e-12)
                return sum + (low <= truth && truth <= high ? part.element : 0)
            }
            if coverage < 0.95 { breaches.append("\(SumLaw.sumIntervalsCover): \(coverage) with \(holders) of \(set)") }
            guard holders == 0 else { continue }
            for (count, estimate) in table {
                let probability = counts.enumerated().reduce(0) { sum, part in
                    sum + ((table[part.offset]?.pValue ?? 1) <= estimate.pValue ? part.element : 0)
                }
                if probability > estimate.pValue * (1 + 1e-9) {
                    breaches.append("\(SumLaw.sumPValuesAreValid): \(estimate.pValue) at \(count) of \(set)")
                }
            }
        }
        return breaches
    }

    /// The estimate for every support that reports can add up to.
    private func sumsBySupport(of set: [Int], total: Int) throws -> [Int: FrequencyEstimate] {
        var table: [Int: FrequencyEstimate] = [:]
        for support in 0...total * set.count {
            let (base, rest) = support.quotientAndRemainder(dividingBy: total)
            let more = oracle.allReports.firstIndex { supportTotal($0, set) == base + 1 }
            guard let few = oracle.allReports.firstIndex(where: { supportTotal($0, set) == base }),
                rest == 0 || more != nil
            else { continue }
            var counts = [Int](repeating: 0, count: oracle.allReports.count)
            counts[few] = total - rest
            if let more { counts[more] += rest }
            table[support] = try sum(set, try aggregate(reportCounts: counts)).estimate
        }
        return table
    }
}
