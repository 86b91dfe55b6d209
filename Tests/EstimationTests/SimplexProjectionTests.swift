import Estimation
import TestSupport
import Testing

@Suite("Consistent frequencies are the nearest that could be frequencies")
struct SimplexProjectionTests {
    @Test("of all ways to set some to 0 and shift the rest, none that is consistent is nearer")
    func nearest() {
        var noise = SeededNoise(seed: 0x51_3B1E)
        for size in 1...7 {
            for _ in 0..<20 {
                let frequencies = (0..<size).map { _ in Double.random(in: -0.6...0.9, using: &noise) }
                for sum in [SimplexProjection.Sum.one, .atMostOne] {
                    let result = SimplexProjection.nearest(to: frequencies, sum: sum)
                    let best = leastDistance(from: frequencies, sum: sum)
                    #expect(result.allSatisfy { $0 >= 0 })
                    let total = result.reduce(0, +)
                    #expect(sum == .one ? abs(total - 1) < 1e-12 : total < 1 + 1e-12)
                    #expect(abs(distance(result, frequencies) - best) < 1e-12, "\(frequencies)")
                }
            }
        }
    }

    @Test("what is consistent stays as it is, and candidates that add up to less than 1 are only clipped")
    func fixedPoints() {
        #expect(SimplexProjection.nearest(to: [0.25, 0.75, 0], sum: .one) == [0.25, 0.75, 0])
        #expect(SimplexProjection.nearest(to: [0.25, -0.5, 0.5], sum: .atMostOne) == [0.25, 0, 0.5])
        #expect(SimplexProjection.nearest(to: [], sum: .one).isEmpty)
        #expect(SimplexProjection.nearest(to: [-3], sum: .one) == [1])
        #expect(SimplexProjection.nearest(to: [3, 3], sum: .atMostOne) == [0.5, 0.5])
    }

    private func distance(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    /// Over every set of positive ones: the projection onto their plane, where it is feasible.
    private func leastDistance(from frequencies: [Double], sum: SimplexProjection.Sum) -> Double {
        var best = Double.infinity
        for mask in 0..<(1 << frequencies.count) {
            let positive = frequencies.indices.filter { mask >> $0 & 1 == 1 }
            let total = positive.reduce(0) { $0 + frequencies[$1] }
            var shifts = positive.isEmpty ? [] : [(total - 1) / Double(positive.count)]
            if sum == .atMostOne, total <= 1 { shifts.append(0) }
            for shift in shifts {
                var point = [Double](repeating: 0, count: frequencies.count)
                for index in positive { point[index] = frequencies[index] - shift }
                if point.allSatisfy({ $0 >= 0 }) { best = min(best, distance(point, frequencies)) }
            }
        }
        return best
    }
}
