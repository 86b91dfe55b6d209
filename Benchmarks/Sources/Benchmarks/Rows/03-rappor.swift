internal import CAnchors
internal import Mechanisms
internal import SecureRandomness

/// One more report about a permanent response, with its encoding: fresh words, and a chain for each bit.
struct InstantaneousResponseRow: Row {
    let name = "3a"
    let operation = "RAPPOR-128: a fresh response to a permanent one"
    let anchor = "getrandom(32)"
    let goal = Goal.cost(atMost: 1.2)
    let unit = "report"
    let bottleneck: String? =
        "beside the system call, the memory of the noise is taken, wiped and given back, and there is the chain of bits"

    func prepare() throws -> Comparison {
        let rappor = try documentedRappor()
        let noise = try PermanentNoise(secret: .random(), metric: 1, definitionHash: [])
        let permanent = try rappor.input(
            from: .text(Array("https://example.org".utf8)), on: DeviceContext(permanentNoise: noise))
        let units = 100_000
        return Comparison(
            ours: .timed(units: units) {
                try refilling(units) {
                    var fresh = try FreshNoise(wordCount: rappor.noiseWordCount)
                    rappor.appendPayload(about: permanent, using: &fresh, to: &$0)
                }
            },
            anchor: .timed(units: units) {
                for _ in 0..<units { dither_anchor_random(32) }
            })
    }
}

/// RAPPOR as its authors deployed it, with 128 bits: two hashes, 64 cohorts, f = 1/2, p = 1/2, q = 3/4.
func documentedRappor(bitCount: Int32 = 128) throws -> Rappor {
    let counts = ["bits": bitCount, "hashes": 2, "cohorts": 64].mapValues { DeclaredNumber($0) }
    let probabilities = ["f": 500, "p": 500, "q": 750].mapValues { DeclaredNumber(billionths: $0 * 1_000_000) }
    let declaration = MechanismDeclaration(
        domain: .text, reportsAbsence: true, parameters: counts.merging(probabilities) { first, _ in first })
    return try Rappor(configuration: .init(declared: declaration))
}

/// A report of a memoized RAPPOR metric about a text, from nothing but the device's noise.
struct MemoizedReportRow: Row {
    let name = "3b"
    let operation = "RAPPOR-128: a memoized report, text to payload"
    let bottleneck: String? = """
        three digest contexts are reset so that they keep nothing, and the cipher forgets its key; the kernel's return from \
        getrandom leaves the processor's front end cold for each of them
        """
    let anchor = "its parts: HMAC of 258 bytes, re-key, 384 bytes of keystream, MD5 of 5 blocks, getrandom(32)"
    let goal = Goal.cost(atMost: 1.2)
    let unit = "report"

    func prepare() throws -> Comparison {
        let rappor = try documentedRappor()
        let noise = try PermanentNoise(secret: .random(), metric: 1, definitionHash: [])
        let device = DeviceContext(permanentNoise: noise)
        let text = MechanismInput.text(Array("https://example.org".utf8)), units = 20_000
        return Comparison(
            ours: .timed(units: units) {
                try refilling(units) { try erased(rappor).appendPayload(for: text, on: device, to: &$0) }
            },
            anchor: .timed(units: units) {
                var report = [UInt8](repeating: 0, count: 17)
                for _ in 0..<units { dither_anchor_memoized_report(&report) }
            })
    }
}
