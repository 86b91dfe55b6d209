/// The scale that the bars of one chart share, on which drawings are 1,000 units wide.
struct BarAxis {
    static let width = 1000.0

    let low: Double
    let high: Double

    /// A scale that holds 0 and every interval, or the range that is given.
    init(_ chart: BarChart) {
        if let range = chart.range {
            (low, high) = (range.lowerBound, max(range.upperBound, range.lowerBound.nextUp))
            return
        }
        let drawn = chart.bars.filter(\.isDrawn)
        var (low, high) = (drawn.map(\.low).min() ?? 0, drawn.map(\.high).max() ?? 1)
        (low, high) = (min(low, 0), max(high, 0, chart.otherShare ?? 0))
        if chart.scale.isDifference {
            // Nothing is in the middle, so that both directions are drawn alike.
            let reach = max(-low, high)
            (low, high) = (-reach, reach)
        }
        // A single interval that reaches far below nothing must not press all bars together; it is drawn without its end.
        if chart.scale == .share, high > 0 { low = max(low, -high) }
        self.low = low
        self.high = high > low ? high : low + 1
    }

    /// Where a figure is drawn: a whole number from 0 to 1,000.
    func place(_ value: Double) -> Int { place(value, of: Int(Self.width)) }

    /// Where a figure is drawn on a drawing that is so wide: a whole number from 0 to that, the nearer end if it is beyond.
    func place(_ value: Double, of width: Int) -> Int {
        Int((Self.share(of: value, from: low, to: high) * Double(width)).rounded())
    }

    /// How far a finite value lies between two ends, from 0 to 1. By halves, since the width of a scale may be beyond all
    /// finite numbers.
    static func share(of value: Double, from low: Double, to high: Double) -> Double {
        guard high > low else { return 0 }
        return min(max((value / 2 - low / 2) / (high / 2 - low / 2), 0), 1)
    }

    /// On which sides an interval goes on beyond the scale.
    func leaves(_ bar: Bar) -> (low: Bool, high: Bool) { (bar.low < low, bar.high > high) }

    /// Where bars start: at 0, or at the nearer end.
    var origin: Int { place(0) }

    /// The text of an end, with as many digits as the width of the scale has a use for.
    func text(_ end: Double, _ scale: FigureScale) -> String {
        let error = (high - low) / 4
        return scale.isDifference ? scale.bare(end, error: error) : scale.text(end, error: error)
    }
}
