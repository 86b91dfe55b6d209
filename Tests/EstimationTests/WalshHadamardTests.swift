import Estimation
import TestSupport
import Testing

@Suite("The Walsh–Hadamard transform")
struct WalshHadamardTests {
    @Test("is the sum over all indices with the sign of the bits in common, for every length up to 512")
    func definition() {
        var noise = SeededNoise(seed: 0x3A15)
        for bitCount in 0...9 {
            let count = 1 << bitCount
            let values = (0..<count).map { _ in Int(truncatingIfNeeded: noise.next() >> 48) - 30_000 }
            let expected = (0..<count).map { place in
                values.indices.reduce(0) { $0 + ($1 & place).nonzeroBitCount % 2 * -2 * values[$1] + values[$1] }
            }
            var (wide, narrow) = (values, values.map(Int32.init))
            WalshHadamard.transform(&wide)
            WalshHadamard.transform(&narrow)
            #expect(wide == expected && narrow.map(Int.init) == expected, "length \(count)")
        }
    }

    @Test("made twice multiplies by the length, also where blocks are divided first")
    func involution() {
        var noise = SeededNoise(seed: 0x3A16)
        for bitCount in [12, 13, 14, 15, 17] {
            let values = (0..<1 << bitCount).map { _ in Int32(truncatingIfNeeded: noise.next() >> 60) - 8 }
            var transformed = values
            WalshHadamard.transform(&transformed)
            // A single place by its definition, so that the identity is not enough.
            let place = (1 << bitCount) - 3
            let expected = values.indices.reduce(Int32(0)) {
                ($1 & place).nonzeroBitCount.isMultiple(of: 2) ? $0 + values[$1] : $0 - values[$1]
            }
            #expect(transformed[place] == expected, "length 2^\(bitCount)")
            WalshHadamard.transform(&transformed)
            #expect(transformed == values.map { $0 << Int32(bitCount) }, "length 2^\(bitCount)")
        }
    }
}
