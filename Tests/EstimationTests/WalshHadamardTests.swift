import CKernels
import Estimation
import TestSupport
import Testing

@Suite("The Walsh–Hadamard transform")
struct WalshHadamardTests {
    /// The instruction sets that this machine has.
    private let sets = [DITHER_PORTABLE, DITHER_AVX2, DITHER_AVX512]
        .filter { $0.rawValue <= dither_best_instruction_set().rawValue }

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

    @Test("is the same by every instruction set, in Swift and by plain loops, modulo 2³²")
    func everySet() {
        var noise = SeededNoise(seed: 0x3A17)
        for bitCount in 0...16 {
            let values = (0..<1 << bitCount).map { _ in Int32(truncatingIfNeeded: noise.next()) }
            var expected = values
            plainTransform(&expected)
            var portable = values
            portable.withUnsafeMutableBufferPointer { WalshHadamard.transformPortably($0) }
            #expect(portable == expected, "length 2^\(bitCount), in Swift")
            for set in sets {
                var transformed = values
                transformed.withUnsafeMutableBufferPointer { WalshHadamard.transform($0, with: set) }
                #expect(transformed == expected, "length 2^\(bitCount), set \(set.rawValue)")
            }
        }
    }

    @Test("is the same where threads share it")
    func threads() {
        let values = [1: 5, 77: -3, 1 << 18 + 12: 1000, 1 << 20 + 3: 1 << 29, 1 << 21 - 1: 9] as [Int: Int32]
        for set in sets {
            var transformed = [Int32](repeating: 0, count: 1 << 21)
            for (index, value) in values { transformed[index] = value }
            transformed.withUnsafeMutableBufferPointer { WalshHadamard.transform($0, with: set) }
            let firstWrong = transformed.indices.first { place in
                transformed[place]
                    != values.reduce(0) {
                        ($1.key & place).nonzeroBitCount.isMultiple(of: 2) ? $0 + $1.value : $0 - $1.value
                    }
            }
            #expect(firstWrong == nil, "set \(set.rawValue)")
        }
    }

    @Test("is exact in 64 bits where 32 do not hold the sums, and where they just do")
    func wideSums() {
        let limit = Int(Int32.max)
        for values in [
            [limit, 0], [limit, 1], [limit / 2, -(limit / 2), 1, 0], [limit, limit, limit, limit],
            [Int.max / 4, -Int.max / 4, Int.max / 4, Int.max / 4], [1 << 32, 0], [-(1 << 31), 0], [Int.min, 0],
        ] {
            var (transformed, expected) = (values, values)
            WalshHadamard.transform(&transformed)
            plainTransform(&expected)
            #expect(transformed == expected, "\(values)")
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

    /// One step after the other, on one pair after the other.
    private func plainTransform<Count: FixedWidthInteger>(_ values: inout [Count]) {
        values.withUnsafeMutableBufferPointer { values in
            var half = 1
            while half < values.count {
                for index in values.indices where index & half == 0 {
                    let (first, second) = (values[index], values[index + half])
                    (values[index], values[index + half]) = (first &+ second, first &- second)
                }
                half *= 2
            }
        }
    }
}
