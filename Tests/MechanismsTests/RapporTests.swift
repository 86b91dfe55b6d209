import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("RAPPOR")
struct RapporTests {
    static func mechanism(
        bits: Int, hashes: Int, cohorts: Int, f: Int64, p: Int64, q: Int64
    ) throws -> Rappor {
        let counts = ["bits": bits, "hashes": hashes, "cohorts": cohorts].mapValues { DeclaredNumber(Int32($0)) }
        let probabilities = ["f": f, "p": p, "q": q].mapValues { DeclaredNumber(billionths: $0 * 1_000_000) }
        let declared = MechanismDeclaration(
            domain: .text, reportsAbsence: true, parameters: counts.merging(probabilities) { first, _ in first })
        return try Rappor(configuration: .init(declared: declared))
    }

    @Test("has the thresholds, losses, reports and permanent responses of an independent script")
    func vectorsAgree() throws {
        let fixtures = try MechanismFixture.of(Rappor.self).configurations + BitVectorFixture.Wide.load().rappor
        for fixture in fixtures { try BitVectorFixture.expectVectors(of: fixture, Rappor.self) }
    }

    @Test("has the documented numbers for 16 bits, 2 hashes and f 0.5, p 0.5, q 0.75")
    func documentedNumbers() throws {
        let mechanism = try Self.mechanism(bits: 16, hashes: 2, cohorts: 64, f: 500, p: 500, q: 750)
        let rule = mechanism.response.rule
        #expect(rule.reportLikelihood(whereSet: false) == WideUnsigned(9) << 124)  // p* = 9/16
        #expect(rule.reportLikelihood(whereSet: true) == WideUnsigned(11) << 124)  // q* = 11/16
        #expect(mechanism.loss.description == "1.074285865")
        #expect(mechanism.permanentLoss.description == "4.394449155")
        #expect((mechanism.epsilon.description, mechanism.permanentEpsilon.description) == ("1.075", "4.395"))
        let wide = try Self.mechanism(bits: 128, hashes: 2, cohorts: 64, f: 500, p: 500, q: 750)
        #expect(wide.instantaneousLoss.description == "88.722839168")
    }

    @Test("refuses one step less noise in either stage where it is made from ε, and takes one more")
    func lessNoiseIsRefused() throws {
        let fixtures = try MechanismFixture.of(Rappor.self).configurations + BitVectorFixture.Wide.load().rappor
        for fixture in fixtures where fixture.epsilon != nil {
            let least = try fixture.mechanism(Rappor.self).configuration
            for (less, more) in BitVectorFixture.neighbours(of: least.noise) {
                var configuration = least
                configuration.noise = less
                let error = #expect(throws: ParameterError.self) { try Rappor(configuration: configuration) }
                #expect(error?.name == "lossAboveEpsilon", "\(fixture)")
                configuration.noise = more
                #expect(throws: Never.self, "\(fixture)") { try Rappor(configuration: configuration) }
            }
        }
    }

    @Test("refuses counts and thresholds that a registry would not make")
    func configurationsAreValidated() throws {
        let good = try Self.mechanism(bits: 16, hashes: 2, cohorts: 4, f: 500, p: 500, q: 750).configuration
        let changes: [(String, (inout Rappor.Configuration) -> Void)] = [
            ("countOutOfRange", { $0.bitCount = 512 }), ("countOutOfRange", { $0.bitCount = 1 }),
            ("notAPowerOfTwo", { $0.bitCount = 24 }), ("countOutOfRange", { $0.hashCount = 0 }),
            ("countOutOfRange", { $0.hashCount = 9 }), ("countOutOfRange", { $0.cohortCount = 0 }),
            ("countOutOfRange", { $0.cohortCount = 2048 }), ("notAPowerOfTwo", { $0.cohortCount = 6 }),
            ("thresholdOutOfRange", { $0.noise.flipThreshold = 0 }),
            ("thresholdOutOfRange", { $0.noise.flipThreshold = 1 << 63 }),
            ("thresholdOutOfRange", { $0.noise.flipThreshold += 1 }),
            ("thresholdOutOfRange", { $0.noise.clearThreshold = 0 }),
            ("thresholdOutOfRange", { $0.noise.clearThreshold += 1 }),
            ("thresholdOutOfRange", { $0.noise.setThreshold = .max }),
            ("thresholdOutOfRange", { $0.noise.clearThreshold = $0.noise.setThreshold }),
            ("epsilonOutOfRange", { $0.noise.epsilonThousandths = 0 }),
            ("epsilonNotBelowPermanent", { $0.noise.epsilonThousandths = $0.noise.permanentEpsilonThousandths }),
            ("lossAboveEpsilon", { $0.noise.epsilonThousandths -= 1 }),
            ("lossAboveEpsilon", { $0.noise.permanentEpsilonThousandths -= 1 }),
        ]
        for (name, change) in changes {
            var configuration = good
            change(&configuration)
            let error = #expect(throws: ParameterError.self) { try Rappor(configuration: configuration) }
            #expect(error?.name == name)
        }
    }

    @Test("keeps a text apart from absence, whatever its bytes")
    func absenceIsNoText() throws {
        let mechanism = try Self.mechanism(bits: 8, hashes: 1, cohorts: 1, f: 500, p: 500, q: 750)
        let inputs: [MechanismInput] = [.absent, .text([]), .text([0]), .text([1]), .text([0, 0]), .text([1, 0])]
        #expect(Set(try inputs.map { try mechanism.canonicalValue(of: $0).bytes }).count == inputs.count)
        let longest = [UInt8](repeating: 7, count: InputDomain.textByteLimit)
        #expect(try mechanism.canonicalValue(of: .text(longest)).count == PermanentNoise.valueByteLimit)
    }

    @Test("names the cohort in front of the bits, for the store to keep apart")
    func cohortIsThePartition() throws {
        let mechanism = try Self.mechanism(bits: 16, hashes: 2, cohorts: 1024, f: 500, p: 500, q: 750)
        var seeded = SeededNoise(seed: 0x5eed_0210)
        let noise = try PermanentNoise(secret: seeded.secret(), metric: 1, definitionHash: seeded.bytes(count: 32))
        let device = DeviceContext(permanentNoise: noise)
        let stored = mechanism.stored(payload: try mechanism.payload(for: .text([65]), on: device))
        #expect(stored.partition == noise.cohort(among: 1024))
        #expect(stored.rest.count == 2)
        let absence = mechanism.stored(payload: try mechanism.payload(for: .absent, on: device))
        #expect(absence.partition == stored.partition)
    }
}
