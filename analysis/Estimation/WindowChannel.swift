internal import Mechanisms

/// The matrix of a window response: the probability b + (a − b)·[i ≤ y < i + w] of output y for cell i. It is applied by
/// running sums, never written down.
struct WindowChannel: Sendable {
    let cellCount: Int
    let width: Int
    /// b.
    let base: Double
    /// a − b.
    let gap: Double

    init(_ window: WindowResponse) {
        (cellCount, width) = (window.cellCount, window.width)
        (base, gap) = (window.outsideProbability, window.gap)
    }

    var outputCount: Int { cellCount + width - 1 }

    /// For every output the sum over the cells in whose window it is.
    func windowSums(ofCells cells: [Double]) -> [Double] {
        let sums = Self.runningSums(cells)
        return (0..<outputCount).map { sums[min($0, cellCount - 1) + 1] - sums[max(0, $0 - width + 1)] }
    }

    /// For every cell the sum over the outputs in its window.
    func windowSums(ofOutputs outputs: [Double]) -> [Double] {
        let sums = Self.runningSums(outputs)
        return (0..<cellCount).map { sums[$0 + width] - sums[$0] }
    }

    /// The probability of every output, of cells of these shares.
    func outputShares(of cells: [Double]) -> [Double] {
        let total = cells.reduce(0, +)
        return windowSums(ofCells: cells).map { base * total + gap * $0 }
    }

    /// The mean of a score of outputs, for every cell.
    func means(of scores: [Double]) -> [Double] {
        let total = scores.reduce(0, +)
        return windowSums(ofOutputs: scores).map { base * total + gap * $0 }
    }

    /// Sums of the first 0, 1, … terms.
    static func runningSums(_ terms: [Double]) -> [Double] {
        var (sums, sum) = ([0.0], 0.0)
        sums.reserveCapacity(terms.count + 1)
        for term in terms {
            sum += term
            sums.append(sum)
        }
        return sums
    }
}
