internal import Foundation
internal import LocalPrivacy

/// Whether counts can have come from probabilities, by the Chernoff bound in its Kullback–Leibler form: right for every
/// number of trials.
///
/// For n independent trials of probability p, Pr[n·KL(p̂‖p) > t on one side] ≤ e^(−t).
struct CountTest {
    /// What n·KL(p̂‖p) must not exceed.
    private let tolerance: Double

    /// A test of which so many comparisons share an error rate.
    init(comparisons: Int, errorRate: Double) { tolerance = log(2 * Double(max(1, comparisons)) / errorRate) }

    /// Whether so many successes are within the tolerance.
    func accepts(_ successes: Int, of trials: Int, probability: Double) -> Bool {
        func term(_ count: Int, _ probability: Double) -> Double {
            guard count > 0 else { return 0 }
            guard probability > 0 else { return .infinity }
            return Double(count) * log(Double(count) / (Double(trials) * probability))
        }
        return term(successes, probability) + term(trials - successes, 1 - probability) <= tolerance
    }

    /// The first cell that is beyond the tolerance; `nil` if all are within.
    func firstBreach(counts: [Int], of trials: Int, probabilities: [Double]) -> Int? {
        counts.indices.first { !accepts(counts[$0], of: trials, probability: probabilities[$0]) }
    }
}

extension WideUnsigned {
    /// This over two to a power, rounded.
    func fraction(overBits bitCount: Int) -> Double {
        words.indices.reduce(0.0) { $0 + scalbn(Double(words[$1]), 64 * $1 - bitCount) }
    }
}

/// Whether two features of independent pairs are independent within each stratum, after Cochran, Mantel and Haenszel:
/// the deviation from what the margins of each stratum give, in standard deviations.
struct StratifiedDependence {
    private struct Table {
        var both = 0, first = 0, second = 0, total = 0
    }

    private var tables: [Int: Table] = [:]

    /// Takes in one pair.
    mutating func include(_ first: Bool, _ second: Bool, stratum: Int) {
        var table = tables[stratum] ?? Table()
        table.total += 1
        if first { table.first += 1 }
        if second { table.second += 1 }
        if first, second { table.both += 1 }
        tables[stratum] = table
    }

    /// The deviation; 0 where the pairs vary too little for the normal distribution.
    var deviation: Double {
        var (difference, variance) = (0.0, 0.0)
        for table in tables.values where table.total > 1 {
            let (n, r, c) = (Double(table.total), Double(table.first), Double(table.second))
            difference += Double(table.both) - r * c / n
            variance += r * (n - r) * c * (n - c) / (n * n * (n - 1))
        }
        return variance < 20 ? 0 : difference / variance.squareRoot()
    }

    /// Beyond this many standard deviations independence is given up: 2.6·10⁻¹² of a normal distribution.
    static let limit = 7.0
}
