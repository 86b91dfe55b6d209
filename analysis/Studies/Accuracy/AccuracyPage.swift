internal import Foundation

/// The table of accuracy as a page in Markdown.
public struct AccuracyPage: Sendable {
    private let results: [AccuracyResult]

    /// A page about these results.
    public init(_ results: [AccuracyResult]) { self.results = results }

    /// How many cells are not where they have to be.
    public var missedCount: Int { results.count { !$0.holds } }

    /// The page.
    public var markdown: String {
        """
        # Accuracy

        `make accuracy` writes this page: every mechanism of the catalog that counts values, with the variance that its own
        integers predict against what comes out when devices report and estimates are made. Nothing is short-cut: each
        report is drawn by the mechanism's own sampler, counted and estimated.

        A cell is a mechanism, an ε, a number of values and how the devices are spread: alike, or by Zipf's law, 1/rank. A
        run has n devices, so many that intervals are normal, and there are so many runs that a cell has at least 10,000
        intervals. `MSE` is the measured over the theoretical mean squared error; the
        band is where it lies, but for a probability of 1e-3 that any cell of the whole table leaves its own (Laurent and
        Massart's bound [LM00] on sums of squares of normal variables). `Coverage` is the share of intervals of 95 % that
        hold the true frequency, and has to lie within 94 and 96 %; `heavy` is the same of values that 1 in 32 devices or
        more holds. Memoized mechanisms have ε∞ = 2ε; sketches have 256 rows of 1,024. Noise is seeded by the cell and
        the run, so that equal versions make equal pages.

        \(results.count) cells; \(missedCount == 0 ? "every one is where it has to be" : "\(missedCount) are not where they have to be").

        | Mechanism | ε | Values | Spread | n | n·Var of a value at 1/d | MSE | Band | Coverage | Heavy | |
        |---|---|---|---|---|---|---|---|---|---|---|
        \(results.map(line).joined(separator: "\n"))

        """
    }

    private func line(_ result: AccuracyResult) -> String {
        let cell = result.cell
        let columns = [
            cell.title, String(format: "%.1f", Double(cell.epsilonThousandths) / 1000), "\(cell.valueCount)",
            cell.spread.rawValue, "\(cell.deviceCount)", String(format: "%.4g", cell.scaledVariance),
            String(format: "%.3f", result.ratio),
            String(format: "%.3f–%.3f", result.band.lowerBound, result.band.upperBound),
            String(format: "%.2f %%", result.coverage * 100),
            result.heavyCoverage.map { String(format: "%.2f %% of %d", $0 * 100, result.heavyCount) } ?? "–",
            result.holds ? "holds" : "**does not hold**",
        ]
        return "| " + columns.joined(separator: " | ") + " |"
    }
}
