/// Whether reports of one device share noise.
package enum SupportNoise: Hashable, Sendable {
    /// Every report's noise is its own.
    case independent
    /// Reports of a device about one value share the noise of a permanent response, whose p* and q* these are.
    case shared(SupportProbabilities, ReportOverlap)
}

/// How many of n reports support a value when a fraction of them is truly about it.
///
/// C is the number of supporting reports, f the fraction. Independent reports give E C = n·(f·p* + (1 − f)·q*) and
/// Var C = n·(f·p*(1 − p*) + (1 − f)·q*(1 − q*)): a sum over devices with known values, without the variance of
/// drawing the devices.
///
/// Reports that share a permanent response follow the law of total variance. Let p₁, q₁ be the probabilities with which
/// the permanent response is the value, and g₂ the difference that this makes to one report, g = p* − q* = (p₁ − q₁)·g₂.
/// Given all permanent responses, reports are independent; device i with r_i reports then expects g₂·r_i more of them
/// where its response is the value. So
///
///     Var C = Σ_reports (s(1 − s) − g₂²·π(1 − π)) + g₂² · Σ_i r_i²·π_i(1 − π_i)
///
/// with s = p*, π = p₁ for those who hold the value, and s = q*, π = q₁ for the others. The first sum is what the fresh
/// noise adds; the second is at most g₂²·(A·p₁(1 − p₁) + B·q₁(1 − q₁)), where A and B bound Σ r_i² of holders and
/// others: A + B ≤ Σ_{t,t'} min(n_t, n_t'), and, since r_i ≤ T, A ≤ f·n·T and B ≤ (1 − f)·n·T. The larger variance takes
/// what it may. When all periods have equally many reports, A = f·Σ min and B = (1 − f)·Σ min.
///
/// Where values share places of a hash table, ``HashCollisions`` adds to the variance.
package struct SupportModel: Sendable {
    /// n, at least one.
    package let reportCount: Int
    package let support: SupportProbabilities
    package let noise: SupportNoise
    /// The collisions of a hash table, if there is one.
    package let collisions: HashCollisions?

    package init(
        reportCount: Int, support: SupportProbabilities, noise: SupportNoise, collisions: HashCollisions? = nil
    ) {
        precondition(reportCount > 0, "an estimate is made of reports")
        (self.reportCount, self.support, self.noise) = (reportCount, support, noise)
        self.collisions = collisions
    }

    /// Below this variance of C a normal interval is joined with one from ``HolderTails``.
    package static let normalVariance = 100.0

    /// The same for reports that share noise: what one device adds to C is up to T times as much.
    var leastNormalVariance: Double {
        guard case .shared(_, let overlap) = noise else { return Self.normalVariance }
        return Self.normalVariance * Double(overlap.periodCount) * Double(overlap.periodCount)
    }

    private var total: Double { Double(reportCount) }

    /// The variance of C, an upper bound of it for shared noise.
    package func variance(frequency: Double) -> Double {
        noiseVariance(frequency: frequency) + collisionVariance(frequency: frequency)
    }

    private func collisionVariance(frequency: Double) -> Double {
        collisions?.variance(holders: total * frequency) ?? 0
    }

    private func noiseVariance(frequency: Double) -> Double {
        let (holders, others) = (total * frequency, total * (1 - frequency))
        let independent = holders * support.truthfulVariance + others * support.spuriousVariance
        guard case .shared(let permanent, let overlap) = noise else { return independent }
        let ratio = support.gap / permanent.gap
        let (own, other) = (permanent.truthfulVariance, permanent.spuriousVariance)
        let pairs = overlap.pairCount, periods = Double(overlap.periodCount)
        let ownPairs = own >= other ? min(pairs, holders * periods) : pairs - min(pairs, others * periods)
        let shared = ownPairs * own + (pairs - ownPairs) * other
        return independent + ratio * ratio * (shared - holders * own - others * other)
    }

    /// What C reports in support say about a value.
    package func estimate(
        supportCount: Int, confidence: ConfidenceLevel, detectionThreshold: Double
    ) -> FrequencyEstimate {
        let excess = Double(supportCount) - total * support.spurious
        let frequency = excess / (total * support.gap)
        let likely = min(max(frequency, 0), 1)
        let (noiseVariance, hashVariance) = (noiseVariance(frequency: likely), collisionVariance(frequency: likely))
        let standardError = (noiseVariance + hashVariance).squareRoot() / support.gap
        let quantile = NormalDistribution.quantile(centralProbability: confidence.probability)
        let margin = quantile * standardError / total
        let reach = collisions.map {
            $0.upperReach(
                missProbability: confidence.missProbability / 2, quantile: quantile, holders: total * likely)
        }
        let lowerMargin = reach.map {
            (quantile * quantile * noiseVariance + $0 * $0).squareRoot() / (support.gap * total)
        }
        // Collisions have a heavier tail above their mean than below, so that estimates are too large by more.
        var (low, high) = (frequency - (lowerMargin ?? margin), frequency + margin)
        if min(noiseVariance, self.noiseVariance(frequency: 0)) < leastNormalVariance {
            let holders = HolderTails(trialCount: reportCount, support: support, noise: noise)
                .interval(supportCount: supportCount, missProbability: confidence.missProbability)
            let margin = quantile * hashVariance.squareRoot() / (support.gap * total)
            low = min(low, holders.lowerBound / total - (reach ?? 0) / (support.gap * total))
            high = max(high, holders.upperBound / total + margin)
        }
        let pValue = pValue(supportCount: supportCount, excess: excess)
        return FrequencyEstimate(
            count: excess / support.gap, standardError: standardError, frequency: frequency, interval: low...high,
            pValue: pValue, isDetected: pValue <= detectionThreshold)
    }

    /// The probability of at least this support when f is 0: exact for independent reports. For those that share noise it
    /// is from the normal distribution with the largest variance that the overlap allows, or where that is small the bound
    /// of ``HolderTails``.
    ///
    /// Where there are collisions, the larger of the exact tail and of a bound of Chernoff's kind: the one is right where
    /// collisions are negligible, however few the reports, the other holds for every number of rows and every spread of
    /// the values.
    private func pValue(supportCount: Int, excess: Double) -> Double {
        guard noise == .independent else {
            let variance = variance(frequency: 0)
            guard variance < leastNormalVariance else {
                return NormalDistribution.upperTail(from: excess / variance.squareRoot())
            }
            return HolderTails(trialCount: reportCount, support: support, noise: noise)
                .upperTail(from: supportCount, holders: 0)
        }
        let exact = BinomialDistribution(trialCount: reportCount, probability: support.spurious)
            .upperTail(from: supportCount)
        guard let collisions else { return exact }
        return max(exact, collisions.tailBound(supportCount: supportCount, reportCount: reportCount))
    }
}
