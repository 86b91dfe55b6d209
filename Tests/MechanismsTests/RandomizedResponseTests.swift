import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Randomized response")
struct RandomizedResponseTests {
    @Test("has the thresholds and gives the reports of an independent script")
    func vectorsAgree() throws {
        for fixture in try MechanismFixture.of(RandomizedResponse.self).configurations {
            let mechanism = try fixture.mechanism(RandomizedResponse.self)
            #expect(fixture.thresholds == [sixteenDigits(mechanism.configuration.lieThreshold)], "\(fixture)")
            for vector in try #require(fixture.vectors) {
                let vector = try ResponseVector(vector)
                var noise = ListedNoise(vector.words)
                #expect(mechanism.randomize(vector.item, using: &noise).category == vector.report, "\(fixture)")
            }
        }
    }

    @Test("gives more noise than ε needs where that is configured, and refuses one word less")
    func lessNoiseIsRefused() throws {
        for fixture in try MechanismFixture.of(RandomizedResponse.self).configurations {
            var configuration = try fixture.mechanism(RandomizedResponse.self).configuration
            configuration.lieThreshold -= 1
            let error = #expect(throws: ParameterError.self) { try RandomizedResponse(configuration: configuration) }
            #expect(error?.name == "lossAboveEpsilon", "\(fixture)")
            configuration.lieThreshold += 2
            let noisier = try RandomizedResponse(configuration: configuration)
            #expect(noisier.loss <= PrivacyLoss(noisier.epsilon), "\(fixture)")
        }
    }

    @Test("reports a host's input with fresh noise, and names what is wrong with another")
    func payloadsAreMade() throws {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 2000), valueCount: 3, reportsAbsence: false)
        let mechanism = try RandomizedResponse(configuration: .init(declared: declared))
        let device = DeviceContext(permanentNoise: nil)
        for item in 0..<3 {
            let payload = try mechanism.payload(for: .item(item), on: device)
            #expect(throws: Never.self) { try mechanism.validate(payload: payload) }
        }
        #expect(throws: EncodingError.input(.outOfDomain)) { try mechanism.payload(for: .item(3), on: device) }
        #expect(throws: EncodingError.input(.absenceNotReported)) { try mechanism.payload(for: .absent, on: device) }
        #expect(throws: ReportError.valueOutOfRange) { try mechanism.validate(payload: [3]) }
        #expect(throws: ReportError.wrongByteCount(actual: 2, expected: 1)) { try mechanism.validate(payload: [0, 0]) }
    }
}

/// A line of a fixture: item, two words, report.
struct ResponseVector {
    var item: Int, words: [UInt64], report: Int

    init(_ line: String) throws {
        let cells = line.split(separator: " ")
        try #require(cells.count == 4)
        item = try #require(Int(cells[0]))
        words = [try #require(UInt64(cells[1], radix: 16)), try #require(UInt64(cells[2], radix: 16))]
        report = try #require(Int(cells[3]))
    }
}

/// A word as the fixtures write it.
func sixteenDigits(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
