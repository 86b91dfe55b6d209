internal import CAnchors
internal import CKernels

/// Reports of one key, counted bit by bit, with the kernel of one instruction set.
struct BitCountRow: Row {
    let name: String
    let set: dither_instruction_set
    let bitCount: Int
    let goal: Goal
    var operation: String { "count the bits of rows of \(bitCount) bits, 512 MB in memory, \(set.title)" }
    let anchor = "read the same memory"
    let unit = "row"
    let bottleneck: String? =
        "memory: in a cache rows are counted at 55 to 65 GB/s; a row of two vectors is read in two passes over eight rows"

    func prepare() throws -> Comparison {
        guard set.rawValue <= dither_best_instruction_set().rawValue else {
            throw Skipped(reason: "this processor has no \(set.title)")
        }
        let rows = try RandomPages(byteCount: 512 << 20), byteCount = bitCount / 8, units = rows.byteCount / byteCount
        return Comparison(
            ours: .timed(units: units) { [set] in
                let counter = dither_bit_counter_create(byteCount, set)
                defer { dither_bit_counter_destroy(counter) }
                var counts = [Int](repeating: 0, count: 8 * byteCount)
                dither_bit_counter_add(counter, rows.start, units)
                dither_bit_counter_take(counter, &counts)
                keep(counts)
            },
            anchor: .timed(units: units) { dither_anchor_sum(rows.start, rows.byteCount) })
    }
}

extension dither_instruction_set {
    static let portable = DITHER_PORTABLE
    static let avx2 = DITHER_AVX2
    static let avx512 = DITHER_AVX512

    /// How people write it.
    var title: String {
        switch self {
        case .avx512: "AVX-512"
        case .avx2: "AVX2"
        default: "portable"
        }
    }
}

/// Memory that holds a megabyte of random bytes, again and again.
final class RandomPages {
    let start: UnsafeMutablePointer<UInt8>
    let byteCount: Int

    init(byteCount: Int) throws {
        guard let start = dither_anchor_pages(byteCount) else {
            throw Skipped(reason: "there are no \(byteCount >> 20) MB of memory")
        }
        (self.start, self.byteCount) = (start, byteCount)
        // An odd length, so that no row follows itself in step.
        let pattern = randomBytes(1_048_573)
        for offset in stride(from: 0, to: byteCount, by: pattern.count) {
            let count = min(pattern.count, byteCount - offset)
            pattern.withUnsafeBufferPointer { (start + offset).update(from: $0.baseAddress!, count: count) }
        }
    }

    deinit { dither_anchor_free_pages(start, byteCount) }
}

/// Bytes of a generator with a fixed seed (splitmix64).
func randomBytes(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x5eed
    return (0..<count).map { _ in
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return UInt8(truncatingIfNeeded: word ^ word >> 31)
    }
}
