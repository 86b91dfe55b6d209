internal import Foundation
internal import Reports
internal import Studies

/// What `dither study --accuracy` measured, as a picture: the root of n times the mean squared error against ε, by the formula as
/// curves, and measured as points, for few values and for many.
struct AccuracyPicture {
    let results: [AccuracyResult]

    /// The picture as an SVG file.
    var svg: String {
        let valueCounts = Set(results.map(\.cell.valueCount)).sorted()
        return ErrorPicture(
            title: "The error of every mechanism, by formula and measured",
            lines: [
                sentence,
                valueCounts.map(String.init).joined(separator: " values on the left, ")
                    + " on the right; devices hold them by Zipf's law.",
            ],
            charts: valueCounts.prefix(2).map(chart), scale: .number,
            errorTitle: "√(devices) × error of a share",
            legend: [
                titles.enumerated().map { "\($0 + 1) \($1)" }.joined(separator: ", ") + ".",
                "Curves join what the formula gives; points are measured. Divided by the root of the devices it is the "
                    + "standard error of a share.",
            ]
        ).svg
    }

    /// What came out, in a sentence.
    var sentence: String {
        let ratios = results.map(\.ratio)
        let missed = results.count { !$0.holds }
        return "In \(results.count) cells the measured mean squared error is "
            + "\(String(format: "%.3f", ratios.min() ?? .nan)) to \(String(format: "%.3f", ratios.max() ?? .nan)) times the "
            + "formula's; \(missed == 0 ? "every cell is" : "\(missed) are not") where it has to be."
    }

    /// The mechanisms, by whose numbers curves are named: their names are too long for that.
    private var titles: [String] {
        results.map(\.cell.title).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    }

    private func chart(valueCount: Int) -> ErrorChart {
        let shown = results.filter { $0.cell.valueCount == valueCount && $0.cell.spread == .zipf }
        return ErrorChart(
            quantity: .epsilon,
            curves: titles.enumerated().map { place, title in
                let own = shown.filter { $0.cell.title == title }.sorted {
                    $0.cell.epsilonThousandths < $1.cell.epsilonThousandths
                }
                return ErrorChart.Curve(
                    label: "\(place + 1)", isAsked: false,
                    points: own.map {
                        (Double($0.cell.epsilonThousandths) / 1000, Self.scaled($0.theoreticalError, $0))
                    })
            },
            marks: shown.map { result in
                let epsilon = Double(result.cell.epsilonThousandths) / 1000
                let error = Self.scaled(result.measuredError, result)
                return ErrorChart.Mark(
                    words: "\(result.cell.title), ε \(epsilon): \(String(format: "%.4g", error)), "
                        + "by formula \(String(format: "%.4g", Self.scaled(result.theoreticalError, result)))",
                    devices: Double(result.cell.deviceCount), epsilon: epsilon, error: error)
            })
    }

    /// √(n·MSE).
    private static func scaled(_ squaredError: Double, _ result: AccuracyResult) -> Double {
        (squaredError * Double(result.cell.deviceCount)).squareRoot()
    }
}
