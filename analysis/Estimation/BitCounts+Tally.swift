internal import ReportFormat

extension BitCounts {
    /// Counts vectors of the only cohort that lie end to end.
    ///
    /// - Parameter soundCount: of whole vectors, how many there are before the first that is malformed for another reason
    ///   than a spare bit.
    /// - Throws: ``ReportError``; the vectors before the first malformed one are then counted.
    mutating func tally(
        _ payloads: Span<UInt8>, partition: Int, soundCount: (UnsafeBufferPointer<UInt8>) -> Int
    ) throws(ReportError) {
        let stride = (bitCount + 7) / 8
        guard partition == 0 else { throw .valueOutOfRange }
        guard payloads.count.isMultiple(of: stride) else {
            throw .wrongByteCount(actual: payloads.count % stride, expected: stride)
        }
        var tally = BitTally(bitCount: bitCount)
        let isWhole = payloads.withUnsafeBufferPointer { vectors in
            let count = soundCount(vectors)
            let sound = UnsafeBufferPointer(rebasing: vectors[..<(count * stride)])
            return tally.count(sound) && sound.count == vectors.count
        }
        add(reportCount: tally.reportCount, setCounts: tally.takeSetCounts(), cohort: 0)
        guard isWhole else { throw .valueOutOfRange }
    }
}
