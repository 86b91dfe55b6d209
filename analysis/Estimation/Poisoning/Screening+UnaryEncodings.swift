public import Mechanisms
internal import ReportFormat

extension UnaryEncoding where Self: PureFrequencyOracle, Aggregate == BitCounts {
    /// Every value has one bit.
    public var honestReports: HonestReports {
        HonestReports(weights: WeightLaws(bitCount: shape.bitCount, support: support))
    }

    public var supportsPairs: Bool { true }

    public func pairSupport(of values: [MechanismInput]) -> PairSupport? {
        PairSupport(bits: values.compactMap(item(of:)), support: support)
    }
}

extension OptimizedSymmetricUnaryEncoding {
    /// Every value has one bit, and both stages treat each bit alone.
    public var honestReports: HonestReports {
        HonestReports(weights: WeightLaws(bitCount: shape.bitCount, support: support))
    }

    public var supportsPairs: Bool { true }

    public func pairSupport(of values: [MechanismInput]) -> PairSupport? {
        PairSupport(bits: values.compactMap(item(of:)), support: support)
    }
}

extension BasicRappor {
    /// Every value has one bit, and "no event" has none.
    public var honestReports: HonestReports {
        HonestReports(
            weights: WeightLaws(
                bitCount: configuration.valueCount, support: response.rule.support,
                trueBits: (configuration.reportsAbsence ? 0 : 1)...1))
    }

    public var supportsPairs: Bool { true }

    public func pairSupport(of values: [MechanismInput]) -> PairSupport? {
        let bits = values.compactMap(bit(of:)).filter { $0 < configuration.valueCount }
        return PairSupport(bits: bits, support: response.rule.support)
    }

    /// "No event" is what all counts leave: n − Σ (C − n·q*)/(p* − q*).
    public func influence(on value: MechanismInput) -> ReportInfluence? {
        let one = ReportInfluence(of: response.rule.support)
        guard value == .absent else { return one }
        let bits = Double(configuration.valueCount)
        return ReportInfluence(raise: 1 + bits * one.lower, lower: max(0, bits * one.raise - 1))
    }
}

extension Rappor {
    /// A filter has from one bit to as many as there are hash functions; "no event" has none.
    public var honestReports: HonestReports {
        HonestReports(
            weights: WeightLaws(
                bitCount: configuration.bitCount, support: response.rule.support,
                trueBits: (configuration.reportsAbsence ? 0 : 1)...configuration.hashCount))
    }

    /// Of the mean over a candidate's bits: decoding is not linear.
    public func influence(on value: MechanismInput) -> ReportInfluence? {
        let one = ReportInfluence(of: response.rule.support)
        return ReportInfluence(raise: one.raise, lower: one.lower, isExact: false)
    }
}

extension DBitFlip {
    /// The own bucket is among the sampled with probability d/k; the bits of a report are as many as it samples.
    public var honestReports: HonestReports {
        let (sampled, all) = (configuration.sampleCount, configuration.bucketCount)
        let flip = Double(configuration.flipThreshold) * 0x1p-64
        let support = SupportProbabilities(
            truthful: 1 - flip, spurious: flip, gap: Double(0 &- 2 &* configuration.flipThreshold) * 0x1p-64)
        let with = WeightLaws.law(bitCount: sampled, trueBits: 1, support: support)
        let without = WeightLaws.law(bitCount: sampled, trueBits: 0, support: support)
        let share = Double(sampled) / Double(all)
        let law = zip(with, without).map { share * $0 + (1 - share) * $1 }
        return HonestReports(weights: WeightLaws(laws: [law], firstByte: storedByteCount - (sampled + 7) / 8))
    }

    /// One of the reports that sample a bucket moves its count k/d times as far; their number changes too.
    public var bucketInfluences: [ReportInfluence] {
        let flip = Double(configuration.flipThreshold) * 0x1p-64
        let gap = Double(0 &- 2 &* configuration.flipThreshold) * 0x1p-64
        let most = Double(bucketCount) / Double(configuration.sampleCount) * (1 - flip) / gap
        return [ReportInfluence](
            repeating: ReportInfluence(raise: most, lower: most, isExact: false), count: bucketCount)
    }
}
