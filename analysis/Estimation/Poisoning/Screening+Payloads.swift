public import Mechanisms

extension RandomizedResponse {
    public var honestReports: HonestReports {
        HonestReports(payloads: PayloadBounds(least: support.spurious, greatest: support.truthful))
    }

    public func payloadCounts(in aggregate: SupportCounts) -> [Int]? { aggregate.support }
}

extension MemoizedRandomizedResponse {
    public var honestReports: HonestReports {
        HonestReports(payloads: PayloadBounds(least: support.spurious, greatest: support.truthful))
    }

    public func payloadCounts(in aggregate: SupportCounts) -> [Int]? { aggregate.support }
}

extension HadamardResponse {
    /// One of the half of the rows that support the value, or of the other half.
    public var honestReports: HonestReports {
        let (truthful, half) = (support.truthful, Double(rowCount) / 2)
        return HonestReports(payloads: PayloadBounds(least: (1 - truthful) / half, greatest: truthful / half))
    }

    public func payloadCounts(in aggregate: SupportCounts) -> [Int]? { aggregate.support }

    /// There are K − 1 columns that are not constant, and as many items or fewer.
    public func unheldSupport(in aggregate: SupportCounts) -> UnheldSupport? {
        let unheld = configuration.itemCount..<rowCount - 1
        guard !unheld.isEmpty else { return nil }
        return UnheldSupport(
            counts: supportCounts(in: aggregate, ofItems: unheld), probability: support.spurious)
    }
}

extension ProjectiveGeometryResponse {
    /// One of the hyperplanes on which the value's point lies, or of the others.
    public var honestReports: HonestReports {
        let (plane, off) = (Double(geometry.hyperplanePointCount), Double(geometry.otherPointCount))
        let truthful = support.truthful
        return HonestReports(payloads: PayloadBounds(least: (1 - truthful) / off, greatest: truthful / plane))
    }

    public func payloadCounts(in aggregate: SupportCounts) -> [Int]? { aggregate.support }

    /// There are K points, and as many items or fewer.
    public func unheldSupport(in aggregate: SupportCounts) -> UnheldSupport? {
        let (items, points) = (configuration.itemCount, geometry.pointCount)
        guard points > items, points <= PayloadBounds.scannedPayloadLimit else { return nil }
        let counts = HyperplaneCounts(geometry, itemCount: points).supports(aggregate.support)
        return UnheldSupport(counts: Array(counts.dropFirst(items)), probability: support.spurious)
    }
}

extension Loloha {
    /// A uniform seed, and an answer that is the value's hash or another.
    public var honestReports: HonestReports {
        let (seeds, range) = (Double(hash.seedCount), Double(configuration.hashRange))
        let truthful = support.truthful
        return HonestReports(
            payloads: PayloadBounds(
                least: (1 - truthful) / (range - 1) / seeds, greatest: truthful / seeds))
    }

    public func payloadCounts(in aggregate: SupportCounts) -> [Int]? { aggregate.support }
}

extension OneBitMean {
    /// Between the bits about both ends of the range.
    public var honestReports: HonestReports {
        let lie = Double(configuration.lieThreshold) * 0x1p-64
        return HonestReports(payloads: PayloadBounds(least: lie, greatest: 1 - lie))
    }

    public func payloadCounts(in aggregate: SupportCounts) -> [Int]? { aggregate.support }

    public var scoreRange: ClosedRange<Double> {
        SupportProbabilities.placeRange(lie: configuration.lieThreshold, gap: gap)
    }
}

extension MemoizedOneBitMean {
    public var honestReports: HonestReports {
        let least = min(support.spurious, 1 - support.truthful)
        return HonestReports(payloads: PayloadBounds(least: least, greatest: 1 - least))
    }

    public func payloadCounts(in aggregate: SupportCounts) -> [Int]? { aggregate.support }

    public var scoreRange: ClosedRange<Double> {
        let influence = ReportInfluence(of: support)
        return -influence.lower...influence.raise
    }
}

extension Piecewise {
    public var honestReports: HonestReports { HonestReports(payloads: PayloadBounds(grid.window)) }

    public func payloadCounts(in aggregate: SupportCounts) -> [Int]? { aggregate.support }

    public var scoreRange: ClosedRange<Double> { MeanScores(grid).placeRange }
}

extension Hybrid {
    /// Of the outputs of the window alone, where there are any; else of the bit.
    public var honestReports: HonestReports {
        let picked = Double(configuration.piecewiseThreshold) * 0x1p-64
        guard picked > 0 else { return bit.honestReports }
        return HonestReports(payloads: PayloadBounds(grid.window, share: picked))
    }

    public func payloadCounts(in aggregate: SupportCounts) -> [Int]? {
        configuration.piecewiseThreshold > 0 ? Array(aggregate.support.dropFirst(2)) : aggregate.support
    }

    public var scoreRange: ClosedRange<Double> {
        configuration.piecewiseThreshold > 0 ? MeanScores(self).placeRange : bit.scoreRange
    }
}

extension SquareWave {
    public var honestReports: HonestReports { HonestReports(payloads: PayloadBounds(window)) }

    public func payloadCounts(in aggregate: SupportCounts) -> [Int]? { aggregate.support }

    /// The share of a bucket is the mean of scores of the outputs.
    public var bucketInfluences: [ReportInfluence] {
        let regression = WindowRegression(WindowChannel(window))
        return (0..<bucketCount).map { bucket in
            let scores = regression.scores(of: WindowEstimates.indicator(bucket..<bucket + 1, of: bucketCount))
            return ReportInfluence(raise: scores.max() ?? 0, lower: max(0, -(scores.min() ?? 0)))
        }
    }
}

extension PayloadBounds {
    /// Of the outputs of a window, with the probability that it is picked.
    init(_ window: WindowResponse, share: Double = 1) {
        self.init(
            least: share * window.outsideProbability, greatest: share * (window.outsideProbability + window.gap),
            total: share)
    }
}

extension MeanScores {
    /// The least and the greatest score, as places from 0 to 1.
    var placeRange: ClosedRange<Double> { (scores.min() ?? 0) + 0.5...(scores.max() ?? 0) + 0.5 }
}

extension SupportProbabilities {
    /// The scores −q/(p − q) and (1 − q)/(p − q) of a bit.
    static func placeRange(lie: UInt64, gap: Double) -> ClosedRange<Double> {
        let lie = Double(lie) * 0x1p-64
        return -lie / gap...(1 - lie) / gap
    }
}
