internal import LocalPrivacy
public import Mechanisms

/// A "pure" protocol in the sense of [WBLJ17] §3: a report supports a set of values, the device's own with probability
/// p* and any other with q*. Counting support is then all that a mechanism must add.
public protocol PureFrequencyOracle: ForeseeableOracle {
    /// p* and q* of a report, over all its noise.
    var support: SupportProbabilities { get }

    /// p* and q* of the noise that all reports of a device about one value share; `nil` if there is none.
    var permanentSupport: SupportProbabilities? { get }

    /// How the supports of so many values depend on each other, whichever values they are, if that is known: what errors of
    /// sums are made of; by default `nil`, from which follow upper bounds.
    func subsetSupport(ofValues count: Int) -> SubsetSupport?

    /// How many of the reports support each value, in item order.
    ///
    /// Where a report stands for many values, what is counted are the reports, and this is a transform of their counts.
    func supportCounts(in aggregate: Aggregate) -> [Int]

    /// How often each value of the domain occurs among the reports, in item order; empty if there are none.
    func estimates(from reports: PooledReports<Aggregate>, confidence: ConfidenceLevel) -> [FrequencyEstimate]
}

extension PureFrequencyOracle where Aggregate == SupportCounts {
    public func supportCounts(in aggregate: SupportCounts) -> [Int] { aggregate.support }
}

extension PureFrequencyOracle {
    /// p*: the probability that a report supports the device's own value.
    public var truthfulSupport: Double { support.truthful }

    /// q*: the probability that a report supports a value that is not the device's own.
    public var spuriousSupport: Double { support.spurious }

    public var permanentSupport: SupportProbabilities? { nil }

    public func estimates(
        of candidates: [MechanismInput], from reports: PooledReports<Aggregate>, confidence: ConfidenceLevel,
        progress: EstimationProgress
    ) throws(EstimationError) -> [FrequencyEstimate] {
        let all = estimates(from: reports, confidence: confidence)
        var chosen: [FrequencyEstimate] = []
        for (position, candidate) in candidates.enumerated() {
            guard let item = item(of: candidate) else { throw .candidateOutOfDomain(position: position) }
            if all.indices.contains(item) { chosen.append(all[item]) }
        }
        return chosen
    }

    func item(of candidate: MechanismInput) -> Int? {
        guard case .items(let valueCount) = configuration.domain else { return nil }
        switch candidate {
        case .item(let item): return (0..<valueCount).contains(item) ? item : nil
        case .absent: return configuration.reportsAbsence ? valueCount : nil
        case .text, .place, .pair: return nil
        }
    }

    /// Reports of several periods share the noise of permanent responses.
    func noise(of reports: PooledReports<Aggregate>) -> SupportNoise {
        guard let permanentSupport, reports.countsByDay.count > 1 else { return .independent }
        return .shared(permanentSupport, ReportOverlap(reportCounts: Array(reports.countsByDay.values)))
    }

    public func estimates(
        from reports: PooledReports<Aggregate>, confidence: ConfidenceLevel
    ) -> [FrequencyEstimate] {
        guard reports.reportCount > 0 else { return [] }
        let model = SupportModel(reportCount: reports.reportCount, support: support, noise: noise(of: reports))
        let counts = supportCounts(in: reports.aggregate)
        let threshold = FrequencyEstimate.familyErrorRate / Double(counts.count)
        // Values with equal support have equal estimates, and among many values most share theirs with others.
        var known: [Int: FrequencyEstimate] = [:]
        return counts.map { supportCount in
            if let estimate = known[supportCount] { return estimate }
            let estimate = model.estimate(
                supportCount: supportCount, confidence: confidence, detectionThreshold: threshold)
            known[supportCount] = estimate
            return estimate
        }
    }
}
