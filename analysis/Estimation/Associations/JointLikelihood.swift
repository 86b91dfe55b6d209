internal import Foundation

/// The likelihood of reports about two variables, as a function of the joint distribution of their values.
///
/// Reports about both are independent given the values, so that P(report | a, b) = L_a·R_b. Equal pairs of reports are
/// counted, and pairs that share one report lie side by side: for those the sums over that variable's values are taken
/// once. The variable for which this saves more is the outer one.
struct JointLikelihood: Sendable {
    /// n.
    let reportCount: Double
    /// The values of the outer and of the inner variable.
    let (outerCount, innerCount): (Int, Int)
    /// Whether the outer variable is the second.
    let isTransposed: Bool

    private let outer: [Double]
    private let inner: [Double]
    /// Of each outer kind, where its pairs start; the last one is where all end.
    private let starts: [Int]
    private let innerKinds: [Int32]
    private let counts: [Double]

    /// The likelihood of some reports, at least one.
    init(_ reports: AssociationReports) {
        let (one, other) = (reports.first, reports.second)
        let cellCount = one.valueCount * other.valueCount, count = reports.count
        let isTransposed =
            other.kindCount * cellCount + count * one.valueCount < one.kindCount * cellCount + count * other.valueCount
        let (first, second) = isTransposed ? (other, one) : (one, other)
        let keys = reports.reports.map { report in
            isTransposed
                ? UInt64(report.second) << 32 | UInt64(report.first)
                : UInt64(report.first) << 32 | UInt64(report.second)
        }
        self.init(sorted: keys.sorted(), outer: first, inner: second, isTransposed: isTransposed)
    }

    /// The likelihood of one variable's reports alone: the other one has a single value.
    init(kinds: [Int32], of likelihoods: ReportLikelihoods) {
        var single = ReportLikelihoods(valueCount: 1)
        _ = single.append(logLikelihoods: [0])
        self.init(
            sorted: kinds.map { UInt64($0) << 32 }.sorted(), outer: likelihoods, inner: single, isTransposed: false)
    }

    private init(sorted keys: [UInt64], outer: ReportLikelihoods, inner: ReportLikelihoods, isTransposed: Bool) {
        var (starts, innerKinds, counts): ([Int], [Int32], [Double]) = ([], [], [])
        var last: UInt64?
        for key in keys {
            if key == last {
                counts[counts.count - 1] += 1
                continue
            }
            while starts.count <= Int(key >> 32) { starts.append(counts.count) }
            innerKinds.append(Int32(truncatingIfNeeded: key))
            counts.append(1)
            last = key
        }
        while starts.count <= outer.kindCount { starts.append(counts.count) }
        (self.outer, self.inner) = (outer.entries, inner.entries)
        (outerCount, innerCount, self.isTransposed) = (outer.valueCount, inner.valueCount, isTransposed)
        (self.starts, self.innerKinds, self.counts) = (starts, innerKinds, counts)
        reportCount = Double(keys.count)
    }

    /// How many cells the joint distribution has.
    var cellCount: Int { outerCount * innerCount }

    /// Multiplications and additions of one ``information(at:)``.
    var informationCost: Double {
        let square = Double(innerCount * innerCount)
        return Double(counts.count) * square + Double(starts.count) * Double(outerCount * outerCount) * square
    }

    /// The log-likelihood Σ ln t of a distribution, and its gradient Σ (L_a·R_b)/t, over n.
    ///
    /// - Parameter distribution: outer value by outer value; it need not add up to 1.
    /// - Returns: −∞ where some report has no likelihood; the gradient is then of no use.
    func value(at distribution: [Double]) -> (logLikelihood: Double, gradient: [Double]) {
        var gradient = [Double](repeating: 0, count: cellCount), sum = 0.0
        var weights = [Double](repeating: 0, count: innerCount)
        forEachOuterKind(at: distribution) { outer, inner, mixture, pairs in
            for b in 0..<innerCount { weights[b] = 0 }
            for pair in pairs {
                let row = inner + Int(innerKinds[pair]) * innerCount
                let likelihood = dot(mixture, row, count: innerCount)
                sum += counts[pair] * log(likelihood)
                let weight = counts[pair] / likelihood
                for b in 0..<innerCount { weights[b] += weight * row[b] }
            }
            weights.withUnsafeBufferPointer { weights in
                gradient.withUnsafeMutableBufferPointer { gradient in
                    for a in 0..<outerCount {
                        let share = outer[a] / reportCount
                        for b in 0..<innerCount { gradient[a * innerCount + b] += share * weights[b] }
                    }
                }
            }
        }
        return (sum.isNaN ? -.infinity : sum, gradient)
    }

    /// The observed information over n, −∂²ℓ/n = Σ (L_a·R_b)(L_a'·R_b')/(n·t²) [Lou82], of the cells in this order.
    func information(at distribution: [Double]) -> SymmetricMatrix {
        var entries = [Double](repeating: 0, count: cellCount * cellCount)
        var block = [Double](repeating: 0, count: innerCount * innerCount)
        forEachOuterKind(at: distribution) { outer, inner, mixture, pairs in
            block.withUnsafeMutableBufferPointer { block in
                block.update(repeating: 0)
                for pair in pairs {
                    let row = inner + Int(innerKinds[pair]) * innerCount
                    let likelihood = dot(mixture, row, count: innerCount)
                    let weight = counts[pair] / (likelihood * likelihood * reportCount)
                    for b in 0..<innerCount {
                        let scaled = weight * row[b]
                        for c in 0..<innerCount { block[b * innerCount + c] += scaled * row[c] }
                    }
                }
                entries.withUnsafeMutableBufferPointer { entries in
                    for a in 0..<outerCount {
                        for b in 0..<innerCount {
                            for other in 0...a {
                                let product = outer[a] * outer[other]
                                let start = (a * innerCount + b) * cellCount + other * innerCount
                                for c in 0..<innerCount { entries[start + c] += product * block[b * innerCount + c] }
                            }
                        }
                    }
                }
            }
        }
        return SymmetricMatrix(size: cellCount) { entries[$0 * cellCount + $1] }
    }

    /// Calls `body` with each outer kind's likelihoods, those of all inner kinds, the distribution's mixture over outer
    /// values by inner value, and the kind's pairs.
    private func forEachOuterKind(
        at distribution: [Double],
        _ body: (
            _ outer: UnsafePointer<Double>, _ inner: UnsafePointer<Double>, _ mixture: UnsafePointer<Double>,
            _ pairs: Range<Int>
        ) -> Void
    ) {
        var mixture = [Double](repeating: 0, count: innerCount)
        outer.withUnsafeBufferPointer { outer in
            inner.withUnsafeBufferPointer { inner in
                mixture.withUnsafeMutableBufferPointer { mixture in
                    guard let outer = outer.baseAddress, let inner = inner.baseAddress,
                        let mixed = mixture.baseAddress
                    else { return }
                    for kind in 0..<starts.count - 1 where starts[kind] < starts[kind + 1] {
                        let row = outer + kind * outerCount
                        for b in 0..<innerCount { mixed[b] = 0 }
                        distribution.withUnsafeBufferPointer { distribution in
                            for a in 0..<outerCount {
                                for b in 0..<innerCount { mixed[b] += row[a] * distribution[a * innerCount + b] }
                            }
                        }
                        body(row, inner, mixed, starts[kind]..<starts[kind + 1])
                    }
                }
            }
        }
    }
}
