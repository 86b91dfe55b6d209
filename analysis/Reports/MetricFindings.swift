/// What a store's reports say of a metric above its release gate.
public struct MetricFindings: Sendable {
    public var reportCount: Int
    /// Days with reports.
    public var dayCount: Int
    public var firstDay: String
    public var lastDay: String
    /// The estimates.
    public var chart: BarChart
    /// What a distribution tells besides, each with its interval; the mean is last.
    public var quantiles: [Bar] = []
    /// One for each value that is followed over days.
    public var series: [DaySeries] = []
    /// A later time less an earlier one.
    public var comparison: TimeComparison?
    /// Where the error of the most frequent value comes from.
    public var errorSplit: ErrorSplit?
    /// How the counts fit what explains them.
    public var fit: [FitRemark] = []
    /// What shows that not all reports are honest.
    public var alarms: [String] = []
    /// What was looked at to find out; empty where nothing can tell.
    public var testNames: [String] = []
    /// What would make intervals narrower.
    public var advice: [String] = []
    /// What a reader has to know.
    public var notes: [String] = []

    public init(reportCount: Int, dayCount: Int, firstDay: String, lastDay: String, chart: BarChart) {
        (self.reportCount, self.dayCount) = (reportCount, dayCount)
        (self.firstDay, self.lastDay, self.chart) = (firstDay, lastDay, chart)
    }

    /// The figure to see first: the mean of a distribution, else the first estimate.
    var glance: (bar: Bar, scale: FigureScale)? {
        if let mean = quantiles.last { return (mean, .number) }
        return chart.bars.first(where: \.isDrawn).map { ($0, chart.scale) }
    }

    var days: String { firstDay == lastDay ? firstDay : "\(firstDay) to \(lastDay)" }
}

/// An estimate with its interval, none of which is clipped.
public struct Bar: Hashable, Sendable {
    /// What was decided of it.
    public enum Standing: Hashable, Sendable {
        /// Told from nothing, or from no difference.
        case detected
        case notDetected
        /// There was nothing to decide.
        case undecided
    }

    /// Untrusted.
    public var name: String
    public var estimate: Double
    public var low: Double
    public var high: Double
    public var standing: Standing

    public init(
        name: String, estimate: Double, low: Double, high: Double, standing: Standing = .undecided
    ) {
        (self.name, self.estimate, self.low, self.high) = (name, estimate, low, high)
        self.standing = standing
    }

    var isDrawn: Bool { estimate.isFinite && low.isFinite && high.isFinite }

    /// Half the interval.
    var error: Double { (high - low) / 2 }
}

/// Bars of one scale, in the order in which they are shown.
public struct BarChart: Sendable {
    public var scale: FigureScale
    public var bars: [Bar]
    /// The ends of the scale where they are given, such as by a number's range.
    public var range: ClosedRange<Double>?
    /// Whether the order means something, as that of buckets does.
    public var isOrdered = false
    /// Values that are not in ``bars``, and how many of them are detected.
    public var omitted = (count: 0, detected: 0)
    /// The share that belongs to none of the values; without an interval.
    public var otherShare: Double?

    public init(scale: FigureScale, bars: [Bar], range: ClosedRange<Double>? = nil, isOrdered: Bool = false) {
        (self.scale, self.bars, self.range, self.isOrdered) = (scale, bars, range, isOrdered)
    }

    var decides: Bool { bars.contains { $0.standing != .undecided } }
}

/// A value's estimates, day by day.
public struct DaySeries: Sendable {
    public struct Point: Sendable {
        /// Days since some day: what lies between two points is their distance.
        public var index: Int
        /// The day's name.
        public var day: String
        /// `nil` for a day below the release gate.
        public var bar: Bar?

        public init(index: Int, day: String, bar: Bar?) { (self.index, self.day, self.bar) = (index, day, bar) }
    }

    public var name: String
    public var scale: FigureScale
    public var points: [Point]

    public init(name: String, scale: FigureScale, points: [Point]) {
        (self.name, self.scale, self.points) = (name, scale, points)
    }
}

/// A later time less an earlier one.
public struct TimeComparison: Sendable {
    /// The days of either, such as `2026-06-08 to 2026-06-14`.
    public var later, earlier: String
    public var result: Result

    public enum Result: Sendable {
        case differences(BarChart)
        /// Why there are none.
        case withheld(String)
    }

    public init(later: String, earlier: String, result: Result) {
        (self.later, self.earlier, self.result) = (later, earlier, result)
    }
}

/// Where the error of one value comes from, were the devices a random sample of a population.
public struct ErrorSplit: Sendable {
    public var name: String
    /// The part of the variance that is the noise, from 0 to 1; the rest is which devices reported.
    public var noiseShare: Double
    /// The interval for the population, beside which the one for the devices stands in the chart.
    public var population: Bar

    public init(name: String, noiseShare: Double, population: Bar) {
        (self.name, self.noiseShare, self.population) = (name, noiseShare, population)
    }
}

/// How well counts fit, in a sentence.
public struct FitRemark: Hashable, Sendable {
    public var isWarning: Bool
    public var sentence: String

    public init(isWarning: Bool, sentence: String) { (self.isWarning, self.sentence) = (isWarning, sentence) }
}
