import MetricDefinitions
import TestSupport
import Testing

@Suite("Metric sets in hexadecimal digits")
struct HexadecimalSetTests {
    @Test("are the sets of those bytes; anything but pairs of lower-case digits is refused")
    func digits() throws {
        let bytes = try testMetricSet(metrics: [try booleanMetric()]).encoded()
        let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(try MetricSet(hexadecimal: text).encoded() == bytes)
        for other in [String(text.dropLast()), text.uppercased(), text + " ", text + "é", "0x" + text] {
            #expect(throws: MetricSetError.notCanonical) { try MetricSet(hexadecimal: other) }
        }
        #expect(throws: MetricSetError.wrongMagic) { try MetricSet(hexadecimal: "") }
    }
}
