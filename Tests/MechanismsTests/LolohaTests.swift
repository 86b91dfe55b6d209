import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("LOLOHA")
struct LolohaTests {
    private static func mechanism(values: Int, hashRange: Int?, reportsAbsence: Bool = true) throws -> Loloha {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 2000),
            domain: .items(values), reportsAbsence: reportsAbsence,
            parameters: hashRange.map { ["hash_range": DeclaredNumber(Int32($0))] } ?? [:])
        return try Loloha(configuration: .init(declared: declared))
    }

    @Test("has the hash range, thresholds, losses and reports of an independent script")
    func vectorsAgree() throws {
        for fixture in try MechanismFixture.of(Loloha.self).configurations {
            let mechanism = try fixture.mechanism(Loloha.self), configuration = mechanism.configuration
            #expect(fixture.chosen == ["hash_range": configuration.hashRange], "\(fixture)")
            let thresholds = [configuration.permanentLieThreshold, configuration.instantaneousLieThreshold]
            #expect(fixture.thresholds == thresholds.map { sixteenDigits($0) }, "\(fixture)")
            let losses = [mechanism.loss, mechanism.permanentLoss, mechanism.instantaneousLoss]
            #expect(fixture.losses == losses.map(\.nanonats), "\(fixture)")
            for vector in try #require(fixture.vectors) {
                let vector = try ResponseVector(vector)
                var noise = ListedNoise(vector.words)
                let permanent = PartitionedCategoryReport(partition: 1, category: vector.item)
                let report = mechanism.randomize(permanent, using: &noise)
                #expect(report == PartitionedCategoryReport(partition: 1, category: vector.report), "\(fixture)")
            }
        }
    }

    @Test("gives a device the seed, permanent responses and ledger entries that an independent script computes")
    func permanentResponsesAgree() throws {
        // SHA-256 of "a device" and of "a definition", as in the script.
        let secret = try #require(SecretKey(copying: SHA256.digest(Array("a device".utf8))))
        let definitionHash = try SHA256.digest(Array("a definition".utf8))
        for fixture in try MechanismFixture.of(Loloha.self).configurations {
            let mechanism = try fixture.mechanism(Loloha.self)
            for vector in try #require(fixture.permanentVectors) {
                let cells = vector.split(separator: " "), numbers = cells.compactMap { Int($0) }
                try #require(numbers.count >= 4 && cells.count == 5)
                let device = DeviceContext(
                    permanentNoise: try PermanentNoise(
                        secret: secret, metric: UInt32(numbers[0]), definitionHash: definitionHash))
                let isAbsence = fixture.reportsAbsence && numbers[1] == fixture.values
                let input = isAbsence ? MechanismInput.absent : .item(numbers[1])
                let response = try mechanism.input(from: input, on: device)
                let expected = PartitionedCategoryReport(partition: numbers[2], category: numbers[3])
                #expect(response == expected, "\(fixture), \(vector)")
                #expect(
                    try mechanism.canonicalBytes(of: input, on: device) == hexadecimalBytes(cells[4]), "\(fixture)")
            }
        }
    }

    @Test(
        "lets any two items meet under exactly one seed in g, so that every value is as likely to be taken for another",
        arguments: [(1, 1), (2, 1), (2, 2), (3, 2), (5, 1), (6, 3), (7, 7), (8, 2)])
    func collisionsAreExact(degree: Int, answerBitCount: Int) {
        let hash = BinaryFieldHash(degree: degree, answerBitCount: answerBitCount), count = 1 << degree
        let answers = (0..<count).map { item in (0..<count).map { hash.answer(to: item, seed: $0) } }
        #expect(answers.allSatisfy { $0.allSatisfy { (0..<1 << answerBitCount).contains($0) } })
        for first in 0..<count {
            for second in 0..<first {
                let meetings = zip(answers[first], answers[second]).count { $0 == $1 }
                #expect(meetings == count >> answerBitCount, "\(first) and \(second)")
            }
        }
    }

    @Test("does so for the largest degrees as well", arguments: [9, 11, 16])
    func collisionsOfWideFieldsAreExact(degree: Int) {
        let hash = BinaryFieldHash(degree: degree, answerBitCount: 3), last = 1 << degree - 1
        for (first, second) in [(last, last - 1), (5, last / 3)] {
            let meetings = (0...last).count { hash.answer(to: first, seed: $0) == hash.answer(to: second, seed: $0) }
            #expect(meetings == 1 << (degree - 3), "\(first) and \(second)")
        }
    }

    @Test("keeps no more than g responses on a device, however many values it holds")
    func ledgerIsBounded() throws {
        for hashRange in [2, 8] {
            let mechanism = try Self.mechanism(values: 1000, hashRange: hashRange)
            #expect(mechanism.distinctResponseLimit == hashRange)
            var seeded = SeededNoise(seed: 0x5eed_0400)
            for _ in 0..<5 {
                let device = DeviceContext(
                    permanentNoise: try PermanentNoise(
                        secret: seeded.secret(), metric: 9, definitionHash: seeded.bytes(count: 32)))
                var responses: [[UInt8]: Set<PartitionedCategoryReport>] = [:]
                for item in stride(from: 0, to: 1000, by: 7) {
                    let bytes = try mechanism.canonicalBytes(of: .item(item), on: device)
                    responses[bytes, default: []].insert(try mechanism.input(from: .item(item), on: device))
                }
                #expect(responses.count <= hashRange)
                #expect(responses.values.allSatisfy { $0.count == 1 }, "one ledger entry has one response")
            }
        }
    }

    @Test("chooses g by the exact variance: small where ε is, and never more than the seeds have room for")
    func bestHashRange() throws {
        #expect(try Self.mechanism(values: 1000, hashRange: nil).configuration.hashRange == 4)
        #expect(try Self.mechanism(values: 2, hashRange: nil, reportsAbsence: false).configuration.hashRange == 2)
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 15_000), permanentEpsilon: try Epsilon(thousandths: 16_000),
            valueCount: 60_000, reportsAbsence: true)
        #expect(try Loloha(configuration: .init(declared: declared)).configuration.hashRange == 64)
    }

    @Test("promises nothing between histories that repeat values alike, where their hash values repeat otherwise")
    func claim3CountsHashValues() throws {
        // Forty reports about one value and forty about another: values that share a hash against values that do not.
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 50), permanentEpsilon: try Epsilon(thousandths: 100), domain: .items(4),
            reportsAbsence: false, parameters: ["hash_range": DeclaredNumber(2)])
        let mechanism = try Loloha(configuration: .init(declared: declared))
        let seed = try #require((1..<4).first { mechanism.memo(of: 0, in: $0) == mechanism.memo(of: 1, in: $0) })
        let other = try #require((1..<4).first { mechanism.memo(of: 0, in: seed) != mechanism.memo(of: $0, in: seed) })
        func history(_ second: Int) -> [Int] { [Int](repeating: 0, count: 40) + [Int](repeating: second, count: 40) }
        let report = try #require(mechanism.allReports.firstIndex { $0.partition == seed && $0.category == 0 })
        let transcript = [Int](repeating: report, count: 80)
        func exceeds(_ bound: ExactExponential) -> Bool {
            MechanismLaws.likelihoodRatio(
                of: transcript, given: history(1), over: history(other), by: mechanism, surelyExceeds: bound)
        }
        #expect(exceeds(ExactExponential(mechanism.permanentLoss, times: 2)))
        #expect(!exceeds(ExactExponential(mechanism.instantaneousLoss, times: 40)))
    }
}
