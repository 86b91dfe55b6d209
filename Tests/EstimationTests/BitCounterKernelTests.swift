import CKernels
import SecureRandomness
import TestSupport
import Testing

@Suite("The kernels that count bits")
struct BitCounterKernelTests {
    /// Those that this processor has: the kernel of each is another function.
    static let sets: [dither_instruction_set] = (0...dither_best_instruction_set().rawValue).map {
        dither_instruction_set(rawValue: $0)
    }

    static func bytes(_ count: Int, from noise: inout SeededNoise) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: noise.next() >> 20) }
    }

    private static func count(_ calls: [[UInt8]], byteCount: Int, by set: dither_instruction_set) -> [Int] {
        let counter = dither_bit_counter_create(byteCount, set)
        defer { dither_bit_counter_destroy(counter) }
        for rows in calls { dither_bit_counter_add(counter, rows, rows.count / byteCount) }
        var counts = [Int](repeating: 0, count: 8 * byteCount)
        dither_bit_counter_take(counter, &counts)
        return counts
    }

    private static func naiveCount(_ rows: [UInt8], byteCount: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: 8 * byteCount)
        for index in rows.indices {
            for bit in 0..<8 where rows[index] >> UInt8(bit) & 1 == 1 { counts[8 * (index % byteCount) + bit] += 1 }
        }
        return counts
    }

    @Test(
        "count what a loop over the bits counts, and the table in Swift, for rows of every kind of length",
        arguments: [1, 2, 3, 5, 8, 13, 15, 16, 17, 31, 32, 33, 40, 63, 64, 65, 100, 127, 128, 129, 200, 512])
    func everyLength(byteCount: Int) {
        var noise = SeededNoise(seed: 0x5eed_0801)
        // None, fewer than a group of adders, some groups and a rest.
        let calls = [0, 1, 7, 300].map { Self.bytes($0 * byteCount, from: &noise) }
        let rows = Array(calls.joined()), expected = Self.naiveCount(rows, byteCount: byteCount)
        var table = TableBitTally(bitCount: 8 * byteCount)
        #expect(rows.withUnsafeBufferPointer { table.count($0) } && table.setCounts == expected)
        for set in Self.sets {
            #expect(Self.count(calls, byteCount: byteCount, by: set) == expected, "\(byteCount) bytes, \(set)")
            // In one call there are other groups.
            #expect(Self.count([rows], byteCount: byteCount, by: set) == expected, "\(byteCount) bytes, \(set)")
        }
    }

    @Test("carry over more rows than their bytes can count, all of them with every bit set", arguments: [3, 16, 128])
    func longRuns(byteCount: Int) {
        let count = 40_000, rows = [UInt8](repeating: 255, count: count * byteCount)
        for set in Self.sets {
            // Three calls of a length that is no multiple of a group.
            let counts = Self.count([rows, rows, rows], byteCount: byteCount, by: set)
            #expect(counts == [Int](repeating: 3 * count, count: 8 * byteCount), "\(set)")
        }
    }

    @Test("start again at zero once the counts are taken, which are added to what is there")
    func takingCounts() {
        let rows: [UInt8] = [1, 3, 128]
        for set in Self.sets {
            let counter = dither_bit_counter_create(1, set)
            defer { dither_bit_counter_destroy(counter) }
            var counts = [10, 0, 0, 0, 0, 0, 0, 0]
            dither_bit_counter_add(counter, rows, 3)
            dither_bit_counter_take(counter, &counts)
            #expect(counts == [12, 1, 0, 0, 0, 0, 0, 1])
            dither_bit_counter_take(counter, &counts)
            #expect(counts == [12, 1, 0, 0, 0, 0, 0, 1])
        }
    }

    @Test("count rows by their bits, with bytes between them or without", arguments: [1, 7, 16, 33, 128, 600])
    func weights(byteCount: Int) {
        var noise = SeededNoise(seed: 0x5eed_0802)
        for gap in [0, 2] {
            let stride = byteCount + gap
            for count in [0, 1, 2, 301] {
                let rows = Self.bytes(count * stride, from: &noise)
                var expected = [Int](repeating: 0, count: 8 * byteCount + 1)
                for row in 0..<count {
                    expected[rows[row * stride + gap..<(row + 1) * stride].reduce(0) { $0 + $1.nonzeroBitCount }] += 1
                }
                for set in Self.sets {
                    var counts = [Int](repeating: 0, count: 8 * byteCount + 1)
                    rows.withUnsafeBufferPointer { rows in
                        guard let start = rows.baseAddress else { return }
                        dither_count_weights(start + gap, count, stride, byteCount, &counts, set)
                    }
                    #expect(counts == expected, "\(count) rows of \(byteCount) bytes, \(set)")
                }
            }
        }
    }

    @Test("find the first row with a spare bit set, wherever it is")
    func spareBits() {
        for count in [0, 1, 8, 9, 40] {
            let sound = [UInt8](repeating: 0x0F, count: 3 * count)
            #expect(dither_rows_without(sound, count, 3, 0xF0) == count)
            for row in 0..<count {
                var rows = sound
                // Another byte of a row has no spare bits.
                (rows[3 * row + 2], rows[3 * (count - 1)]) = (0x1F, 0xFF)
                #expect(dither_rows_without(rows, count, 3, 0xF0) == row)
            }
        }
    }
}
