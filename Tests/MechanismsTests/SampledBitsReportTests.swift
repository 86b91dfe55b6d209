import ReportFormat
import Testing

@Suite("Reports about sampled buckets")
struct SampledBitsReportTests {
    @Test("name few of many buckets by index, and many by a map, and are read back")
    func formsRoundTrip() throws {
        for (buckets, sampled, bits, bytes) in [
            (40, [3, 39], [39], [3, 39, 2]), (300, [5, 256], [5], [5, 0, 0, 1, 1]),
            (9, [0, 8], [0, 8], [1, 1, 3]), (8, [0, 1, 7], [7], [0x83, 4]),
        ] as [(Int, [Int], [Int], [UInt8])] {
            let shape = SampledBitsReport.Shape(bucketCount: buckets, sampleCount: sampled.count)
            let report = SampledBitsReport(
                sampled: vector(sampled, shape.wordCount), bits: vector(bits, shape.wordCount))
            #expect(report.encoded(shape: shape) == bytes)
            #expect(try SampledBitsReport(decoding: bytes.span, shape: shape) == report)
            #expect(SampledBitsReport.byteCount(of: shape) == bytes.count)
        }
    }

    @Test(
        "are refused with another length, buckets that are not there or out of order, too few or many, and spare bits")
    func malformed() {
        let indices = SampledBitsReport.Shape(bucketCount: 40, sampleCount: 2)
        for bytes in [[39, 3, 0], [3, 3, 0], [3, 40, 0], [3, 39, 4]] as [[UInt8]] {
            #expect(throws: ReportError.valueOutOfRange) { try SampledBitsReport(decoding: bytes.span, shape: indices) }
        }
        let map = SampledBitsReport.Shape(bucketCount: 7, sampleCount: 3)
        for bytes in [[0x83, 0], [3, 0], [15, 0], [7, 8]] as [[UInt8]] {
            #expect(throws: ReportError.valueOutOfRange) { try SampledBitsReport(decoding: bytes.span, shape: map) }
        }
        #expect(throws: ReportError.wrongByteCount(actual: 3, expected: 2)) {
            try SampledBitsReport(decoding: [7, 0, 0].span, shape: map)
        }
    }

    private func vector(_ places: [Int], _ wordCount: Int) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: wordCount)
        for place in places { words[place / 64] |= 1 << UInt64(place % 64) }
        return words
    }
}
