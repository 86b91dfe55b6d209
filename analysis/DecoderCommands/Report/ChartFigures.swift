package import Reports

/// What a chart of a page was drawn from, which has all rows and all digits.
package struct ChartFigures: Sendable {
    private enum Source {
        case estimate(EstimateResult)
        case comparison(GroupComparison)
    }

    private let source: Source

    init(_ result: EstimateResult) { source = .estimate(result) }

    init(_ comparison: GroupComparison) { source = .comparison(comparison) }

    /// The figures, byte for byte as `dither estimate` or `dither compare` writes them.
    ///
    /// - Complexity: linear in the rows; the text is in memory as a whole.
    package func rendered(as format: ReportedChart.Format) -> String {
        let format: OutputFormat = format == .csv ? .csv : .json
        return switch source {
        case .estimate(let result): result.rendered(as: format)
        case .comparison(let comparison): comparison.rendered(as: format)
        }
    }
}
