import ReportFormat
import TestSupport
import Testing

@Suite("Category payloads")
struct CategoryReportTests {
    @Test(
        "take one byte up to 256 categories, two up to 65,536, three up to 2²⁰",
        arguments: [(2, 1), (255, 1), (256, 1), (257, 2), (65_536, 2), (65_537, 3), (1 << 20, 3)])
    func byteCountIsTheFewest(categoryCount: Int, byteCount: Int) throws {
        #expect(CategoryReport.byteCount(of: categoryCount) == byteCount)
        for category in [0, 1, categoryCount / 2, categoryCount - 1] {
            let bytes = CategoryReport(category: category).encoded(shape: categoryCount)
            #expect(bytes.count == byteCount)
            #expect(try CategoryReport(decoding: bytes.span, shape: categoryCount).category == category)
        }
        let first = (0..<byteCount).map { UInt8(truncatingIfNeeded: categoryCount >> (8 * $0)) }
        if categoryCount < 1 << (8 * byteCount) {
            #expect(throws: ReportError.valueOutOfRange) {
                try CategoryReport(decoding: first.span, shape: categoryCount)
            }
        }
    }

    @Test("of another length are refused", arguments: [0, 2, 3, 4])
    func wrongLengthIsRefused(byteCount: Int) {
        let bytes = [UInt8](repeating: 0, count: byteCount)
        #expect(throws: ReportError.wrongByteCount(actual: byteCount, expected: 1)) {
            try CategoryReport(decoding: bytes.span, shape: 2)
        }
    }
}
