import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Hadamard count mean sketch")
struct HadamardCountMeanSketchTests {
    private struct LargeReports: Decodable {
        var rows: Int, width: Int, epsilon: Int, vectors: [String]
    }

    @Test("has the thresholds and gives the reports of an independent script")
    func vectorsAgree() throws {
        for fixture in try MechanismFixture.of(HadamardCountMeanSketch.self).configurations {
            let sketch = try fixture.mechanism(HadamardCountMeanSketch.self)
            #expect(fixture.thresholds == [sixteenDigits(sketch.configuration.flipThreshold)], "\(fixture)")
            for vector in try #require(fixture.vectors) { try expectReport(vector, of: sketch) }
        }
    }

    @Test("gives the reports of an independent script as large as they are used, up to 65,536 rows of 1,024 places")
    func largeReportsAgree() throws {
        let all = try Fixtures.json("geometry/hadamard_reports.json", as: [LargeReports].self)
        try #require(all.count == 4)
        for reports in all {
            let sketch = try sketch(rows: reports.rows, width: reports.width, epsilon: reports.epsilon)
            for vector in reports.vectors { try expectReport(vector, of: sketch) }
        }
    }

    @Test("refuses less noise than ε needs; more noise it gives")
    func thresholdsAreChecked() throws {
        let least = try sketch(rows: 4, width: 8, epsilon: 4000).configuration
        func error(_ threshold: UInt64) -> String? {
            var configuration = least
            configuration.flipThreshold = threshold
            do { _ = try HadamardCountMeanSketch(configuration: configuration) } catch { return error.name }
            return nil
        }
        #expect(error(least.flipThreshold) == nil && error(least.flipThreshold + 1) == nil)
        #expect(error(least.flipThreshold - 1) == "lossAboveEpsilon" && error((1 << 63) - 1) == nil)
        for threshold in [0, 1 << 63, UInt64.max] { #expect(error(threshold) == "thresholdOutOfRange") }
    }

    @Test("refuses shapes that a compiled set must not hold, whoever wrote it")
    func shapesAreChecked() throws {
        let sound = try sketch(rows: 4, width: 8, epsilon: 4000).configuration
        for (rows, width, name) in [
            (0, 8, "countOutOfRange"), (3, 8, "notAPowerOfTwo"), (1 << 17, 8, "countOutOfRange"),
            (4, 1, "countOutOfRange"), (4, 12, "notAPowerOfTwo"), (65_536, 2048, "countOutOfRange"),
        ] {
            var configuration = sound
            (configuration.rowCount, configuration.width) = (rows, width)
            let error = #expect(throws: ParameterError.self) {
                try HadamardCountMeanSketch(configuration: configuration)
            }
            #expect(error?.name == name, "\(rows)x\(width)")
        }
    }

    @Test("reports texts in a few bytes, and names what is wrong with other inputs")
    func inputsAreChecked() throws {
        let sketch = try sketch(rows: 1024, width: 1024, epsilon: 4000)
        let device = DeviceContext(permanentNoise: nil)
        for length in [0, 1, 254] {
            let payload = try sketch.payload(for: .text([UInt8](repeating: 65, count: length)), on: device)
            #expect(payload.count == 3)
            #expect(throws: Never.self) { try sketch.validate(payload: payload) }
        }
        #expect(throws: EncodingError.input(.outOfDomain)) {
            try sketch.payload(for: .text([UInt8](repeating: 65, count: 255)), on: device)
        }
        #expect(throws: EncodingError.input(.absenceNotReported)) { try sketch.payload(for: .absent, on: device) }
        #expect(throws: ReportError.valueOutOfRange) { try sketch.validate(payload: [0, 0, 0x20]) }
        #expect(throws: ReportError.wrongByteCount(actual: 2, expected: 3)) { try sketch.validate(payload: [0, 0]) }
    }

    private func sketch(rows: Int, width: Int, epsilon: Int) throws -> HadamardCountMeanSketch {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: epsilon), domain: .text, reportsAbsence: false,
            parameters: ["rows": DeclaredNumber(Int32(rows)), "width": DeclaredNumber(Int32(width))])
        return try HadamardCountMeanSketch(configuration: .init(declared: declared))
    }

    /// A line of a fixture: name of the noise, text, payload.
    private func expectReport(_ vector: String, of sketch: HadamardCountMeanSketch) throws {
        let cells = vector.split(separator: " ")
        try #require(cells.count == 3)
        let words = try (0..<sketch.noiseWordCount).map { index in
            try sha256(Array("dither/fixtures/sketch/\(cells[0])/\(index)".utf8)).prefix(8).reduce(0) {
                $0 << 8 | UInt64($1)
            }
        }
        var noise = ListedNoise(words)
        let report = sketch.randomize(try sketchKey(cells[1], seed: 0), using: &noise)
        #expect(report.encoded(shape: sketch.shape) == hexadecimalBytes(cells[2]), "\(vector)")
    }
}
