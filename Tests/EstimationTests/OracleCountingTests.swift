import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Counting for frequency oracles")
struct OracleCountingTests {
    private let definition = Fingerprint(value: 0xD17E)

    @Test("the transform of Hadamard response counts the reports whose row has a +1 in each item's column")
    func transformIsTheCount() throws {
        for items in [2, 3, 4, 31, 32, 100] {
            let oracle = try make(HadamardResponse.self, items: items)
            var noise = SeededNoise(seed: 0x5eed_0602), aggregate = oracle.makeAggregate(of: definition)
            let rows = (0..<301).map { _ in noise.index(below: oracle.rowCount) }
            for row in rows { oracle.absorb(CategoryReport(category: row), into: &aggregate) }
            let expected = (0..<items).map { item in
                rows.count { (($0 & HadamardResponse.column(of: item)).nonzeroBitCount).isMultiple(of: 2) }
            }
            #expect(oracle.supportCounts(in: aggregate) == expected, "\(items) items")
        }
    }

    @Test("as many reports as an integer counts have a transform without an overflow")
    func largestCountsAreTransformed() throws {
        let oracle = try make(HadamardResponse.self, items: 3)
        var aggregate = oracle.makeAggregate(of: definition), power = aggregate
        // 2⁶³ − 1 reports of row 1, by doubling.
        oracle.absorb(CategoryReport(category: 1), into: &power)
        for bit in 0..<63 {
            try aggregate.merge(power)
            if bit < 62 { try power.merge(power) }
        }
        #expect(aggregate.reportCount == .max)
        // Row 1 has a −1 in columns 1 and 3.
        #expect(oracle.supportCounts(in: aggregate) == [0, .max, 0])
    }

    @Test("local hashing counts a report for every item that its function gives the reported value, and for no other")
    func hashedReportsSupportTheirItems() throws {
        for (items, range) in [(2, 3), (9, 2), (64, 5), (1001, 40), (65_536, 56), (300, 65_536)] {
            let oracle = try make(
                OptimizedLocalHashing.self, items: items, parameters: ["hash_range": DeclaredNumber(Int32(range))])
            var noise = SeededNoise(seed: 0x5eed_0603), aggregate = oracle.makeAggregate(of: definition)
            let reports = (0..<(items > 10_000 ? 3 : 20)).map { index in
                // Of a random item, so that some item is supported even where values are many.
                let seed = noise.next() >> 1
                return HashedReport(seed: seed, value: oracle.hash.value(of: noise.index(below: items), seed: seed))
            }
            let payloads = reports.flatMap { $0.encoded(shape: oracle.shape) }
            try oracle.tally(payloads.span, partition: 0, into: &aggregate)
            let expected = (0..<items).map { item in
                reports.count { oracle.hash.value(of: item, seed: $0.seed) == $0.value }
            }
            #expect(aggregate.support == expected && aggregate.reportCount == reports.count, "\(items), \(range)")
        }
    }

    @Test("a malformed payload ends a tally, with those before it counted")
    func malformedPayloadsEndATally() throws {
        try expectCounted(
            try make(SubsetSelection.self, items: 8, parameters: ["subset_size": DeclaredNumber(2)]),
            sound: [3, 5], malformed: [7])
        try expectCounted(try make(SymmetricUnaryEncoding.self, items: 7), sound: [3, 5], malformed: [128])
        try expectCounted(try make(OptimizedUnaryEncoding.self, items: 7), sound: [3, 5], malformed: [128])
        try expectCounted(try make(HadamardResponse.self, items: 7), sound: [3, 5], malformed: [8])
        try expectCounted(
            try make(OptimizedLocalHashing.self, items: 7, parameters: ["hash_range": DeclaredNumber(3)]),
            sound: [UInt8](repeating: 1, count: 9) + [UInt8](repeating: 2, count: 9),
            malformed: [UInt8](repeating: 3, count: 9))
    }

    private func expectCounted<Oracle: PureFrequencyOracle>(
        _ oracle: Oracle, sound: [UInt8], malformed: [UInt8]
    ) throws {
        var (aggregate, expected) = (oracle.makeAggregate(of: definition), oracle.makeAggregate(of: definition))
        try oracle.tally(sound.span, partition: 0, into: &expected)
        #expect(expected.reportCount == 2)
        #expect(throws: ReportError.valueOutOfRange, "\(Oracle.self)") {
            try oracle.tally((sound + malformed + sound).span, partition: 0, into: &aggregate)
        }
        #expect(aggregate == expected, "\(Oracle.self)")
        #expect(throws: ReportError.valueOutOfRange, "\(Oracle.self)") {
            try oracle.tally(sound.span, partition: 1, into: &aggregate)
        }
        let longer = sound + [0, 0].prefix(sound.count > 2 ? 1 : 0)
        if longer.count > sound.count {
            #expect(throws: ReportError.wrongByteCount(actual: 1, expected: 9)) {
                try oracle.tally(longer.span, partition: 0, into: &aggregate)
            }
        }
    }

    private func make<Mechanism: LocalRandomizer>(
        _: Mechanism.Type, items: Int, parameters: [String: DeclaredNumber] = [:]
    ) throws -> Mechanism {
        try Mechanism(
            configuration: .init(
                declared: MechanismDeclaration(
                    epsilon: try Epsilon(thousandths: 1000), domain: .items(items), reportsAbsence: false,
                    parameters: parameters)))
    }
}
