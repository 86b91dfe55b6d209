import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Counts of bits")
struct BitCountsTests {
    private static let definition = Fingerprint(value: 5)

    private static func rappor(bits: Int, cohorts: Int) throws -> Rappor {
        try RapporSimulation(bits: bits, hashes: 1, cohorts: cohorts, texts: []).mechanism
    }

    private static func basic(values: Int) throws -> BasicRappor {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 2000),
            valueCount: values,
            reportsAbsence: true)
        return try BasicRappor(configuration: .init(declared: declared))
    }

    private static func reports(
        of shape: BitVectorReport.Shape, count: Int, from noise: inout SeededNoise
    ) -> [BitVectorReport] {
        (0..<count).map { _ in
            var words = (0..<shape.wordCount).map { _ in noise.next() }
            words[words.count - 1] &= shape.lastWordMask
            return BitVectorReport(partition: noise.index(below: shape.partitionCount), words: words)
        }
    }

    @Test(
        "are the same whether reports are absorbed one by one or tallied as blobs",
        arguments: [1, 7, 8, 9, 64, 65, 300])
    func tallyEqualsAbsorbing(values: Int) throws {
        let mechanism = try Self.basic(values: values)
        var noise = SeededNoise(seed: 0x5eed_0320)
        // More than two blocks of 255.
        for count in [0, 1, 254, 255, 256, 700] {
            let reports = Self.reports(of: mechanism.shape, count: count, from: &noise)
            var (absorbed, tallied) = (
                mechanism.makeAggregate(of: Self.definition), mechanism.makeAggregate(of: Self.definition)
            )
            for report in reports { mechanism.absorb(report, into: &absorbed) }
            let blob = reports.flatMap { mechanism.stored(payload: $0.encoded(shape: mechanism.shape)).rest }
            try mechanism.tally(blob.span, partition: 0, into: &tallied)
            #expect(absorbed == tallied && tallied.reportCount == count)
            #expect(tallied.setCounts == (0..<values).map { bit in reports.count { $0[bit] } })
        }
    }

    @Test("keep cohorts apart, as a store does")
    func cohortsAreKeptApart() throws {
        let mechanism = try Self.rappor(bits: 16, cohorts: 512)
        var noise = SeededNoise(seed: 0x5eed_0321)
        let reports = Self.reports(of: mechanism.shape, count: 900, from: &noise)
        var (absorbed, tallied) = (
            mechanism.makeAggregate(of: Self.definition), mechanism.makeAggregate(of: Self.definition)
        )
        for report in reports {
            mechanism.absorb(report, into: &absorbed)
            let (partition, rest) = mechanism.stored(payload: report.encoded(shape: mechanism.shape))
            try mechanism.tally(rest.span, partition: partition, into: &tallied)
        }
        #expect(absorbed == tallied)
        for cohort in 0..<512 {
            let ofCohort = reports.filter { $0.partition == cohort }
            #expect(tallied.cohortSizes[cohort] == ofCohort.count)
            let counts = (0..<16).map { bit in ofCohort.count { $0[bit] } }
            #expect(Array(tallied.setCounts[cohort * 16..<(cohort + 1) * 16]) == counts)
        }
    }

    @Test("refuse blobs of another length, spare bits and cohorts that there are not")
    func malformedBlobsAreRefused() throws {
        let (basic, rappor) = (try Self.basic(values: 12), try Self.rappor(bits: 8, cohorts: 4))
        func error<M: BitVectorRandomizer & ReportCounter>(_ mechanism: M, _ blob: [UInt8], _ partition: Int)
            -> ReportError?
        where M.Aggregate == BitCounts {
            var counts = mechanism.makeAggregate(of: Self.definition)
            do throws(ReportError) { try mechanism.tally(blob.span, partition: partition, into: &counts) } catch {
                return error
            }
            return nil
        }
        #expect(error(basic, [1, 2, 3], 0) == .wrongByteCount(actual: 1, expected: 2))
        for spare in 4..<8 { #expect(error(basic, [0, 0, 255, 1 << UInt8(spare)], 0) == .valueOutOfRange) }
        #expect(error(basic, [255, 15], 0) == nil)
        for partition in [-1, 4, .max] { #expect(error(rappor, [1], partition) == .valueOutOfRange) }
        #expect(error(rappor, [1], 3) == nil)
    }

    @Test("are a commutative monoid under merging, and refuse other definitions, other shapes and sums too large")
    func monoid() throws {
        let mechanism = try Self.rappor(bits: 8, cohorts: 2)
        var noise = SeededNoise(seed: 0x5eed_0322)
        let identity = mechanism.makeAggregate(of: Self.definition)
        func aggregate(_ count: Int) -> BitCounts {
            var counts = identity
            for report in Self.reports(of: mechanism.shape, count: count, from: &noise) {
                mechanism.absorb(report, into: &counts)
            }
            return counts
        }
        func merged(_ first: BitCounts, _ second: BitCounts) throws -> BitCounts {
            var sum = first
            try sum.merge(second)
            return sum
        }
        let (a, b, c) = (aggregate(5), aggregate(9), aggregate(2))
        #expect(try merged(a, merged(b, c)) == merged(merged(a, b), c))
        #expect(try merged(a, b) == merged(b, a))
        #expect(try merged(a, identity) == a && merged(identity, a) == a)
        #expect(throws: AggregateError.differentDefinitions(Self.definition, Fingerprint(value: 6))) {
            try merged(a, mechanism.makeAggregate(of: Fingerprint(value: 6)))
        }
        #expect(throws: AggregateError.differentDomains(valueCount: 16, otherValueCount: 32)) {
            try merged(a, Self.rappor(bits: 16, cohorts: 2).makeAggregate(of: Self.definition))
        }
        #expect(throws: AggregateError.differentDomains(valueCount: 16, otherValueCount: 16)) {
            try merged(a, Self.rappor(bits: 4, cohorts: 4).makeAggregate(of: Self.definition))
        }
        var large = identity
        large.add(reportCount: .max, setCounts: [Int](repeating: 0, count: 8), cohort: 0)
        #expect(throws: AggregateError.countOverflow) { try merged(large, a) }
    }
}
