import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("A pair")
struct PairTests {
    /// Two coins with fresh or memoized noise.
    static func declared(
        _ first: (name: String, values: Int), _ second: (name: String, values: Int), isMemoized: Bool
    ) throws -> MechanismDeclaration {
        let halves = try [first, second].map { half in
            DeclaredComponent(
                mechanism: half.name,
                declaration: MechanismDeclaration(
                    epsilon: try Epsilon(thousandths: 1000),
                    permanentEpsilon: isMemoized ? try Epsilon(thousandths: 2000) : nil, valueCount: half.values,
                    reportsAbsence: isMemoized))
        }
        var declared = MechanismDeclaration(
            domain: .pair(.items(first.values), .items(second.values)), reportsAbsence: isMemoized)
        declared.components = halves
        return declared
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

    private static func input(_ first: Substring, _ second: Substring) throws -> MechanismInput {
        first == "absent" ? .absent : .pair(try input(first), try input(second))
    }

    private static func words(_ cells: some Sequence<Substring>) throws -> [UInt64] {
        try cells.map { try #require(UInt64($0, radix: 16)) }
    }

    @Test("of fresh mechanisms has the losses and the reports that an independent script computes")
    func freshVectorsAgree() throws {
        for fixture in try MechanismFixture.of(PairedResponse.self).configurations {
            let pair = try fixture.mechanism(PairedResponse.self)
            #expect(fixture.losses == [pair.loss.nanonats], "\(fixture)")
            #expect(pair.epsilon.thousandths == pair.first.epsilon.thousandths + pair.second.epsilon.thousandths)
            for vector in try #require(fixture.vectors) {
                let cells = vector.split(separator: " ")
                var noise = ListedNoise(try Self.words(cells[2..<cells.count - 1]))
                #expect(cells.count - 3 == pair.noiseWordCount)
                let value = try pair.input(
                    from: try Self.input(cells[0], cells[1]), on: DeviceContext(permanentNoise: nil))
                let payload = pair.randomize(value, using: &noise).encoded(shape: pair.shape)
                #expect(payload == hexadecimalBytes(cells[cells.count - 1]), "\(fixture), \(vector)")
            }
        }
    }

    @Test("of memoized mechanisms has the losses, permanent responses, ledger entries and reports of the script")
    func memoizedVectorsAgree() throws {
        // SHA-256 of "a device" and of "a definition", as in the script.
        let secret = try #require(SecretKey(copying: SHA256.digest(Array("a device".utf8))))
        let definitionHash = try SHA256.digest(Array("a definition".utf8))
        for fixture in try MechanismFixture.of(MemoizedPairedResponse.self).configurations {
            let pair = try fixture.mechanism(MemoizedPairedResponse.self)
            #expect(fixture.losses == [pair.loss, pair.permanentLoss, pair.instantaneousLoss].map(\.nanonats))
            for vector in try #require(fixture.vectors) {
                let cells = vector.split(separator: " ")
                var noise = ListedNoise(try Self.words(cells[1..<cells.count - 1]))
                #expect(cells.count - 2 == pair.noiseWordCount)
                let bytes = try #require(hexadecimalBytes(cells[0]))
                let permanent = try PairReport(decoding: bytes.span, shape: pair.permanentShape)
                let payload = pair.randomize(permanent, using: &noise).encoded(shape: pair.shape)
                #expect(payload == hexadecimalBytes(cells[cells.count - 1]), "\(fixture), \(vector)")
            }
            for vector in try #require(fixture.permanentVectors) {
                let cells = vector.split(separator: " ")
                let device = DeviceContext(
                    permanentNoise: try PermanentNoise(
                        secret: secret, metric: try #require(UInt32(cells[0])), definitionHash: definitionHash))
                let input = try Self.input(cells[1], cells[2])
                #expect(
                    try pair.permanentResponse(to: input, on: device) == hexadecimalBytes(cells[3]),
                    "\(fixture), \(vector)")
                #expect(try pair.canonicalBytes(of: input, on: device) == hexadecimalBytes(cells[4]), "\(fixture)")
            }
        }
    }

    @Test("splits into the reports that each mechanism alone would send, with the cohort in both that name it")
    func payloadsSplit() throws {
        for fixture in try MechanismFixture.of(MemoizedPairedResponse.self).configurations {
            let pair = try fixture.mechanism(MemoizedPairedResponse.self)
            for report in pair.allReports {
                let payload = report.encoded(shape: pair.shape)
                let (first, second) = try pair.reports(in: payload)
                #expect((first, second) == (report.first, report.second))
                let stored = pair.stored(payload: payload)
                let again = try pair.reports(inPartition: stored.partition, rest: stored.rest)
                #expect(again == (report.first, report.second))
                if pair.first.partitionByteCount > 0 {
                    #expect(pair.first.stored(payload: first).partition == stored.partition)
                }
                if pair.second.partitionByteCount > 0 {
                    #expect(pair.second.stored(payload: second).partition == stored.partition)
                }
            }
            #expect(throws: ReportError.valueOutOfRange) {
                try pair.reports(inPartition: 1 << (8 * pair.partitionByteCount), rest: [])
            }
        }
    }

    @Test("has the product of the likelihoods of its halves, and the worst ratio is the sum of their losses")
    func likelihoodsMultiply() throws {
        let pair = try PairedResponse(
            configuration: .init(
                declared: Self.declared(
                    ("randomized_response", 2), ("symmetric_unary_encoding", 2), isMemoized: false)))
        let coin = try #require(pair.first as? RandomizedResponse)
        let bits = try #require(pair.second as? SymmetricUnaryEncoding)
        var worst = [WideUnsigned](repeating: .zero, count: 2)
        for (item, input) in pair.auditedInputs.enumerated() {
            guard case .pair(.item(let first), .item(let second)) = input else {
                Issue.record("\(input) is no pair of items")
                continue
            }
            for report in pair.allReports {
                let one = try CategoryReport(decoding: report.first.span, shape: coin.shape)
                let other = try BitVectorReport(decoding: report.second.span, shape: bits.shape)
                let product = coin.likelihood(of: one, given: first) * bits.likelihood(of: other, given: second)
                let likelihood = pair.likelihood(of: report, given: item)
                #expect(likelihood == product)
                if likelihood > worst[1] { worst[1] = likelihood }
                if worst[0].isZero || likelihood < worst[0] { worst[0] = likelihood }
            }
        }
        let loss = try PrivacyLoss(of: worst[1], over: worst[0]), sum = coin.loss.adding(bits.loss)
        #expect(loss <= pair.loss && pair.loss == sum && sum.nanonats - loss.nanonats <= 2)
    }

    @Test("is made of neither numbers nor pairs nor mechanisms that there are not, whatever bytes say so")
    func foreignBytesAreRefused() throws {
        var writer = ByteWriter()
        writer.append(text: "no_such_mechanism")
        writer.append(text: "randomized_response")
        try RandomizedResponse(
            configuration: .init(
                declared: MechanismDeclaration(
                    epsilon: Epsilon(thousandths: 1000), valueCount: 2, reportsAbsence: false))
        ).configuration.write(to: &writer)
        var reader = ByteReader(writer.bytes)
        let configuration = try PairedResponse.Configuration(reading: &reader)
        #expect(
            throws: ParameterError.component(
                name: "first", .unknownComponent(mechanism: "no_such_mechanism", memoized: false))
        ) { try PairedResponse(configuration: configuration) }
    }
}
