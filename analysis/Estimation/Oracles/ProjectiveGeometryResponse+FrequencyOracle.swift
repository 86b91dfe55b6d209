internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension ProjectiveGeometryResponse: PureFrequencyOracle {
    /// p* = (N − T)/N, and with s points on a hyperplane, c on two of them and r off one, q* = p*·c/s + (1 − p*)·(s − c)/r.
    /// s − c = r/q, so that p* − q* = ((N − T)·r − T·s)/(N·s·q), exactly but for the bias of multiply-high, which is below
    /// 2⁻⁴⁰ of each probability.
    public var support: SupportProbabilities {
        let (plane, off) = (geometry.hyperplanePointCount, geometry.otherPointCount)
        let order = Double(geometry.field.order), apart = Double(off) / order
        let (truth, lie) = (0 &- rule.lieThreshold, rule.lieThreshold)
        let truthful = Double(truth) * 0x1p-64
        let excess = UInt128(truth) * UInt128(off) - UInt128(lie) * UInt128(plane)
        let spurious =
            truthful * (Double(plane) - apart) / Double(plane) + Double(lie) * 0x1p-64 * apart / Double(off)
        return SupportProbabilities(
            truthful: truthful, spurious: spurious, gap: Double(excess) * 0x1p-64 / (Double(plane) * order))
    }

    /// Hyperplanes of two points meet in c points, those of three in c too if the points lie on a line, else in fewer. Through
    /// the own point and another goes a line of q + 1 points. As many pairs of a set as can are taken to lie on lines with the
    /// own one: an upper bound.
    public func subsetSupport(ofValues count: Int) -> SubsetSupport? {
        guard geometry.dimension > 2 else {
            // A hyperplane is a point; where there are more points than items, a report may support none.
            guard geometry.pointCount > configuration.itemCount else { return .exclusive }
            return .correlated(
                valueCount: count, support: support, withOwn: -support.truthful * support.spurious,
                betweenOthers: -support.spurious * support.spurious)
        }
        let (plane, off) = (Double(geometry.hyperplanePointCount), Double(geometry.otherPointCount))
        let (order, total) = (Double(geometry.field.order), Double(count))
        let (truthful, spurious) = (support.truthful, support.spurious)
        let two = plane - off / order, three = two - off / (order * order)
        let withOwn = truthful * two / plane - truthful * spurious
        let onLine = truthful * two / plane - spurious * spurious
        let apart = truthful * three / plane + (1 - truthful) * (two - three) / off - spurious * spurious
        func pairs(_ others: Double) -> Double {
            others * (others - 1) * apart + others * min(order - 1, others - 1) * (onLine - apart)
        }
        let own = support.truthfulVariance + (total - 1) * (support.spuriousVariance + 2 * withOwn)
        return .correlated(
            own: own + (count > 1 ? pairs(total - 1) : 0), other: total * support.spuriousVariance + pairs(total))
    }

    /// The counts of the points that were reported.
    public func makeAggregate(of definition: Fingerprint) -> SupportCounts {
        SupportCounts(of: definition, valueCount: shape)
    }

    @inlinable
    public func absorb(_ report: CategoryReport, into aggregate: inout SupportCounts) {
        aggregate.count(supporting: report.category)
    }

    /// The reports on the hyperplane of each item's point.
    public func supportCounts(in aggregate: SupportCounts) -> [Int] {
        HyperplaneCounts(geometry, itemCount: configuration.itemCount).supports(aggregate.support)
    }
}
