import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport

/// A sketch with the hash functions of a seed, and what tests do with it.
struct SketchUnderTest {
    let sketch: CountMeanSketch
    let definition = Fingerprint(value: 0x5CE7)

    init(
        rows: Int32, width: Int32, epsilon: Int, reportsAbsence: Bool = false, hashSeed: UInt64 = 0
    ) throws {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: epsilon), domain: .text, reportsAbsence: reportsAbsence,
            parameters: ["rows": DeclaredNumber(rows), "width": DeclaredNumber(width)])
        var configuration = try CountMeanSketch.Configuration(declared: declaration)
        configuration.hashSeed = hashSeed
        sketch = try CountMeanSketch(configuration: configuration)
    }

    static func text(_ number: Int) -> MechanismInput { .text(Array("value \(number)".utf8)) }

    func key(_ input: MechanismInput) throws -> SketchKey {
        try sketch.input(from: input, on: DeviceContext(permanentNoise: nil))
    }

    /// The fraction of rows in which two values share their place.
    func meetings(_ first: MechanismInput, _ second: MechanismInput) throws -> Double {
        let (first, second) = (try key(first), try key(second)), rows = 0..<sketch.configuration.rowCount
        return Double(rows.count { sketch.row($0).place(of: first) == sketch.row($0).place(of: second) })
            / Double(rows.count)
    }

    /// What devices send that hold so many of each value.
    func aggregate(holding counts: [(input: MechanismInput, count: Int)], seed: UInt64) throws -> SketchCounts {
        var (noise, aggregate) = (SeededNoise(seed: seed), sketch.makeAggregate(of: definition))
        for (input, count) in counts {
            let key = try key(input)
            for _ in 0..<count { sketch.absorb(sketch.randomize(key, using: &noise), into: &aggregate) }
        }
        return aggregate
    }

    func estimates(
        _ candidates: [MechanismInput], _ aggregate: SketchCounts, confidence: ConfidenceLevel = .standard
    ) throws -> [FrequencyEstimate] {
        try sketch.estimates(
            of: candidates, from: PooledReports(aggregate, on: UTCDay(containing: 0)), confidence: confidence
        ) { _, _ in }
    }
}
