import LocalPrivacy
import Mechanisms
import SecureRandomness
import TestSupport
import Testing

@testable import Estimation

@Suite("Lookups in a sketch")
struct SketchLookupTests {
    private let under: SketchUnderTest
    private let aggregate: SketchCounts

    init() throws {
        under = try SketchUnderTest(rows: 8, width: 64, epsilon: 2000)
        var noise = SeededNoise(seed: 0x5E7C)
        var aggregate = under.sketch.makeAggregate(of: under.definition)
        for cell in aggregate.cells.indices { aggregate.cells[cell] = UInt32(truncatingIfNeeded: noise.next()) }
        // A row without reports counts for nothing.
        for row in 0..<8 where row != 5 { aggregate.rowReportCounts[row] = .max }
        self.aggregate = aggregate
    }

    @Test("are the sums of a plain loop, over several blocks and batches and what is left of them, with progress")
    func plainSums() throws {
        let lookup = SketchLookup(in: aggregate, of: under.sketch.table)
        let candidates = (0..<33_000).map { SketchUnderTest.text($0) }
        let expected = try candidates.map { candidate in
            let key = try under.key(candidate)
            return (0..<8).reduce(0) { sum, row in
                let place = 64 * row + under.sketch.row(row).place(of: key)
                return row == 5 ? sum : sum + Int(aggregate.cells[place])
            }
        }
        for count in [0, 1, 4095, 4097, 33_000] {
            var steps: [Int] = []
            let sums = try lookup.supports(of: Array(candidates.prefix(count))) { done, total in
                steps.append(done)
                #expect(total == count)
            }
            #expect(sums == Array(expected.prefix(count)), "\(count) candidates")
            #expect(steps == (count > 32_768 ? [32_768, count] : count > 0 ? [count] : []))
        }
    }

    @Test("name the first candidate that is no text, whichever block is done first")
    func firstFault() throws {
        let lookup = SketchLookup(in: aggregate, of: under.sketch.table)
        var candidates = (0..<34_000).map { SketchUnderTest.text($0) }
        for place in [9001, 12_500, 33_500] { candidates[place] = .item(0) }
        #expect(throws: EstimationError.candidateOutOfDomain(position: 9001)) {
            try lookup.supports(of: candidates) { _, _ in }
        }
        candidates[9001] = .text([UInt8](repeating: 0, count: 255))
        #expect(throws: EstimationError.candidateOutOfDomain(position: 9001)) {
            try lookup.supports(of: candidates) { _, _ in }
        }
    }
}
