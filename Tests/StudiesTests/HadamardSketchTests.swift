import Estimation
import Foundation
import Mechanisms
import SecureRandomness
import Testing

@testable import Studies

@Suite("The Hadamard sketch")
struct HadamardSketchTests {
    @Test("the fast transform is multiplication by the Hadamard matrix")
    func transform() {
        var noise = StudyNoise(seed: 0x5eed_0530)
        for size in [1, 2, 8, 64] {
            let values = (0..<size).map { _ in Int32(truncatingIfNeeded: noise.index(below: 2001)) - 1000 }
            let expected = (0..<size).map { row in
                values.indices.reduce(Int32(0)) {
                    $0 + ((row & $1).nonzeroBitCount & 1 == 1 ? -values[$1] : values[$1])
                }
            }
            var transformed = values
            transformed.withUnsafeMutableBufferPointer { HadamardSketch.transform($0) }
            #expect(transformed == expected)
        }
    }

    @Test("estimates are unbiased, with the variance of the formula")
    func moments() {
        let support = SupportProbabilities(truthful: 0.8, spurious: 0.2, gap: 0.6)
        let sketch = HadamardSketch(rowCount: 16, width: 16, support: support)
        let counts = [400, 100, 0], total = 500.0, runs = 400
        let estimates = (0..<runs).map { run in
            var noise = StudyNoise(study: "hadamard", run: run)
            let keys = counts.map { _ in SketchKey(word: noise.next()) }
            return sketch.estimates(
                of: Array(zip(keys, counts)).map { (key: $0, count: $1) }, seed: UInt64(run), from: &noise)
        }
        for (item, count) in counts.enumerated() {
            let errors = Moments(estimates.map { $0[item] - Double(count) })
            let squares = counts.enumerated().filter { $0.offset != item }.reduce(0.0) {
                $0 + pow(Double($1.element), 2)
            }
            let variance = pow(16 / 15.0, 2) * (total / (0.6 * 0.6) + squares / (16 * 16))
            // Six deviations of a mean of 400 runs: 2·10⁻⁹, and of their variance, were it twice that of normal errors.
            #expect(abs(errors.mean) < 6 * (variance / Double(runs)).squareRoot(), "\(item): \(errors.mean)")
            let ratio = errors.deviation * errors.deviation / variance
            #expect(abs(ratio - 1) < 6 * 2 * (2 / Double(runs)).squareRoot(), "\(item): \(ratio)")
        }
    }
}
