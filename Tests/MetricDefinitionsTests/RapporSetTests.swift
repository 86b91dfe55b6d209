import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("Metric sets with RAPPOR")
struct RapporSetTests {
    @Test("decode to what was encoded, byte for byte")
    func roundTrip() throws {
        let set = try testMetricSet(metrics: [try rapporMetric(), try basicRapporMetric()])
        let bytes = try set.encoded()
        let decoded = try MetricSet(decoding: bytes)
        #expect(try decoded.encoded() == bytes)
        let (rappor, basic) = (
            try #require(decoded.metrics[0].mechanism as? Rappor),
            try #require(decoded.metrics[1].mechanism as? BasicRappor)
        )
        #expect(rappor.configuration == (set.metrics[0].mechanism as? Rappor)?.configuration)
        #expect(basic.configuration == (set.metrics[1].mechanism as? BasicRappor)?.configuration)
        #expect(decoded.metrics.map(\.definitionHash) == set.metrics.map(\.definitionHash))
    }

    @Test("with any one byte changed and sealed anew are refused, or are another set of exactly those bytes")
    func everySealedSingleByteChangeIsHandled() throws {
        for metric in [try rapporMetric(name: "m", summary: ""), try basicRapporMetric(name: "m", summary: "")] {
            let set = try MetricSetCodingTests.terseSet(metric)
            var content = Array(try set.encoded().dropLast(32)), breaches: [Int] = []
            for offset in content.indices {
                for change: UInt8 in [1, 0x80] {
                    content[offset] ^= change
                    let isCanonical = MetricSetCodingTests.isCanonical(try MetricSetCodingTests.sealed(content))
                    if isCanonical == false { breaches.append(offset) }
                    content[offset] ^= change
                }
            }
            #expect(breaches.isEmpty)
        }
    }
}
