internal import Estimation
internal import Mechanisms
internal import ReportFormat
internal import SecureRandomness

/// What pure-ldp does as well, of this project and of it: the same mechanism with the same parameters.
struct PeerRow: Row {
    let name: String
    let operation: String
    let goal: Goal
    let unit = "report"
    let bottleneck: String?

    /// The operation of Benchmarks/peers/pure_ldp_peer.py, and how many of it last some 100 ms.
    let peerOperation: String
    let peerUnits: Int
    let ours: @Sendable () throws -> Work

    var anchor: String { "pure-ldp 1.2.0" }

    init(
        _ name: String, _ operation: String, timesFaster: Double, than peerOperation: String, peerUnits: Int,
        bottleneck: String? = nil, ours: @escaping @Sendable () throws -> Work
    ) {
        (self.name, self.operation, goal) = (name, operation, .speed(atLeast: timesFaster))
        (self.peerOperation, self.peerUnits) = (peerOperation, peerUnits)
        (self.bottleneck, self.ours) = (bottleneck, ours)
    }

    func prepare() throws -> Comparison {
        let peer = try PeerProcess("pure_ldp_peer.py", [peerOperation], needing: "pure-ldp")
        return Comparison(ours: try ours(), anchor: peer.work(units: peerUnits))
    }
}

let peerRows: [PeerRow] = [
    PeerRow(
        "10a", "count mean sketch, 1,024 bits: encode", timesFaster: 8, than: "encode-sketch", peerUnits: 5_000
    ) {
        let sketch = try documentedSketch(), device = DeviceContext(permanentNoise: nil), units = 20_000
        return .timed(units: units) {
            try refilling(units) { try erased(sketch).appendPayload(for: url, on: device, to: &$0) }
        }
    },
    PeerRow(
        "10b", "RAPPOR-128, one round: filter, fresh noise, payload", timesFaster: 20, than: "encode-rappor",
        peerUnits: 5_000,
        bottleneck: "a system call for fresh randomness is half of it; pure-ldp draws from a generator in its process"
    ) {
        let rappor = try documentedRappor(), units = 20_000
        let text = Array("https://example.org".utf8)
        return .timed(units: units) {
            try refilling(units) { bytes in
                var words: [UInt64] = [0, 0]
                for bit in try rappor.filter.bits(of: text, cohort: 5) { words[bit / 64] |= 1 << UInt64(bit % 64) }
                var noise = try FreshNoise(wordCount: rappor.noiseWordCount)
                let filter = BitVectorReport(partition: 5, words: words)
                rappor.appendPayload(about: filter, using: &noise, to: &bytes)
            }
        }
    },
    PeerRow(
        "10c", "RAPPOR-128, memoized: text to payload", timesFaster: 9, than: "encode-rappor", peerUnits: 5_000,
        bottleneck: memoizedBottleneck
    ) {
        let rappor = try documentedRappor(), units = 20_000
        let noise = try PermanentNoise(secret: .random(), metric: 1, definitionHash: [])
        let device = DeviceContext(permanentNoise: noise)
        return .timed(units: units) {
            try refilling(units) { try erased(rappor).appendPayload(for: url, on: device, to: &$0) }
        }
    },
    PeerRow(
        "10d", "count mean sketch, 1,024 bits: count reports of random rows", timesFaster: 150, than: "count-sketch",
        peerUnits: 10_000
    ) {
        let sketch = try documentedSketch(), device = DeviceContext(permanentNoise: nil), units = 100_000
        let distinct = try (0..<4096).map { _ in try sketch.payload(for: url, on: device) }
        let payloads = (0..<units).flatMap { distinct[$0 % distinct.count] }
        var counts = sketch.makeAggregate(of: Fingerprint(value: 1))
        return .timed(units: units) { try sketch.tally(payloads.span, partition: 0, into: &counts) }
    },
    PeerRow(
        "10e", "RAPPOR-128: count reports of one cohort", timesFaster: 2500, than: "count-rappor", peerUnits: 10_000
    ) {
        let rappor = try documentedRappor(), units = 4_000_000
        let payloads = try SystemEntropy.bytes(count: 16 * units)
        var counts = rappor.makeAggregate(of: Fingerprint(value: 1))
        return .timed(units: units) { try rappor.tally(payloads.span, partition: 5, into: &counts) }
    },
]

private let url = MechanismInput.text(Array("https://example.org".utf8))

/// A mechanism as an agent holds it: of a type that only its metric's definition knows.
@inline(never)
func erased(_ mechanism: any LocalRandomizer) -> any LocalRandomizer { mechanism }

let memoizedBottleneck = """
    a report hashes five blocks of MD5 and nine of SHA-256 whatever the text's length, so that time does not tell it, and \
    keeps no keyed state between reports; pure-ldp hashes one short block, and has no permanent response
    """
