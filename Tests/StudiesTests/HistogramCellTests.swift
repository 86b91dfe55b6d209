import Testing

@testable import Studies

@Suite("Cells of the histogram study")
struct HistogramCellTests {
    @Test("means are near their formulas, and bands hold them")
    func cells() throws {
        for mechanism in HistogramMechanism.allCases {
            for (people, epsilon) in [(10_000, 0.5), (200_000, 1)] {
                let cell = try HistogramCell(mechanism: mechanism, people: people, epsilon: epsilon, runs: 500)
                // Ten bins' errors vary by a quarter of their sum; of 500 runs six deviations of the mean are 7 %.
                #expect(abs(cell.mean / cell.formula - 1) < 0.07, "\(mechanism) \(people) \(epsilon): \(cell)")
                #expect(cell.band.contains(cell.mean))
            }
        }
    }

    @Test("the curator's error is the published formula: 10·2a / (1 − a²) / n with a = e^(−ε/2)")
    func formula() {
        #expect(abs(HistogramCell.formula(.geometric, people: 10_000, epsilon: 0.5) - 0.3959) < 1e-4)
        #expect(abs(HistogramCell.formula(.geometric, people: 200_000, epsilon: 0.05) - 0.2) < 1e-4)
        let (alone, drawn) = (
            HistogramCell.formula(.randomizedResponse, people: 200_000, epsilon: 4),
            HistogramCell.formula(.randomizedResponse, people: 200_000, epsilon: 4, drawingPeople: true)
        )
        #expect(abs(alone - 0.337) < 1e-3 && abs(drawn - 0.58) < 5e-3)
    }

    @Test("no people, no runs and an ε that no mechanism has are refused")
    func refusals() {
        #expect(throws: HistogramCell.Fault.nothingToCount) {
            try HistogramCell(mechanism: .geometric, people: 0, epsilon: 1, runs: 1)
        }
        #expect(throws: HistogramCell.Fault.nothingToCount) {
            try HistogramCell(mechanism: .geometric, people: 1, epsilon: 1, runs: 0)
        }
        for epsilon in [0, -1, 17, Double.nan] {
            #expect(throws: HistogramCell.Fault.self) {
                try HistogramCell(mechanism: .geometric, people: 1, epsilon: epsilon, runs: 1)
            }
        }
        #expect(throws: HistogramCell.Fault.epsilonOutOfRange(0.0015)) {
            try HistogramCell(mechanism: .randomizedResponse, people: 1, epsilon: 0.0015, runs: 1)
        }
    }
}
