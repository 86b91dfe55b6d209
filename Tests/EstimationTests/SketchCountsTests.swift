import Estimation
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Reports of a sketch are counted")
struct SketchCountsTests {
    @Test("each bit in the cell of its row, for every width")
    func cells() throws {
        for (rows, width) in [(1, 2), (8, 4), (4, 8), (512, 16), (2, 1024)] as [(Int32, Int32)] {
            let under = try SketchUnderTest(rows: rows, width: width, epsilon: 500)
            var noise = SeededNoise(seed: 0x5CE7_0001)
            let key = try under.key(SketchUnderTest.text(1))
            let reports = (0..<300).map { _ in under.sketch.randomize(key, using: &noise) }
            let counted = try tally(reports, under)
            #expect(counted.reportCount == 300)
            for row in 0..<Int(rows) {
                let own = reports.filter { $0.partition == row }
                #expect(counted.rowReportCounts[row] == UInt32(own.count))
                let cells = (0..<Int(width)).map { bit in UInt32(own.count { $0[bit] }) }
                #expect(Array(counted.cells[row * Int(width)..<(row + 1) * Int(width)]) == cells, "\(rows)x\(width)")
            }
            var absorbed = under.sketch.makeAggregate(of: under.definition)
            for report in reports { under.sketch.absorb(report, into: &absorbed) }
            #expect(absorbed == counted)
        }
    }

    @Test("and merged in any order and parts to the same")
    func monoid() throws {
        let under = try SketchUnderTest(rows: 4, width: 8, epsilon: 1000)
        var noise = SeededNoise(seed: 0x5CE7_0002)
        let key = try under.key(SketchUnderTest.text(1))
        let reports = (0..<60).map { _ in under.sketch.randomize(key, using: &noise) }
        let parts = try [reports[..<7], reports[7..<30], reports[30...]].map { try tally(Array($0), under) }
        func merged(_ first: SketchCounts, _ second: SketchCounts) throws -> SketchCounts {
            var sum = first
            try sum.merge(second)
            return sum
        }
        let whole = try tally(reports.reversed(), under)
        let identity = under.sketch.makeAggregate(of: under.definition)
        #expect(try merged(merged(parts[0], parts[1]), parts[2]) == whole)
        #expect(try merged(parts[2], merged(parts[1], parts[0])) == whole)
        #expect(try merged(whole, identity) == whole && merged(identity, whole) == whole)
    }

    @Test(
        "unless they are malformed: a wrong length, a row that there is not, a spare bit; the one at fault is not counted"
    )
    func malformed() throws {
        let under = try SketchUnderTest(rows: 8, width: 4, epsilon: 1000)
        let whole = try SketchUnderTest(rows: 1024, width: 16, epsilon: 1000)
        func error(_ payloads: [UInt8], _ under: SketchUnderTest, partition: Int = 0) -> (ReportError?, Int) {
            var aggregate = under.sketch.makeAggregate(of: under.definition)
            do throws(ReportError) {
                try under.sketch.tally(payloads.span, partition: partition, into: &aggregate)
            } catch { return (error, aggregate.reportCount) }
            return (nil, aggregate.reportCount)
        }
        #expect(error([7, 15], under) == (nil, 1))
        #expect(error([7, 15, 8, 1], under) == (.valueOutOfRange, 1))
        #expect(error([7, 15, 7, 16], under) == (.valueOutOfRange, 1))
        #expect(error([0, 0], under, partition: 1) == (.valueOutOfRange, 0))
        #expect(error([7, 15, 0], under) == (.wrongByteCount(actual: 1, expected: 2), 0))
        #expect(error([255, 3, 255, 255], whole) == (nil, 1))
        #expect(error([0, 4, 0, 0], whole) == (.valueOutOfRange, 0))
    }

    @Test("unless they are of two definitions or sizes, or more than a row can count; what was counted then stays")
    func refusals() throws {
        let under = try SketchUnderTest(rows: 2, width: 2, epsilon: 1000)
        var aggregate = under.sketch.makeAggregate(of: Fingerprint(value: 1))
        try under.sketch.tally([1, 3].span, partition: 0, into: &aggregate)
        let foreign = under.sketch.makeAggregate(of: Fingerprint(value: 2))
        #expect(throws: AggregateError.differentDefinitions(Fingerprint(value: 1), Fingerprint(value: 2))) {
            try aggregate.merge(foreign)
        }
        let wider = try SketchUnderTest(rows: 1, width: 4, epsilon: 1000).sketch
        #expect(throws: AggregateError.differentDomains(valueCount: 4, otherValueCount: 4)) {
            try aggregate.merge(wider.makeAggregate(of: Fingerprint(value: 1)))
        }
        for _ in 0..<31 { try aggregate.merge(aggregate) }
        let half = aggregate
        #expect(throws: AggregateError.countOverflow) { try aggregate.merge(half) }
        #expect(aggregate == half && aggregate.reportCount == 1 << 31 && aggregate.cells == [0, 0, 1 << 31, 1 << 31])
        // The largest count that a cell holds, and one report more.
        var full = try (0..<31).reduce(under.sketch.makeAggregate(of: Fingerprint(value: 1))) { sum, power in
            var (sum, part) = (sum, under.sketch.makeAggregate(of: Fingerprint(value: 1)))
            try under.sketch.tally([1, 3].span, partition: 0, into: &part)
            for _ in 0..<power { try part.merge(part) }
            try sum.merge(part)
            return sum
        }
        try full.merge(half)
        let before = full
        #expect(full.rowReportCounts == [0, .max])
        #expect(throws: ReportError.countOverflow) {
            try under.sketch.tally([1, 3].span, partition: 0, into: &full)
        }
        #expect(full == before)
    }

    private func tally(_ reports: [BitVectorReport], _ under: SketchUnderTest) throws -> SketchCounts {
        var aggregate = under.sketch.makeAggregate(of: under.definition)
        let payloads = reports.flatMap { $0.encoded(shape: under.sketch.shape) }
        try under.sketch.tally(payloads.span, partition: 0, into: &aggregate)
        return aggregate
    }
}
