/// Counts the set bits of vectors by their position, in Swift and otherwise than the kernels do.
///
/// A table spreads the bits of a byte over the eight bytes of a word, so that one addition counts eight positions. The
/// bytes are emptied into whole counters before they can overflow.
struct TableBitTally {
    private let bitCount: Int
    private let byteCount: Int
    private(set) var reportCount = 0
    private(set) var setCounts: [Int]
    /// For each byte of a vector, eight counters of eight bits.
    private var lanes: [UInt64]

    init(bitCount: Int) {
        (self.bitCount, byteCount) = (bitCount, (bitCount + 7) / 8)
        setCounts = [Int](repeating: 0, count: bitCount)
        lanes = [UInt64](repeating: 0, count: byteCount)
    }

    /// Counts vectors that lie end to end, up to the first with a spare bit set; false if there is one.
    mutating func count(_ vectors: UnsafeBufferPointer<UInt8>) -> Bool {
        var offset = 0
        while offset < vectors.count {
            let block = min(255, (vectors.count - offset) / byteCount)
            let counted = addToLanes(vectors[offset..<offset + block * byteCount])
            emptyLanes()
            reportCount += counted
            guard counted == block else { return false }
            offset += block * byteCount
        }
        return true
    }

    /// Adds up to 255 vectors to the lanes, and says how many there are before the first with a spare bit set.
    private mutating func addToLanes(_ vectors: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        let spareBits: UInt8 = bitCount.isMultiple(of: 8) ? 0 : .max << UInt8(bitCount % 8)
        let (byteCount, vectors) = (byteCount, UnsafeBufferPointer(rebasing: vectors))
        return Self.spread.withUnsafeBufferPointer { spread in
            lanes.withUnsafeMutableBufferPointer { lanes in
                var offset = 0
                while offset < vectors.count, vectors[offset + byteCount - 1] & spareBits == 0 {
                    for index in 0..<byteCount { lanes[index] &+= spread[Int(vectors[offset + index])] }
                    offset += byteCount
                }
                return offset / byteCount
            }
        }
    }

    private mutating func emptyLanes() {
        for bit in 0..<bitCount { setCounts[bit] += Int(lanes[bit / 8] >> UInt64(8 * (bit % 8)) & 0xFF) }
        for index in lanes.indices { lanes[index] = 0 }
    }

    /// For each byte, a word whose byte i is bit i of it.
    private static let spread: [UInt64] = (0..<256).map { (byte: UInt64) in
        (0..<8).reduce(0) { $0 | (byte >> $1 & 1) << (8 * $1) }
    }
}
