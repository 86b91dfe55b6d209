import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Memoized one-bit mean")
struct MemoizedOneBitMeanTests {
    @Test("has the thresholds, losses and reports of an independent script")
    func vectorsAgree() throws {
        for fixture in try MechanismFixture.of(MemoizedOneBitMean.self).configurations {
            let mechanism = try fixture.mechanism(MemoizedOneBitMean.self), configuration = mechanism.configuration
            let thresholds = [configuration.permanentLieThreshold, configuration.instantaneousLieThreshold]
            #expect(fixture.thresholds == thresholds.map { sixteenDigits($0) }, "\(fixture)")
            let losses = [mechanism.loss, mechanism.permanentLoss, mechanism.instantaneousLoss]
            #expect(fixture.losses == losses.map(\.nanonats), "\(fixture)")
            for vector in try #require(fixture.vectors) {
                let cells = vector.split(separator: " ")
                try #require(cells.count == 3)
                var noise = ListedNoise([try #require(UInt64(cells[1], radix: 16))])
                let permanent = CategoryReport(category: try #require(Int(cells[0])))
                let report = mechanism.randomize(permanent, using: &noise)
                #expect("\(report.category)" == cells[2], "\(fixture): \(vector)")
            }
        }
    }

    @Test("gives a device the rounding, permanent bits and ledger entries that an independent script computes")
    func permanentResponsesAgree() throws {
        // SHA-256 of "a device" and of "a definition", as in the script.
        let secret = try #require(SecretKey(copying: SHA256.digest(Array("a device".utf8))))
        let definitionHash = try SHA256.digest(Array("a definition".utf8))
        for fixture in try MechanismFixture.of(MemoizedOneBitMean.self).configurations {
            let mechanism = try fixture.mechanism(MemoizedOneBitMean.self)
            for vector in try #require(fixture.permanentVectors) {
                let cells = vector.split(separator: " ")
                try #require(cells.count == 4)
                let device = DeviceContext(
                    permanentNoise: try PermanentNoise(
                        secret: secret, metric: try #require(UInt32(cells[0])), definitionHash: definitionHash))
                let input = MechanismInput.place(try #require(UInt64(cells[1])))
                #expect("\(try mechanism.input(from: input, on: device).category)" == cells[2], "\(fixture): \(vector)")
                #expect(
                    try mechanism.canonicalBytes(of: input, on: device) == hexadecimalBytes(cells[3]), "\(fixture)")
            }
        }
    }

    @Test("refuses one word less noise in either stage, and takes one more")
    func lessNoiseIsRefused() throws {
        for fixture in try MechanismFixture.of(MemoizedOneBitMean.self).configurations {
            let least = try fixture.mechanism(MemoizedOneBitMean.self).configuration
            for stage in [\MemoizedOneBitMean.Configuration.permanentLieThreshold, \.instantaneousLieThreshold] {
                var configuration = least
                configuration[keyPath: stage] -= 1
                let error = #expect(throws: ParameterError.self) {
                    try MemoizedOneBitMean(configuration: configuration)
                }
                #expect(error?.name == "lossAboveEpsilon", "\(fixture)")
                configuration[keyPath: stage] += 2
                #expect(throws: Never.self, "\(fixture)") { try MemoizedOneBitMean(configuration: configuration) }
            }
        }
    }

    @Test("keeps a bit for each end of a segment and no more, and rises with the number through at most two of them")
    func ledgerIsBounded() throws {
        for segments in [1, 4] {
            let declared = MechanismDeclaration(
                epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 2000),
                domain: .range, reportsAbsence: false, parameters: ["segments": DeclaredNumber(Int32(segments))])
            let mechanism = try MemoizedOneBitMean(configuration: .init(declared: declared))
            #expect(mechanism.distinctResponseLimit == segments + 1)
            var seeded = SeededNoise(seed: 0x5eed_0410)
            for _ in 0..<20 {
                let device = DeviceContext(
                    permanentNoise: try PermanentNoise(
                        secret: seeded.secret(), metric: 9, definitionHash: seeded.bytes(count: 32)))
                let ends = try (0...256).map { step in
                    let bytes = try mechanism.canonicalBytes(of: .place(UInt64(step) << 24), on: device)
                    return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
                }
                #expect(ends == ends.sorted() && Set(ends).isSubset(of: Set(0...segments)))
                #expect(ends.first == 0 && ends.last == segments)
                for (step, end) in ends.enumerated() {
                    let segment = step * segments / 256
                    #expect(end == segment || end == segment + 1, "an end of its own segment")
                }
            }
        }
    }
}
