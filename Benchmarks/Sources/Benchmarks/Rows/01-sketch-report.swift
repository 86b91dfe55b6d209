internal import CAnchors
internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat
internal import SecureRandomness

/// A whole report of a count mean sketch, from text to payload.
struct SketchReportRow: Row {
    let name = "1"
    let operation = "count mean sketch, 1,024 bits: a report, text to payload"
    let anchor = "its parts: SHA-256 of 280 bytes, getrandom(32), re-key, 3,080 bytes of keystream, copy"
    let goal = Goal.cost(atMost: 1.3)
    let unit = "report"
    let bottleneck: String? = """
        libcrypto and the kernel take as much as the anchor; the rest is forgetting (a key of zeros, the reset of a digest, \
        3 KiB wiped) and the chain of bits
        """

    func prepare() throws -> Comparison {
        let sketch = try documentedSketch(), device = DeviceContext(permanentNoise: nil)
        let text = MechanismInput.text(Array("https://example.org".utf8)), units = 20_000
        return Comparison(
            ours: .timed(units: units) {
                try refilling(units) { try erased(sketch).appendPayload(for: text, on: device, to: &$0) }
            },
            anchor: .timed(units: units) {
                var report = [UInt8](repeating: 0, count: 130)
                for _ in 0..<units { dither_anchor_sketch_report(&report) }
            })
    }
}

/// The noise of its bits alone, out of keystream that is drawn for many reports at once, so that keys weigh nothing.
struct NoiseBitsRow: Row {
    let name = "2"
    let operation = "1,024 noise bits of it, by a chain of 24 random bits each"
    let anchor = "ChaCha20 keystream of the same bytes"
    let goal = Goal.cost(atMost: 1.25)
    let unit = "report"
    let bottleneck: String? =
        "the chain, at two operations a level in the instructions that every x86-64 has, and its array"

    private static let reportCount = 64

    func prepare() throws -> Comparison {
        let threshold = try documentedSketch().flip, wordCount = 16
        let key = try SecretKey.random(), repetitions = 200, units = repetitions * Self.reportCount
        let words = KeystreamWords(wordCount: Self.reportCount * threshold.noiseWordCount(for: wordCount))
        return Comparison(
            ours: .timed(units: units) {
                for _ in 0..<repetitions {
                    try words.refill(key)
                    var source = words.source
                    for _ in 0..<Self.reportCount { keep(threshold.draw(wordCount: wordCount, using: &source)) }
                }
            },
            anchor: .timed(units: units) {
                let bytes = UnsafeMutableRawBufferPointer(words.buffer)
                for _ in 0..<repetitions {
                    dither_anchor_keystream(bytes.baseAddress, bytes.count)
                }
            })
    }
}

/// Keystream in memory, drawn from its beginning.
private final class KeystreamWords {
    let buffer: UnsafeMutableBufferPointer<UInt64>

    init(wordCount: Int) {
        buffer = .allocate(capacity: wordCount)
        buffer.initialize(repeating: 0)
    }

    deinit { buffer.deallocate() }

    func refill(_ key: SecretKey) throws { try ChaCha20.writeKeystream(key: key, into: buffer) }

    var source: Source { Source(words: buffer) }

    struct Source: NoiseSource {
        let words: UnsafeMutableBufferPointer<UInt64>
        var position = 0

        mutating func next() -> UInt64 { withNext(1) { $0[0] } }

        mutating func withNext<Result>(_ count: Int, _ body: (Span<UInt64>) -> Result) -> Result {
            defer { position += count }
            return body(UnsafeBufferPointer(rebasing: words[position..<position + count]).span)
        }
    }
}

/// Fills one buffer so often, as a program does that sends reports as it makes them.
func refilling(_ count: Int, _ append: (inout [UInt8]) throws -> Void) rethrows {
    var bytes: [UInt8] = []
    for _ in 0..<count {
        bytes.removeAll(keepingCapacity: true)
        try append(&bytes)
        keep(bytes)
    }
}

/// The sketch of [Apple17]: 1,024 rows of 1,024 bits, at ε = 4.
func documentedSketch() throws -> CountMeanSketch {
    let declaration = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: 4000), domain: .text, reportsAbsence: false,
        parameters: ["rows": DeclaredNumber(1024), "width": DeclaredNumber(1024)])
    return try CountMeanSketch(configuration: .init(declared: declaration))
}
