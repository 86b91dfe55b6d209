internal import Foundation
internal import Reports
internal import Studies

/// What `dither study --mechanism` measured, as a picture: the error against people and against ε, by the formula as curves,
/// and measured as points with what 95 % of the runs lie in.
struct HistogramPicture {
    /// What was asked for and came out.
    struct Cell {
        let people: Int
        let epsilon: Double
        let measured: HistogramCell
    }

    let mechanism: HistogramMechanism
    let cells: [Cell]
    let runCount: Int

    /// What came out, in a sentence.
    var sentence: String {
        guard let first = cells.first else { return "" }
        return words(for: first)
    }

    /// The picture as an SVG file.
    var svg: String {
        let people = Set(cells.map(\.people)).sorted(), epsilons = Set(cells.map(\.epsilon)).sorted()
        let byPeople = ErrorChart(
            quantity: .people,
            curves: epsilons.map { epsilon in
                curve("ε \(String(format: "%g", epsilon))", Self.range(people.map(Double.init), 1...1e9)) { number in
                    (Int(number.rounded()), epsilon)
                }
            }, marks: marks)
        let byEpsilon = ErrorChart(
            quantity: .epsilon,
            curves: people.map { count in
                curve(Digits.grouped(count), Self.range(epsilons, 0.001...16)) { (count, ($0 * 1000).rounded() / 1000) }
            }, marks: marks)
        return ErrorPicture(
            title: "The error of a histogram, by formula and measured", lines: [sentence],
            charts: [byPeople, byEpsilon], scale: .share,
            errorTitle: "sum of the errors of ten bins, in percent of the people",
            legend: [
                "Curves are the formula; points are the mean of \(Digits.grouped(runCount)) runs, and their lines what 95 % of "
                    + "the runs lie in. Curves on the right are named by their people."
            ]
        ).svg
    }

    private func curve(
        _ label: String, _ range: ClosedRange<Double>, _ task: (Double) -> (people: Int, epsilon: Double)
    ) -> ErrorChart.Curve {
        let points = (0...40).map { step -> (x: Double, error: Double?) in
            let place = range.lowerBound * pow(range.upperBound / range.lowerBound, Double(step) / 40)
            let task = task(place)
            let error = HistogramCell.formula(mechanism, people: task.people, epsilon: task.epsilon) / 100
            return (place, error.isFinite ? error : nil)
        }
        return ErrorChart.Curve(label: label, isAsked: true, points: points)
    }

    private var marks: [ErrorChart.Mark] {
        cells.map { cell in
            let band = cell.measured.band
            return ErrorChart.Mark(
                words: words(for: cell), devices: Double(cell.people), epsilon: cell.epsilon,
                error: cell.measured.mean / 100, spread: band.lowerBound / 100...band.upperBound / 100)
        }
    }

    private func words(for cell: Cell) -> String {
        let numbers = [
            cell.measured.mean, cell.measured.band.lowerBound, cell.measured.band.upperBound, cell.measured.formula,
        ].map { String(format: "%.3g", $0) }
        return
            "At ε \(String(format: "%g", cell.epsilon)), \(Digits.grouped(cell.people)) people and \(mechanism.rawValue) "
            + "give a histogram of ten bins that is off by \(numbers[0]) % of the people (95 % of runs: \(numbers[1]) to "
            + "\(numbers[2]) %); the formula says \(numbers[3]) %."
    }

    /// What was asked for with room on both sides.
    private static func range(_ asked: [Double], _ allowed: ClosedRange<Double>) -> ClosedRange<Double> {
        let low = max(allowed.lowerBound, (asked.min() ?? 1) / 3),
            high = min(allowed.upperBound, (asked.max() ?? 1) * 3)
        return low...max(high, low * 2)
    }
}
