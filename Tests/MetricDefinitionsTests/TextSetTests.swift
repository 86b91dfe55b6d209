import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("Metric sets with texts and numbers")
struct TextSetTests {
    @Test("decode to what was encoded, byte for byte")
    func roundTrip() throws {
        let set = try testMetricSet(metrics: [
            try rapporMetric(), try basicRapporMetric(), try sketchMetric(), try meanMetric(),
        ])
        let bytes = try set.encoded()
        let decoded = try MetricSet(decoding: bytes)
        #expect(try decoded.encoded() == bytes)
        func configuration<M: LocalRandomizer>(_ position: Int, _: M.Type) throws -> M.Configuration {
            let original = try #require(set.metrics[position].mechanism as? M).configuration
            let read = try #require(decoded.metrics[position].mechanism as? M).configuration
            #expect(read == original)
            return read
        }
        #expect(try configuration(0, Rappor.self).cohortCount == 4)
        #expect(try configuration(1, BasicRappor.self).valueCount == 3)
        #expect(try configuration(2, CountMeanSketch.self).rowCount == 1024)
        #expect(try configuration(3, OneBitMean.self).lieThreshold > 0)
        #expect(decoded.metrics.map(\.domain) == set.metrics.map(\.domain))
        #expect(decoded.metrics.map(\.whenAbsent) == set.metrics.map(\.whenAbsent))
        #expect(decoded.metrics.map(\.definitionHash) == set.metrics.map(\.definitionHash))
    }

    @Test("with any one byte changed and sealed anew are refused, or are another set of exactly those bytes")
    func everySealedSingleByteChangeIsHandled() throws {
        for metric in [
            try rapporMetric(name: "m", summary: ""), try basicRapporMetric(name: "m", summary: ""),
            try sketchMetric(name: "m", summary: ""), try meanMetric(name: "m", summary: ""),
        ] {
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
