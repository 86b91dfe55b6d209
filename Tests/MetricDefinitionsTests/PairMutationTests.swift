import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("Compiled sets of pairs, from hostile bytes")
struct PairMutationTests {
    @Test("are a set of exactly those bytes or a typed error, whatever bytes change, go or come")
    func mutations() throws {
        let sets = [
            try testMetricSet(metrics: [try pairMetric()]),
            try testMetricSet(metrics: [try memoizedPairMetric(bits: 16)]),
        ]
        var noise = SeededNoise(seed: 0x5eed_0a61), accepted = 0
        for round in 0..<400 {
            var content = Array(try sets[round % 2].encoded().dropLast(32))
            for _ in 0..<Int.random(in: 1...4, using: &noise) {
                let index = Int.random(in: 28..<content.count, using: &noise)
                switch Int.random(in: 0..<6, using: &noise) {
                case 0: content[index] = UInt8.random(in: 0...255, using: &noise)
                case 1: content[index] ^= 1 << UInt8.random(in: 0..<8, using: &noise)
                case 2: content[index] = [0, 1, 2, 3, 4, 6, 0x7f, 0x80, 0xff][Int.random(in: 0..<9, using: &noise)]
                case 3: content.remove(at: index)
                case 4: content.insert(UInt8.random(in: 0...255, using: &noise), at: index)
                default:
                    let end = min(content.count, index + Int.random(in: 1...24, using: &noise))
                    content.insert(
                        contentsOf: content[index..<end], at: Int.random(in: 28..<content.count, using: &noise))
                }
            }
            let sealed = content + (try sha256(content))
            guard let set = try? MetricSet(decoding: sealed) else { continue }
            accepted += 1
            #expect(try set.encoded() == sealed)
        }
        #expect(accepted > 0)
    }

    @Test("are mechanisms or a typed error, whatever mechanisms and integers their halves name")
    func components() throws {
        var noise = SeededNoise(seed: 0x5eed_0a62)
        let names = MechanismCatalog.standard.identifiers
        for _ in 0..<20_000 {
            var writer = ByteWriter()
            for _ in 0..<2 {
                writer.append(text: names[Int.random(in: 0..<names.count, using: &noise)])
                for _ in 0..<Int.random(in: 1...12, using: &noise) {
                    switch Int.random(in: 0..<4, using: &noise) {
                    case 0: writer.append(UInt8([0, 1, 2, 8, 255][Int.random(in: 0..<5, using: &noise)]))
                    case 1: writer.append(UInt16([0, 1, 2, 8, 16, 256, 65535][Int.random(in: 0..<7, using: &noise)]))
                    case 2:
                        writer.append(UInt32([0, 1, 2, 3, 8, 1000, 0xffff_ffff][Int.random(in: 0..<7, using: &noise)]))
                    default: writer.append(noise.next())
                    }
                }
            }
            for isMemoized in [false, true] {
                var reader = ByteReader(writer.bytes)
                let pair: (any LocalRandomizer)? =
                    isMemoized
                    ? (try? MemoizedPairedResponse.Configuration(reading: &reader)).flatMap {
                        try? MemoizedPairedResponse(configuration: $0)
                    }
                    : (try? PairedResponse.Configuration(reading: &reader)).flatMap {
                        try? PairedResponse(configuration: $0)
                    }
                #expect((pair?.payloadByteCount ?? 1) > 0)
            }
        }
    }
}
