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
            let known = KnownSet(set, self)
            return try biasBreaches(of: known) + varianceBreaches(of: known) + distributionBreaches(of: known)
        }
    }

    private func sum(_ set: KnownSet, _ aggregate: Oracle.Aggregate) throws -> SumEstimate {
        let inputs = (0..<itemCount).map { item in
            oracle.configuration.reportsAbsence && item == itemCount - 1 ? MechanismInput.absent : .item(item)
        }
        return try oracle.sums(
            of: [set.values], among: inputs, from: PooledReports(aggregate, on: day), confidence: .standard,
            progress: { _, _ in })[0]
    }

    /// A set of values, with what the likelihoods say of its support.
    private struct KnownSet {
        let values: [Int]
        /// A value of the set.
        let inside: Int
        /// Another value, if there is one.
        let outside: Int?
        /// How many of the values each report supports.
        let supportTotals: [Int]
        /// The probability of each report given each item.
        let probabilities: [[Double]]

        init(_ values: [Int], _ laws: EstimationLaws) {
            (self.values, inside) = (values, values[0])
            outside = (0..<laws.itemCount).first { !values.contains($0) }
            let reports = laws.oracle.allReports
            supportTotals = reports.map { report in
                let counts = laws.oracle.supportCounts(in: laws.aggregate(of: [report]))
                return values.count { counts[$0] > 0 }
            }
            probabilities = (0..<laws.itemCount).map { item in
                reports.map { laws.probability(of: $0, given: item) }
            }
        }

        /// The distribution of how many of the values a report supports, when the device holds `item`.
        func distribution(given item: Int) -> [Double] {
            var distribution = [Double](repeating: 0, count: values.count + 1)
            for (total, probability) in zip(supportTotals, probabilities[item]) { distribution[total] += probability }
            return distribution
        }

        func variance(given item: Int) -> Double {
            let distribution = distribution(given: item)
            let mean = zip(0..., distribution).reduce(0) { $0 + Double($1.0) * $1.1 }
            return zip(0..., distribution).reduce(0) { $0 + pow(Double($1.0) - mean, 2) * $1.1 }
        }
    }

    private func biasBreaches(of set: KnownSet) throws -> [String] {
        let single = try oracle.allReports.map { try sum(set, try tally([$0])).estimate.count }
        return (0..<itemCount).compactMap { item in
            let terms = zip(single, set.probabilities[item]).map { $0 * $1 }
            let (expected, scale) = (terms.reduce(0, +), terms.reduce(1) { $0 + abs($1) })
            guard abs(expected - (set.values.contains(item) ? 1 : 0)) > 1e-12 * scale else { return nil }
            return "\(SumLaw.sumsAreUnbiased): item \(item) adds \(expected) to \(set.values)"
        }
    }

    /// Expected counts of 2³⁰ reports, rounded.
    private func varianceBreaches(of set: KnownSet) throws -> [String] {
        let total = Double(1 << 30)
        return try [0, 0.03, 0.5, 1].compactMap { share in
            let fraction = set.outside == nil ? 1 : share
            let outside = set.outside ?? set.inside
            let counts = zip(set.probabilities[set.inside], set.probabilities[outside]).map { own, other in
                Int((total * (fraction * own + (1 - fraction) * other)).rounded())
            }
            let estimate = try sum(set, try aggregate(reportCounts: counts))
            let variance =
                total * (fraction * set.variance(given: set.inside) + (1 - fraction) * set.variance(given: outside))
            let claimed = pow(estimate.estimate.standardError * oracle.support.gap, 2)
            let dependence = oracle.subsetSupport(ofValues: set.values.count)
            let isExact = dependence == .exclusive || dependence == .independent
            let tolerance = 1e-5 * variance + 1e-3
            guard claimed < variance - tolerance || isExact && claimed > variance + tolerance else { return nil }
            return "\(SumLaw.sumErrorIsThatOfTheNoise): \(set.values) at \(fraction): \(claimed), exactly \(variance)"
        }
    }

    /// Coverage and p-values, over every count of support and number of holders among 24 devices.
    private func distributionBreaches(of set: KnownSet) throws -> [String] {
        let total = 24, table = try sumsBySupport(of: set, total: total)
        guard !table.isEmpty else { return [] }
        let own = set.distribution(given: set.inside)
        let other = set.outside.map(set.distribution(given:)) ?? own
        var breaches: [String] = []
        for holders in set.outside == nil ? [total] : Array(0...total) {
            let counts = (0..<total).reduce([1.0]) { Self.convolved($0, $1 < holders ? own : other) }
            let truth = Double(holders) / Double(total)
            let coverage = counts.enumerated().reduce(0) { sum, part in
                guard part.element > 0, let interval = table[part.offset]?.interval else { return sum }
                let (low, high) = (interval.lowerBound - 1e-12, interval.upperBound + 1e-12)
                return sum + (low <= truth && truth <= high ? part.element : 0)
            }
            if coverage < 0.95 {
                breaches.append("\(SumLaw.sumIntervalsCover): \(coverage) with \(holders) of \(set.values)")
            }
            guard holders == 0 else { continue }
            for (count, estimate) in table {
                let probability = counts.enumerated().reduce(0) { sum, part in
                    sum + ((table[part.offset]?.pValue ?? 1) <= estimate.pValue ? part.element : 0)
                }
                // The least numbers have few digits.
                if probability > estimate.pValue * (1 + 1e-9) + 1e-300 {
                    breaches.append("\(SumLaw.sumPValuesAreValid): \(estimate.pValue) at \(count) of \(set.values)")
                }
            }
        }
        return breaches
    }

    private static func convolved(_ left: [Double], _ right: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: left.count + right.count - 1)
        for (i, first) in left.enumerated() {
            for (j, second) in right.enumerated() { sums[i + j] += first * second }
        }
        return sums
    }

    /// The estimate for every support that reports can add up to.
    private func sumsBySupport(of set: KnownSet, total: Int) throws -> [Int: FrequencyEstimate] {
        // One report for each number of values that a report can support; from them, every sum of so many reports.
        let kinds = Dictionary(zip(set.supportTotals, oracle.allReports)) { first, _ in first }
        var reached: [Int: [Int]] = [0: []]
        for _ in 0..<total {
            var next: [Int: [Int]] = [:]
            for (sum, kindsSoFar) in reached {
                for kind in kinds.keys where next[sum + kind] == nil { next[sum + kind] = kindsSoFar + [kind] }
            }
            reached = next
        }
        return try reached.mapValues { chosen in
            try sum(set, aggregate(of: chosen.compactMap { kinds[$0] })).estimate
        }
    }
}
