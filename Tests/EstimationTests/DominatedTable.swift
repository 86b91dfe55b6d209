import Estimation
import Foundation

/// A sketch in which so many values share the reports equally, and a candidate that nobody holds: it meets them in
/// Bin(k·values, 1/m) places, and given those its support is binomial, so that every probability is a sum.
struct DominatedTable {
    let model: SupportModel
    private let cell: SupportProbabilities
    private let meetings: BinomialDistribution
    private let likely: [Int]

    init(rows: Int32, width: Int32, epsilon: Int, reports: Int, values: Int) throws {
        let sketch = try SketchUnderTest(rows: rows, width: width, epsilon: epsilon).sketch
        let each = Double(reports / values)
        cell = sketch.cellSupport
        model = SupportModel(
            reportCount: reports, support: sketch.support, noise: .independent,
            collisions: HashCollisions(
                rowCount: Int(rows), width: Int(width), cell: cell,
                equalPairCount: Double(values) * each * (each - 1)))
        let meetings = BinomialDistribution(trialCount: Int(rows) * values, probability: 1 / Double(width))
        self.meetings = meetings
        likely = (0...Int(rows) * values).filter { meetings.density(at: $0) > 1e-12 }
    }

    /// The probability of so much support, over noise and hash functions, but for 10⁻⁹.
    func tail(from supportCount: Int) -> Double {
        likely.reduce(0) { sum, count in
            let chance = cell.spurious + cell.gap * Double(count) / Double(meetings.trialCount)
            let noise = BinomialDistribution(trialCount: model.reportCount, probability: chance)
            return sum + meetings.density(at: count) * noise.upperTail(from: supportCount)
        }
    }

    func estimate(_ supportCount: Int) -> FrequencyEstimate {
        model.estimate(supportCount: supportCount, confidence: .standard, detectionThreshold: 0)
    }

    /// The least support for which a condition holds that holds for all support above; one more than there can be if none.
    func leastSupport(where condition: (Int) -> Bool) -> Int {
        var (low, high) = (0, model.reportCount + 1)
        while low < high {
            let middle = (low + high) / 2
            if condition(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
