internal import CPlatform

/// Words of noise in memory of their own, which is wiped at the end of their life and then kept for the next.
public struct NoiseWords: ~Copyable {
    /// The words of memory that is kept: a report of 1,024 bits needs 385.
    private static let keptWordCount = 512
    private static let spare = Spare()

    @usableFromInline let buffer: UnsafeMutableBufferPointer<UInt64>

    /// Zeros, as many as whole blocks of the cipher need.
    init(count: Int) {
        buffer = UnsafeMutableBufferPointer(start: Self.room(wordCount: count), count: count)
    }

    deinit {
        guard let start = buffer.baseAddress else { return }
        dither_wipe(start, 8 * Self.wholeBlocks(buffer.count))
        if buffer.count > Self.keptWordCount || !Self.spare.keep(OpaquePointer(start)) { start.deallocate() }
    }

    /// How many there are.
    public var count: Int { buffer.count }

    /// The word at a position.
    @inlinable
    public subscript(position: Int) -> UInt64 {
        precondition(buffer.indices.contains(position), "noise has so many words")
        return buffer[position]
    }

    /// Lends the words in a range where they are.
    @inlinable
    public func withSpan<Result>(of range: Range<Int>, _ body: (Span<UInt64>) -> Result) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= buffer.count, "noise has so many words")
        return body(UnsafeBufferPointer(rebasing: buffer[range]).span)
    }

    /// Lends all words where they are.
    @inlinable
    public func withSpan<Result>(_ body: (Span<UInt64>) -> Result) -> Result {
        withSpan(of: 0..<buffer.count, body)
    }

    /// Adds keystream, under a key that serves nothing else.
    func addKeystream(key: UnsafeRawBufferPointer) throws(RandomnessError) {
        guard let start = buffer.baseAddress else { return }
        try ChaCha20.addKeystream(
            key: key, to: UnsafeMutableBufferPointer(start: start, count: Self.wholeBlocks(buffer.count)))
    }

    private static func room(wordCount: Int) -> UnsafeMutablePointer<UInt64> {
        if wordCount <= keptWordCount, let idle = spare.take() { return UnsafeMutablePointer(idle) }
        let capacity = max(wholeBlocks(wordCount), keptWordCount)
        let room = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        room.initialize(repeating: 0, count: capacity)
        return room
    }

    private static func wholeBlocks(_ wordCount: Int) -> Int {
        let blockWordCount = ChaCha20.blockByteCount / 8
        return (wordCount + blockWordCount - 1) & ~(blockWordCount - 1)
    }
}
