import Foundation
import TestSupport
import Testing

@testable import Studies

@Suite("Noise of studies")
struct StudyNoiseTests {
    @Test("is xoshiro256** from a state of SplitMix64")
    func words() {
        // By a separate implementation in Python; the first word is that of Rust's rand_xoshiro as well.
        var noise = StudyNoise(seed: 0)
        let words = (0..<4).map { _ in noise.next() }
        #expect(words == [0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0, 0x6aa5_94f1_262d_2d2c])
    }

    @Test("is the same for the same run, and another for another run or study")
    func runs() {
        func first(_ study: String, _ run: Int) -> UInt64 {
            var noise = StudyNoise(study: study, run: run)
            return noise.next()
        }
        #expect(first("P1", 3) == first("P1", 3))
        #expect(Set([first("P1", 3), first("P1", 4), first("P2", 3)]).count == 3)
    }

    @Test("is Laplace's, normal or two-sided geometric as it says")
    func shapes() {
        var noise = StudyNoise(seed: 0x5eed_0510)
        let count = 20_000, test = BinomialTest(comparisons: 6)
        let laplace = (0..<count).map { _ in noise.laplace(scale: 3) }
        #expect(test.accepts(successes: laplace.count { $0 > 0 }, of: count, probability: 0.5))
        #expect(test.accepts(successes: laplace.count { abs($0) > 3 }, of: count, probability: exp(-1)))
        let normal = (0..<count).map { _ in noise.normal() }
        #expect(test.accepts(successes: normal.count { abs($0) > 1 }, of: count, probability: erfc(0.5.squareRoot())))
        let geometric = (0..<count).map { _ in noise.twoSidedGeometric(rate: 0.5) }, a = exp(-0.5)
        #expect(test.accepts(successes: geometric.count { $0 == 0 }, of: count, probability: (1 - a) / (1 + a)))
        #expect(test.accepts(successes: geometric.count { $0 > 2 }, of: count, probability: a * a * a / (1 + a)))
        // A scale that is off by a tenth is told from the right one.
        #expect(!test.accepts(successes: laplace.count { abs($0) > 3.3 }, of: count, probability: exp(-1)))
    }
}
