/// What is random about an estimate.
public enum IntervalKind: String, CaseIterable, Hashable, Sendable {
    /// The noise alone: the interval is for the devices that reported.
    case sample
    /// The noise, and which devices of a population reported.
    case population
}

/// The reports from which a frequency of a population is concluded.
public struct PopulationDraw: Hashable, Sendable {
    /// n.
    public let reportCount: Int
    /// At least Σ r_i², with r_i the reports of device i: n if each device has one.
    public let pairCount: Double

    /// One draw for each report of a single period; for several, devices that report in all of them.
    public init(reportCounts: [Int]) {
        reportCount = reportCounts.reduce(0, +)
        pairCount = ReportOverlap(reportCounts: reportCounts).pairCount
    }

    /// Whether every report is from another device.
    var isOfSeparateDevices: Bool { pairCount == Double(reportCount) }
}

extension FrequencyEstimate {
    /// This estimate as one of the frequency π in a population of which the devices that reported are a random sample.
    ///
    /// The draw adds π(1 − π)·Σ r_i²/n² to the variance of the frequency. With one report a device, C is exactly
    /// Bin(n, q* + π·(p* − q*)), so that its standard error is √(ĉ(1 − ĉ)/n)/(p* − q*) with ĉ = C/n, and its interval that
    /// of Wald, joined with Clopper's and Pearson's [CP34] where n·ĉ(1 − ĉ) is below 100. Where there is no such C, the
    /// squares of both margins are added, that of the draw with the π of the realised interval that varies most; where the
    /// draw is of few, Clopper's and Pearson's of the interval's own ends is joined.
    ///
    /// An estimate that is none, since no report is about it, stays as it is.
    ///
    /// - Parameter support: p* and q*, where the estimate is of a count of independent reports.
    public func ofPopulation(
        from draw: PopulationDraw, support: SupportProbabilities?, confidence: ConfidenceLevel
    ) -> FrequencyEstimate {
        guard frequency.isFinite else { return self }
        let total = Double(draw.reportCount)
        let likely = min(max(frequency, 0), 1)
        let drawVariance = draw.pairCount * likely * (1 - likely)
        let error = (standardError * standardError + drawVariance).squareRoot()
        let interval: ClosedRange<Double>
        if let support, draw.isOfSeparateDevices {
            let successCount = Int((total * (support.spurious + frequency * support.gap)).rounded())
            let proportion = ProportionEstimate(
                successCount: min(max(successCount, 0), draw.reportCount), trialCount: draw.reportCount,
                leastVariance: min(support.truthfulVariance, support.spuriousVariance), confidence: confidence)
            func place(_ share: Double) -> Double { (share - support.spurious) / support.gap }
            interval = place(proportion.interval.lowerBound)...place(proportion.interval.upperBound)
        } else {
            interval = widened(by: draw, confidence: confidence)
        }
        return FrequencyEstimate(
            count: count, standardError: error, frequency: frequency, interval: interval, pValue: pValue,
            isDetected: isDetected)
    }

    private func widened(by draw: PopulationDraw, confidence: ConfidenceLevel) -> ClosedRange<Double> {
        let (least, greatest) = (min(max(interval.lowerBound, 0), 1), min(max(interval.upperBound, 0), 1))
        let likeliest = min(max(0.5, least), greatest)
        let quantile = NormalDistribution.quantile(centralProbability: confidence.probability)
        let variance = draw.pairCount * likeliest * (1 - likeliest)
        let margin = quantile * variance.squareRoot() / Double(draw.reportCount)
        func reach(_ own: Double) -> Double { (own * own + margin * margin).squareRoot() }
        let low = frequency - reach(frequency - interval.lowerBound)
        let high = frequency + reach(interval.upperBound - frequency)
        // Devices, not reports, are drawn: as few as make so many pairs.
        let devices = Double(draw.reportCount) * Double(draw.reportCount) / draw.pairCount
        guard devices * likeliest * (1 - likeliest) < SupportModel.normalVariance else { return low...high }
        let count = max(1, Int(devices))
        func exact(_ share: Double) -> ClosedRange<Double> {
            ProportionEstimate.exactInterval(
                successCount: min(count, max(0, Int((share * Double(count)).rounded()))), trialCount: count,
                missProbability: confidence.missProbability)
        }
        return min(low, exact(least).lowerBound)...max(high, exact(greatest).upperBound)
    }
}
