internal import CAnchors
internal import Mechanisms
internal import SecureRandomness

/// One more report about a stored permanent response: all that a report of a memoized RAPPOR metric usually costs.
struct InstantaneousResponseRow: Row {
    let name = "3a"
    let operation = "RAPPOR-128: a fresh response to a permanent one, payload to payload"
    let anchor = "getrandom(32)"
    let goal = Goal.cost(atMost: 1.2)
    let unit = "report"

    func prepare() throws -> Comparison {
        let rappor = try documentedRappor()
        let noise = try PermanentNoise(secret: .random(), metric: 1, definitionHash: [])
        let permanent = try rappor.permanentResponse(
            to: .text(Array("example.org".utf8)), on: DeviceContext(permanentNoise: noise))
        let units = 100_000
        return Comparison(
            ours: .timed(units: units) {
                for _ in 0..<units { keep(try rappor.payload(fromPermanentResponse: permanent)) }
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
