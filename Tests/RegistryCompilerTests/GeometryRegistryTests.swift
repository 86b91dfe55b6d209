import LocalPrivacy
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

@testable import RegistryCompiler

@Suite("Registries of mechanisms with short reports")
struct GeometryRegistryTests {
    private func set() throws -> MetricSet {
        try RegistryCompiler.metricSet(
            of: try Fixtures.bytes("registries/valid/geometry.yaml"), file: "geometry.yaml", today: testDay)
    }

    @Test("arrive as they were written, with the field and the dimension that were chosen where none are written")
    func arrival() throws {
        let set = try set()
        let carrier = try #require(set.metric(named: "carrier")?.mechanism as? ProjectiveGeometryResponse)
        #expect(carrier.configuration.itemCount == 5 && carrier.configuration.reportsAbsence)
        let terminal = try #require(set.metric(named: "terminal")?.mechanism as? ProjectiveGeometryResponse)
        #expect(terminal.configuration.fieldOrder == 4 && terminal.configuration.dimension == 3)
        #expect(terminal.configuration.itemCount == 5 && !terminal.configuration.reportsAbsence)
        let word = try #require(set.metric(named: "word")?.mechanism as? HadamardCountMeanSketch)
        #expect(word.configuration.rowCount == 1024 && word.configuration.width == 256)
        #expect(word.configuration.reportsAbsence && word.epsilon.thousandths == 2000)
    }

    @Test("are explained with their integers")
    func explanations() throws {
        let set = try set()
        func facts(_ name: String) throws -> [String: ExplainedFact] {
            let metric = try #require(set.metric(named: name))
            let facts = MetricExplanation(metric).sections.flatMap(\.facts)
            return Dictionary(facts.map { ($0.name, $0) }) { first, _ in first }
        }
        let terminal = try facts("terminal")
        #expect(terminal["field_order"]?.value == .integer(4) && terminal["hyperplane_points"]?.value == .integer(5))
        #expect(terminal["mechanism"]?.sentence.contains("one of 21 points") == true)
        #expect(terminal["truth_probability"] != nil && terminal["lie_threshold"] != nil)
        let word = try facts("word")
        #expect(word["rows"]?.value == .integer(1024) && word["width"]?.value == .integer(256))
        #expect(word["width"]?.sentence.contains("hash collisions") == true)
        // ⌈2⁶⁴ / (1 + e²)⌉, computed apart in arbitrary precision.
        #expect(word["flip_threshold"]?.value == .text("2198905795380358826"))
    }
}
