import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Memoized randomized response")
struct MemoizedRandomizedResponseTests {
    private static func mechanism(
        values: Int, epsilon: Int, permanentEpsilon: Int, reportsAbsence: Bool = true
    ) throws -> MemoizedRandomizedResponse {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: epsilon), permanentEpsilon: try Epsilon(thousandths: permanentEpsilon),
            valueCount: values, reportsAbsence: reportsAbsence)
        return try MemoizedRandomizedResponse(configuration: .init(declared: declared))
    }

    @Test("has the thresholds of both stages and gives the reports of an independent script")
    func vectorsAgree() throws {
        for fixture in try MechanismFixture.of(MemoizedRandomizedResponse.self).configurations {
            let mechanism = try fixture.mechanism(MemoizedRandomizedResponse.self)
            let thresholds = [
                mechanism.configuration.permanentLieThreshold, mechanism.configuration.instantaneousLieThreshold,
            ]
            #expect(fixture.thresholds == thresholds.map { sixteenDigits($0) }, "\(fixture)")
            for vector in try #require(fixture.vectors) {
                let vector = try ResponseVector(vector)
                var noise = ListedNoise(vector.words)
                let report = mechanism.randomize(CategoryReport(category: vector.item), using: &noise)
                #expect(report.category == vector.report, "\(fixture)")
            }
        }
    }

    @Test("gives a device the permanent responses that an independent script computes")
    func permanentResponsesAgree() throws {
        // SHA-256 of "a device" and of "a definition", as in the script.
        let secret = try #require(SecretKey(copying: SHA256.digest(Array("a device".utf8))))
        let definitionHash = try SHA256.digest(Array("a definition".utf8))
        for fixture in try MechanismFixture.of(MemoizedRandomizedResponse.self).configurations {
            let mechanism = try fixture.mechanism(MemoizedRandomizedResponse.self)
            for vector in try #require(fixture.permanentVectors) {
                let cells = vector.split(separator: " ").compactMap { Int($0) }
                try #require(cells.count == 3)
                let noise = try PermanentNoise(
                    secret: secret, metric: UInt32(cells[0]), definitionHash: definitionHash)
                let isAbsence = fixture.reportsAbsence && cells[1] == fixture.values
                let response = try mechanism.input(
                    from: isAbsence ? .absent : .item(cells[1]), on: DeviceContext(permanentNoise: noise))
                #expect(response.category == cells[2], "\(fixture), metric \(cells[0]), item \(cells[1])")
            }
        }
    }

    @Test("refuses one word less noise in either stage, and takes one more")
    func lessNoiseIsRefused() throws {
        for fixture in try MechanismFixture.of(MemoizedRandomizedResponse.self).configurations {
            let least = try fixture.mechanism(MemoizedRandomizedResponse.self).configuration
            for stage in [
                \MemoizedRandomizedResponse.Configuration.permanentLieThreshold, \.instantaneousLieThreshold,
            ] {
                var configuration = least
                configuration[keyPath: stage] -= 1
                let error = #expect(throws: ParameterError.self) {
                    try MemoizedRandomizedResponse(configuration: configuration)
                }
                #expect(error?.name == "lossAboveEpsilon", "\(fixture)")
                configuration[keyPath: stage] += 2
                #expect(throws: Never.self, "\(fixture)") {
                    try MemoizedRandomizedResponse(configuration: configuration)
                }
            }
        }
    }

    @Test("stores a permanent response as bytes and reports about it again, refusing bytes that are none")
    func storedResponsesAreReportedAgain() throws {
        let mechanism = try Self.mechanism(values: 3, epsilon: 1000, permanentEpsilon: 2000)
        var seeded = SeededNoise(seed: 0x5eed_0030)
        let noise = try PermanentNoise(
            secret: seeded.secret(), metric: 9, definitionHash: seeded.bytes(count: 32))
        let device = DeviceContext(permanentNoise: noise)
        let stored = try mechanism.permanentResponse(to: .item(1), on: device)
        #expect(try mechanism.permanentResponse(to: .item(1), on: device) == stored)
        let payload = try mechanism.payload(fromPermanentResponse: stored)
        #expect(throws: Never.self) { try mechanism.validate(payload: payload) }
        #expect(throws: EncodingError.permanentResponse(.valueOutOfRange)) {
            try mechanism.payload(fromPermanentResponse: [4])
        }
        #expect(throws: EncodingError.permanentResponse(.wrongByteCount(actual: 0, expected: 1))) {
            try mechanism.payload(fromPermanentResponse: [])
        }
        #expect(throws: EncodingError.input(.permanentNoiseMissing)) {
            try mechanism.permanentResponse(to: .item(1), on: DeviceContext(permanentNoise: nil))
        }
    }

    @Test("promises nothing between histories that change together but repeat values differently")
    func claim3NeedsTheSameRepeats() throws {
        // A…AB A…A against A…AB C…C: both change after 40 and 41 reports and hold at most three values. Under the first,
        // both runs share a permanent response; under the second they agree only as often as chance lets them.
        let mechanism = try Self.mechanism(
            values: 3, epsilon: 50, permanentEpsilon: 100, reportsAbsence: false)
        let run = [Int](repeating: 0, count: 40)
        let (returning, moving) = (run + [1] + run, run + [1] + [Int](repeating: 2, count: 40))
        let transcript = [Int](repeating: 0, count: 81)
        func exceeds(_ bound: ExactExponential) -> Bool {
            MechanismLaws.likelihoodRatio(
                of: transcript, given: returning, over: moving, by: mechanism, surelyExceeds: bound)
        }
        #expect(exceeds(ExactExponential(mechanism.permanentLoss, times: 3)))
        #expect(exceeds(ExactExponential(try Epsilon(thousandths: 1000))))
        // The claim without condition holds of them: they differ at 40 reports.
        #expect(!exceeds(ExactExponential(mechanism.instantaneousLoss, times: 40)))
    }
}
