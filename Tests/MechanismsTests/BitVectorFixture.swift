import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

/// What an independent script says of a mechanism that answers with bits: see `Tests/Fixtures/generate/rappor.py`.
enum BitVectorFixture {
    static func expectVectors<M: BitVectorRandomizer>(
        of fixture: MechanismFixture.Declaration, _: M.Type
    ) throws {
        let mechanism = try fixture.mechanism(M.self)
        let rule = mechanism.response.rule
        #expect(fixture.thresholds == [rule.flip, rule.clear, rule.set].map { sixteenDigits($0) }, "\(fixture)")
        let losses = [mechanism.loss, mechanism.permanentLoss, mechanism.instantaneousLoss]
        #expect(fixture.losses == losses.map(\.nanonats), "\(fixture)")
        for vector in try #require(fixture.vectors) { try expectReport(of: mechanism, vector, "\(fixture)") }
        for vector in try #require(fixture.permanentVectors) {
            try expectPermanentResponse(of: mechanism, vector, "\(fixture)")
        }
    }

    private static func expectReport<M: BitVectorRandomizer>(
        of mechanism: M, _ vector: String, _ fixture: String
    ) throws {
        let cells = vector.split(separator: " ")
        let permanent = try #require(hexadecimalBytes(cells[0]))
        let words = cells.dropFirst().dropLast().compactMap { UInt64($0, radix: 16) }
        try #require(words.count == mechanism.noiseWordCount)
        var (noise, same) = (ListedNoise(words), ListedNoise(words))
        let value = try BitVectorReport(decoding: permanent.span, shape: mechanism.permanentShape)
        let report = mechanism.randomize(value, using: &noise)
        #expect(report.encoded(shape: mechanism.shape) == hexadecimalBytes(cells[cells.count - 1]), "\(fixture)")
        var bytes: [UInt8] = [7]
        try mechanism.appendPayload(fromPermanentResponse: permanent, using: &same, to: &bytes)
        #expect(bytes == [7] + report.encoded(shape: mechanism.shape), "\(fixture)")
    }

    private static func expectPermanentResponse<M: BitVectorRandomizer>(
        of mechanism: M, _ vector: String, _ fixture: String
    ) throws {
        // SHA-256 of "a device" and of "a definition", as in the script.
        let secret = try #require(SecretKey(copying: SHA256.digest(Array("a device".utf8))))
        let cells = vector.split(separator: " ")
        let noise = try PermanentNoise(
            secret: secret, metric: try #require(UInt32(cells[0])),
            definitionHash: SHA256.digest(Array("a definition".utf8)))
        let response = try mechanism.permanentResponse(
            to: try input(cells[1]), on: DeviceContext(permanentNoise: noise))
        #expect(response == hexadecimalBytes(cells[2]), "\(fixture), metric \(cells[0]), \(cells[1])")
    }

    private static func input(_ text: Substring) throws -> MechanismInput {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts[0] {
        case "text": return .text(try #require(hexadecimalBytes(parts[1])))
        case "item": return .item(try #require(Int(parts[1])))
        default:
            try #require(parts == ["absent"])
            return .absent
        }
    }

    /// Configurations too wide to be audited.
    struct Wide: Decodable {
        var rappor: [MechanismFixture.Declaration], basic: [MechanismFixture.Declaration]

        static func load() throws -> Wide { try Fixtures.json("vectors/rappor_wide.json") }
    }

    /// Configurations with one step less noise in a stage, and with one step more.
    static func neighbours(of noise: BitNoise) -> [(less: BitNoise, more: BitNoise)] {
        func step(_ threshold: UInt64) -> UInt64 { threshold >= 1 << 56 ? 1 << 40 : 1 << 32 }
        var flips = (less: noise, more: noise), fresh = (less: noise, more: noise)
        flips.less.flipThreshold -= step(noise.flipThreshold)
        flips.more.flipThreshold += step(noise.flipThreshold)
        fresh.less.clearThreshold -= 1 << 40
        fresh.less.setThreshold += 1 << 40
        fresh.more.clearThreshold += 1 << 40
        fresh.more.setThreshold -= 1 << 40
        return [flips, fresh]
    }
}
