import Estimation
import Foundation
import Testing

@Suite("Likelihoods of reports of Bloom filters are those of their bits")
struct FilterLikelihoodTests {
    private static let (clear, set) = (0.375, 0.625)

    /// The probability of a report of so many bits about a filter.
    private func likelihood(_ report: UInt64, bits: Set<Int>, bitCount: Int, _ clear: Double, _ set: Double) -> Double {
        (0..<bitCount).reduce(1) { product, bit in
            let probability = bits.contains(bit) ? set : clear
            return product * (report >> UInt64(bit) & 1 == 1 ? probability : 1 - probability)
        }
    }

    @Test(
        "of every report, under every candidate of every cohort, and on average over all filters of hashes",
        arguments: [(4, 2, 0.375, 0.625), (3, 3, 0.1, 0.9), (5, 1, 0.7, 0.2)])
    func enumerated(bitCount: Int, hashCount: Int, clear: Double, set: Double) {
        let bits = [[[0, 0], [1, 2]], [[2, 1], [2, 2]]]
        let model = FilterLikelihoods(
            bitCount: bitCount, hashCount: hashCount, bits: bits, clear: clear, set: set, includesOther: true)
        #expect(model.valueCount == 3)
        var filters = [Set<Int>()]
        for _ in 0..<hashCount { filters = filters.flatMap { filter in (0..<bitCount).map { filter.union([$0]) } } }
        for cohort in 0..<2 {
            var sums = [0.0, 0, 0]
            for report in 0..<(1 as UInt64) << UInt64(bitCount) {
                let empty = likelihood(report, bits: [], bitCount: bitCount, clear, set)
                let expected =
                    bits[cohort].map { likelihood(report, bits: Set($0), bitCount: bitCount, clear, set) }
                    + [
                        filters.reduce(0) { $0 + likelihood(report, bits: $1, bitCount: bitCount, clear, set) }
                            / Double(filters.count)
                    ]
                let found = model.logLikelihoods(of: [report], cohort: cohort).map { empty * exp($0) }
                for (value, pair) in zip(found, expected).enumerated() {
                    #expect(abs(pair.0 / pair.1 - 1) < 1e-12, "value \(value) of report \(report)")
                    sums[value] += pair.0
                }
            }
            #expect(sums.allSatisfy { abs($0 - 1) < 1e-12 })
        }
    }

    @Test("reports of 4,096 bits have finite likelihoods, also where parameters call them impossible")
    func wide() {
        let all = [[Array(0..<2), [4094, 4095]]]
        for (clear, set) in [(0.25, 0.75), (0, 1), (0.001, 0.999)] {
            let model = FilterLikelihoods(
                bitCount: 4096, hashCount: 2, bits: all, clear: clear, set: set, includesOther: true)
            for word: UInt64 in [0, .max, 0x5555_5555_5555_5555] {
                let found = model.logLikelihoods(of: [UInt64](repeating: word, count: 64), cohort: 0)
                #expect(found.allSatisfy { $0.isFinite })
                var table = ReportLikelihoods(valueCount: 3)
                #expect(table.append(logLikelihoods: found) == 0)
            }
        }
    }
}
