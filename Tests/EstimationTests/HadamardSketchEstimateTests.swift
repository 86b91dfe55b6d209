import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Estimates from a Hadamard sketch")
struct HadamardSketchEstimateTests {
    private let definition = Fingerprint(value: 0x4ADA)
    private let device = DeviceContext(permanentNoise: nil)

    @Test("count, for every place of every row, the reports whose bit is the matrix's entry")
    func supportedCells() throws {
        for (rows, width) in [(1, 2), (4, 8), (2, 64), (8, 512)] as [(Int, Int)] {
            let sketch = try sketch(rows: rows, width: width, epsilon: 1000)
            var (noise, aggregate) = (SeededNoise(seed: 0x4ADA_1), sketch.makeAggregate(of: definition))
            let reports = (0..<300).map { _ in
                HadamardReport(
                    row: noise.index(below: rows), index: noise.index(below: width), isSet: noise.next() & 1 == 1)
            }
            for report in reports { sketch.absorb(report, into: &aggregate) }
            let supported = sketch.supportedCells(in: aggregate)
            #expect(supported.reportCount == 300 && supported.width == width)
            #expect(supported.rowReportCounts == aggregate.rowReportCounts)
            for row in 0..<rows {
                let own = reports.filter { $0.row == row }
                let cells = (0..<width).map { place in
                    UInt32(own.count { ($0.index & place).nonzeroBitCount.isMultiple(of: 2) != $0.isSet })
                }
                #expect(Array(supported.cells[row * width..<(row + 1) * width]) == cells, "\(rows)x\(width)")
            }
        }
    }

    @Test("count payloads as reports, in any order and parts, and refuse what is none")
    func counting() throws {
        let sketch = try sketch(rows: 4, width: 64, epsilon: 1000)
        var noise = SeededNoise(seed: 0x4ADA_2)
        let key = try sketch.input(from: text(1), on: device)
        let reports = (0..<100).map { _ in sketch.randomize(key, using: &noise) }
        func tally(_ payloads: [UInt8], partition: Int = 0) throws -> SketchCounts {
            var aggregate = sketch.makeAggregate(of: definition)
            try sketch.tally(payloads.span, partition: partition, into: &aggregate)
            return aggregate
        }
        func payloads(_ reports: some Sequence<HadamardReport>) -> [UInt8] {
            reports.flatMap { $0.encoded(shape: sketch.shape) }
        }
        var absorbed = sketch.makeAggregate(of: definition)
        for report in reports { sketch.absorb(report, into: &absorbed) }
        #expect(try tally(payloads(reports)) == absorbed && absorbed.reportCount == 100)
        var merged = try tally(payloads(reports[60...]))
        try merged.merge(try tally(payloads(reports[..<60].reversed())))
        #expect(merged == absorbed)
        #expect(throws: ReportError.wrongByteCount(actual: 1, expected: 2)) { try tally([0, 0, 0]) }
        #expect(throws: ReportError.valueOutOfRange) { try tally([0, 0, 0, 2]) }
        #expect(throws: ReportError.valueOutOfRange) { try tally([0, 0], partition: 1) }
    }

    @Test("count a report once for its own value, and for another what the rows in which they meet exceed 1/m by")
    func expectedCounts() throws {
        for (rows, width, epsilon, seed) in [(4, 8, 1000, 0), (1, 2, 500, 3), (8, 4, 4000, 17)]
            as [(Int, Int, Int, UInt64)]
        {
            let sketch = try sketch(rows: rows, width: width, epsilon: epsilon, reportsAbsence: true, hashSeed: seed)
            let inputs = sketch.auditedInputs
            let single = try sketch.allReports.map {
                try estimates(sketch, inputs, counting([$0], sketch)).map(\.count)
            }
            for (item, held) in inputs.enumerated() {
                let chances = sketch.allReports.map { chance(sketch, $0, item) }
                for (place, candidate) in inputs.enumerated() {
                    let expected = zip(single, chances).reduce(0) { $0 + $1.0[place] * $1.1 }
                    let (first, second) = (try sketch.table.key(of: held), try sketch.table.key(of: candidate))
                    let meetings = (0..<rows).count {
                        sketch.table.row($0).place(of: first) == sketch.table.row($0).place(of: second)
                    }
                    let (share, met) = (1 / Double(width), Double(meetings) / Double(rows))
                    let truth = item == place ? 1 : (met - share) / (1 - share)
                    #expect(abs(expected - truth) < 1e-9, "\(held) for \(candidate): \(expected), not \(truth)")
                }
            }
        }
    }

    @Test("count the pairs of equal values without bias, summed over all reports of two and three devices")
    func equalPairsAreUnbiased() throws {
        let sketch = try sketch(rows: 1, width: 2, epsilon: 1000)
        let reports = sketch.allReports, row = sketch.table.row(0)
        let places = try sketch.auditedInputs.map { row.place(of: try sketch.table.key(of: $0)) }
        try #require(places[0] != places[1])
        for held in [[0, 0], [0, 1], [0, 0, 1], [1, 1, 1], [0, 1, 1]] {
            var expected = 0.0
            for choice in 0..<Int(pow(Double(reports.count), Double(held.count))) {
                var (chosen, product, rest) = ([HadamardReport](), 1.0, choice)
                for item in held {
                    chosen.append(reports[rest % reports.count])
                    rest /= reports.count
                    product *= chance(sketch, chosen[chosen.count - 1], item)
                }
                let cells = sketch.supportedCells(in: counting(chosen, sketch))
                let fraction = HashCollisions.equalPairFraction(in: cells, cell: sketch.cellSupport)
                expected += try #require(fraction) * product
            }
            let pairs = Double(held.count * (held.count - 1))
            let equal = Double(held.flatMap { first in held.filter { $0 == first } }.count - held.count) / pairs
            #expect(abs(expected - (equal - 0.5) / 0.5) < 1e-9, "\(held): \(expected)")
        }
    }

    @Test(
        "have the standard error of the noise, and intervals that cover it in tables of many values",
        .enabled(if: isThorough))
    func errors() throws {
        let (runs, total) = (1000, 2000)
        var (covered, squares) = (0, 0.0)
        for run in 0..<runs {
            let sketch = try sketch(
                rows: 64, width: 64, epsilon: 4000, hashSeed: 0x5EED_4A00 + UInt64(run))
            var (noise, aggregate) = (SeededNoise(seed: 0x4ADA_3 + UInt64(run)), sketch.makeAggregate(of: definition))
            // A tenth holds value 0, the others values of their own.
            for holder in 0..<total {
                let key = try sketch.table.key(of: text(holder < total / 10 ? 0 : holder))
                sketch.absorb(sketch.randomize(key, using: &noise), into: &aggregate)
            }
            let estimate = try estimates(sketch, [text(0)], aggregate)[0]
            let error = estimate.count - Double(total / 10)
            covered += estimate.interval.contains(0.1) ? 1 : 0
            squares += error * error / (estimate.standardError * estimate.standardError)
        }
        // Chernoff–KL, one-sided: intervals that cover in 94 of 100 cases fail once in 10⁹ times.
        let divergence = BinomialTest.divergence(successes: covered, of: runs, probability: 0.94)
        #expect(Double(covered) / Double(runs) >= 0.94 || divergence <= log(1e9), "\(covered) of \(runs)")
        // A sum of squares of nearly normal errors: its tails beyond these are below 10⁻⁹ by Laurent and Massart's bound.
        let (degrees, tail) = (Double(runs), log(2e9))
        #expect(squares < degrees + 2 * (degrees * tail).squareRoot() + 2 * tail, "\(squares)")
        #expect(squares > degrees - 2 * (degrees * tail).squareRoot(), "\(squares)")
    }

    @Test("are refused for candidates of another domain; of no reports there are none")
    func refusals() throws {
        let sketch = try sketch(rows: 4, width: 8, epsilon: 1000)
        let aggregate = counting([HadamardReport(row: 1, index: 2, isSet: true)], sketch)
        let long = MechanismInput.text([UInt8](repeating: 65, count: 255))
        for foreign in [.item(0), .place(0), .absent, long] as [MechanismInput] {
            #expect(throws: EstimationError.candidateOutOfDomain(position: 1)) {
                try estimates(sketch, [text(1), foreign], aggregate)
            }
        }
        #expect(try estimates(sketch, [text(1)], counting([], sketch)).isEmpty)
        #expect(try estimates(sketch, [], aggregate).isEmpty)
    }

    private func text(_ number: Int) -> MechanismInput { SketchUnderTest.text(number) }

    private func sketch(
        rows: Int, width: Int, epsilon: Int, reportsAbsence: Bool = false, hashSeed: UInt64 = 0
    ) throws -> HadamardCountMeanSketch {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: epsilon), domain: .text, reportsAbsence: reportsAbsence,
            parameters: ["rows": DeclaredNumber(Int32(rows)), "width": DeclaredNumber(Int32(width))])
        var configuration = try HadamardCountMeanSketch.Configuration(declared: declared)
        configuration.hashSeed = hashSeed
        return try HadamardCountMeanSketch(configuration: configuration)
    }

    private func counting(_ reports: [HadamardReport], _ sketch: HadamardCountMeanSketch) -> SketchCounts {
        var aggregate = sketch.makeAggregate(of: definition)
        for report in reports { sketch.absorb(report, into: &aggregate) }
        return aggregate
    }

    private func chance(_ sketch: HadamardCountMeanSketch, _ report: HadamardReport, _ item: Int) -> Double {
        sketch.likelihood(of: report, given: item).words.reversed().reduce(0.0) { $0 * 0x1p64 + Double($1) }
            * pow(2, -Double(sketch.likelihoodBitCount))
    }

    private func estimates(
        _ sketch: HadamardCountMeanSketch, _ candidates: [MechanismInput], _ aggregate: SketchCounts
    ) throws -> [FrequencyEstimate] {
        try sketch.estimates(
            of: candidates, from: PooledReports(aggregate, on: UTCDay(containing: 0)), confidence: .standard
        ) { _, _ in }
    }
}
