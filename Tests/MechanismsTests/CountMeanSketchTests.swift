import BigInt
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Count mean sketch")
struct CountMeanSketchTests {
    private struct LargeReports: Decodable {
        var rows: Int, width: Int, epsilon: Int, vectors: [String]
    }

    @Test("has the thresholds and gives the reports of an independent script")
    func vectorsAgree() throws {
        for fixture in try MechanismFixture.of(CountMeanSketch.self).configurations {
            let sketch = try fixture.mechanism(CountMeanSketch.self)
            #expect(fixture.thresholds == [sixteenDigits(sketch.configuration.flipThreshold)], "\(fixture)")
            for vector in try #require(fixture.vectors) { try expectReport(vector, of: sketch) }
        }
    }

    @Test("gives the reports of an independent script as large as they are used, up to 65,536 rows of 1,024 bits")
    func largeReportsAgree() throws {
        let all = try Fixtures.json("sketch/reports.json", as: [LargeReports].self)
        try #require(all.count == 5)
        for reports in all {
            let sketch = try sketch(rows: reports.rows, width: reports.width, epsilon: reports.epsilon)
            for vector in reports.vectors { try expectReport(vector, of: sketch) }
        }
    }

    @Test(
        "has, over a grid of ε, the thresholds and losses of an independent script, which give away at most 30.2 µnats")
    func thresholdsAgree() throws {
        let rows = try Fixtures.rows("thresholds/lanes.csv").map { cells in
            (
                thousandths: try #require(Int(cells[0])), threshold: try #require(UInt64(cells[1], radix: 16)),
                loss: try #require(Int(cells[2]))
            )
        }
        try #require(rows.map(\.thousandths) == Array(1...16_000))
        let unspent = rows.map { $0.thousandths * 1_000_000 - $0.loss }
        let allowance = try sketch(rows: 1, width: 2, epsilon: 1000).unspentAllowanceNanonats
        #expect(unspent.min() ?? -1 >= 0 && unspent.max() == allowance)
        for row in rows where row.thousandths % 97 == 0 || row.thousandths == 11_069 || row.thousandths == 1 {
            let epsilon = try Epsilon(thousandths: row.thousandths)
            let threshold = CountMeanSketch.smallestFlipThreshold(epsilon: epsilon)
            #expect(threshold == row.threshold, "\(epsilon)")
            #expect(try CountMeanSketch.loss(flipThreshold: threshold).nanonats == row.loss, "\(epsilon)")
            // One step of a chain less exceeds e^ε beyond doubt.
            let less = threshold - (threshold > 1 << 56 ? 1 << 40 : 1 << 32), bound = ExactExponential(epsilon)
            func square(_ word: UInt64) -> BigUInt { BigUInt(word) * BigUInt(word) }
            #expect(bound.surelyCovers(square(0 &- threshold), over: square(threshold)), "\(epsilon)")
            #expect(bound.surelyMisses(square(0 &- less), over: square(less)), "\(epsilon)")
        }
    }

    @Test("refuses less noise than ε needs and thresholds that no chain samples; more noise it gives")
    func thresholdsAreChecked() throws {
        let least = try sketch(rows: 4, width: 8, epsilon: 4000).configuration
        func error(_ threshold: UInt64) -> String? {
            var configuration = least
            configuration.flipThreshold = threshold
            do { _ = try CountMeanSketch(configuration: configuration) } catch { return error.name }
            return nil
        }
        #expect(error(least.flipThreshold) == nil && error(least.flipThreshold + 1 << 40) == nil)
        #expect(error(least.flipThreshold - 1 << 40) == "lossAboveEpsilon")
        for threshold in [least.flipThreshold + 1, least.flipThreshold + 1 << 32, 0, 1 << 63, .max] {
            #expect(error(threshold) == "thresholdOutOfRange", "\(threshold)")
        }
        #expect(error(1 << 63 - 1 << 40) == nil)
    }

    @Test("refuses shapes that a compiled set must not hold, whoever wrote it")
    func shapesAreChecked() throws {
        let sound = try sketch(rows: 4, width: 8, epsilon: 4000).configuration
        for (rows, width, name) in [
            (0, 8, "countOutOfRange"), (-1, 8, "countOutOfRange"), (3, 8, "notAPowerOfTwo"),
            (1 << 17, 8, "countOutOfRange"),
            (4, 0, "countOutOfRange"), (4, 12, "notAPowerOfTwo"), (4, 1 << 17, "countOutOfRange"),
            (65_536, 4096, "countOutOfRange"), (4096, 65_536, "countOutOfRange"),
        ] {
            var configuration = sound
            (configuration.rowCount, configuration.width) = (rows, width)
            let error = #expect(throws: ParameterError.self) { try CountMeanSketch(configuration: configuration) }
            #expect(error?.name == name, "\(rows)x\(width)")
        }
        var largest = sound
        (largest.rowCount, largest.width) = (65_536, 2048)
        #expect(throws: Never.self) { try CountMeanSketch(configuration: largest) }
    }

    @Test("reports texts, and names what is wrong with other inputs")
    func inputsAreChecked() throws {
        let sketch = try sketch(rows: 1024, width: 64, epsilon: 4000)
        let device = DeviceContext(permanentNoise: nil)
        for length in [0, 1, 254] {
            let payload = try sketch.payload(for: .text([UInt8](repeating: 65, count: length)), on: device)
            #expect(payload.count == 10)
            #expect(throws: Never.self) { try sketch.validate(payload: payload) }
        }
        #expect(throws: EncodingError.input(.outOfDomain)) {
            try sketch.payload(for: .text([UInt8](repeating: 65, count: 255)), on: device)
        }
        #expect(throws: EncodingError.input(.absenceNotReported)) { try sketch.payload(for: .absent, on: device) }
        #expect(throws: ReportError.valueOutOfRange) {
            try sketch.validate(payload: [0, 4] + [UInt8](repeating: 0, count: 8))
        }
    }

    private func sketch(rows: Int32, width: Int32, epsilon: Int) throws -> CountMeanSketch {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: epsilon), domain: .text, reportsAbsence: false,
            parameters: ["rows": DeclaredNumber(rows), "width": DeclaredNumber(width)])
        return try CountMeanSketch(configuration: .init(declared: declared))
    }

    private func sketch(rows: Int, width: Int, epsilon: Int) throws -> CountMeanSketch {
        try sketch(rows: Int32(rows), width: Int32(width), epsilon: epsilon)
    }

    /// A line of a fixture: name of the noise, text, payload.
    private func expectReport(_ vector: String, of sketch: CountMeanSketch) throws {
        let cells = vector.split(separator: " ")
        try #require(cells.count == 3)
        let words = try (0..<sketch.noiseWordCount).map { index in
            try sha256(Array("dither/fixtures/sketch/\(cells[0])/\(index)".utf8)).prefix(8).reduce(0) {
                $0 << 8 | UInt64($1)
            }
        }
        var (noise, same) = (ListedNoise(words), ListedNoise(words))
        let report = sketch.randomize(try sketchKey(cells[1], seed: 0), using: &noise)
        #expect(report.encoded(shape: sketch.shape) == hexadecimalBytes(cells[2]), "\(vector)")
        var bytes: [UInt8] = [7]
        sketch.appendPayload(about: try sketchKey(cells[1], seed: 0), using: &same, to: &bytes)
        #expect(bytes == [7] + report.encoded(shape: sketch.shape), "\(vector)")
    }
}
