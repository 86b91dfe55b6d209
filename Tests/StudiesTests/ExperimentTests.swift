import TestSupport
import Testing

@testable import Studies

@Suite("Experiments")
struct ExperimentTests {
    /// The fixture's air times, thinned out, and a few routes.
    private static func flights() throws -> FlightData {
        let airTimes = try Fixtures.rows("numbers/air_times.csv").map {
            (try #require(Int($0[0])), try #require(Int($0[1])) / 100)
        }
        let routes = (1...60).map { ("JFK-\($0)", 200 / $0) }
        return FlightData(
            routeCounts: Dictionary(uniqueKeysWithValues: routes),
            airTimeCounts: Dictionary(uniqueKeysWithValues: airTimes).filter { $0.value > 0 })
    }

    @Test("each has a name of its own")
    func names() {
        let names = Experiment.all.map(\.id)
        #expect(
            names == [
                "R1", "R2", "P1", "P2", "P3", "P4", "P5", "C1", "C2", "C3", "W1", "W2", "W3", "S1", "S1L", "H1", "H2",
                "A1",
                "A2", "A3",
            ])
        #expect(Experiment.all.allSatisfy { !$0.title.isEmpty })
    }

    @Test(
        "each gives rows of its name with every column filled",
        arguments: Experiment.all.map(\.id))
    func rows(id: String) throws {
        let experiment = try #require(Experiment.all.first { $0.id == id }), flights = try Self.flights()
        let rows = try experiment.rows(in: Laboratory(scale: .small, flights: flights))
        #expect(!rows.isEmpty)
        for row in rows {
            #expect(row.id == id)
            for text in [row.what, row.published, row.ours, row.rule] {
                #expect(!text.isEmpty && !text.contains("nan") && !text.contains("inf "), "\(row)")
            }
        }
    }

    @Test("equal experiments give equal rows, whichever core takes a run", arguments: ["R1", "P1", "C3", "W3"])
    func repeatable(id: String) throws {
        let experiment = try #require(Experiment.all.first { $0.id == id })
        let rows = try (0..<2).map { _ in try experiment.rows(in: Laboratory(scale: .small)) }
        #expect(rows[0] == rows[1])
    }

    @Test("those on flights say so where there are none")
    func flightsMissing() throws {
        for experiment in Experiment.all where experiment.needsFlights {
            #expect(throws: StudyError.flightsMissing(experiment: experiment.id)) {
                try experiment.rows(in: Laboratory(scale: .small))
            }
        }
    }

    @Test("a row is reproduced if all its conditions hold, and else says which do not and what was found")
    func verdicts() {
        let holds = StudyCondition.ratio("a / b", 1.02, withinPercent: 3)
        let breaks = StudyCondition.range("mean", 17.5, 13.5...15.5)
        let good = StudyRow(id: "X", what: "w", published: "p", ours: "o", conditions: [holds])
        let bad = StudyRow(id: "X", what: "w", published: "p", ours: "o", conditions: [holds, breaks])
        #expect(good.isReproduced && good.verdictText == "reproduced")
        #expect(bad.rule == "a / b within 3 %; mean in 13.5–15.5")
        #expect(!bad.isReproduced && bad.verdictText == "not reproduced: mean in 13.5–15.5: 17.5")
        #expect(!StudyCondition.ratio("a / b", 1.04, withinPercent: 3).holds)
        #expect(!StudyCondition.ratio("a / b", .nan, withinPercent: 3).holds)
    }

    @Test("the page has a line for each row, and nothing that Markdown would take for a column")
    func page() {
        let row = StudyRow(id: "X", what: "a|b", published: "p*", ours: "o", conditions: [])
        let lines = HeadlinesPage.markdown(of: [row], processorMinutes: 1).split(separator: "\n")
        #expect(lines.last == "| X | a\\|b | p\\* | o |  | reproduced |")
        #expect(lines.contains { $0.contains("1 of 1 rows are reproduced") && $0.contains("less than 1 minute of") })
    }

    @Test("numbers are written as people read them")
    func numbers() {
        #expect(significant(0.0098, 3) == "0.00980" && significant(1234567, 2) == "1200000" && significant(0, 3) == "0")
        #expect(decimal(-0.001, 2) == "0.00" && decimal(-0.5, 1) == "-0.5")
        #expect(grouped(1_234_567) == "1,234,567" && grouped(999) == "999" && grouped(-1000) == "-1,000")
        #expect(Moments([1, 2, 3]).spread(1) == "2.0 ± 1.0 (1–3)")
        #expect(Moments([1, 2, 3, 4]).quantile(0.25) == 1 && Moments([1, 2, 3, 4]).quantile(1) == 4)
    }
}
