internal import ReportFormat

/// Whether words need no change to be encoded; known when this is compiled.
private var isLittleEndian: Bool { UInt64(1).littleEndian == 1 }

/// Vectors of bits as they are encoded: bit i of word w in bit i mod 8 of byte 8·w + ⌊i / 8⌋, and of the last word no more
/// bytes than there are.
extension MutableRawSpan {
    /// The word at an index of the vector that begins at a byte.
    @inline(__always)
    func word(at index: Int, from start: Int) -> UInt64 {
        let offset = start + 8 * index
        guard offset + 8 > byteCount else {
            // Bounds are checked, and every pattern of bits is an integer.
            return unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        return (offset..<byteCount).reversed().reduce(0) { word, offset in
            unsafe word << 8 | UInt64(unsafeLoad(fromByteOffset: offset, as: UInt8.self))
        }
    }

    /// Replaces eight words, which are all there.
    mutating func setWords(_ words: SIMD8<UInt64>, at index: Int, from start: Int) {
        var ordered = words
        if !isLittleEndian { for lane in words.indices { ordered[lane] = words[lane].littleEndian } }
        storeBytes(of: ordered, toByteOffset: start + 8 * index, as: SIMD8<UInt64>.self)
    }

    /// Replaces the word at an index of the vector that begins at a byte.
    @inline(__always)
    mutating func setWord(_ word: UInt64, at index: Int, from start: Int) {
        let offset = start + 8 * index
        guard offset + 8 > byteCount else {
            storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
            return
        }
        for (place, offset) in (offset..<byteCount).enumerated() {
            storeBytes(of: UInt8(truncatingIfNeeded: word >> UInt64(8 * place)), toByteOffset: offset, as: UInt8.self)
        }
    }
}

extension [UInt64] {
    /// Words that are made as they are encoded.
    init(wordCount: Int, _ write: (inout MutableRawSpan) -> Void) {
        self = [UInt64](repeating: 0, count: wordCount)
        rewrite(write)
    }

    /// Changes words as they are encoded.
    mutating func rewrite(_ write: (inout MutableRawSpan) -> Void) {
        if !isLittleEndian { for index in indices { self[index] = self[index].littleEndian } }
        var span = mutableSpan
        // Every pattern of bits is an integer.
        var bytes = unsafe span.mutableBytes
        write(&bytes)
        if !isLittleEndian { for index in indices { self[index] = UInt64(littleEndian: self[index]) } }
    }
}

extension [UInt8] {
    /// Appends a partition and a vector of zeros, and has the vector written.
    ///
    /// - Parameter write: takes the bytes and where the vector begins. It is the last in them.
    mutating func appendVector(
        in partition: Int, shape: BitVectorReport.Shape, _ write: (inout MutableRawSpan, _ start: Int) -> Void
    ) {
        append(lowBytes: shape.partitionByteCount, of: UInt64(partition))
        let start = count
        append(addingCapacity: shape.vectorByteCount) { $0.append(repeating: 0, count: shape.vectorByteCount) }
        var span = mutableSpan
        // Every pattern of bits is an integer.
        var bytes = unsafe span.mutableBytes
        write(&bytes, start)
    }
}
