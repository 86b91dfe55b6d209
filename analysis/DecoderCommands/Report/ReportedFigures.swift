internal import Estimation
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat
internal import Reports

/// What was estimated of a metric, as the bars of a page.
struct ReportedFigures {
    /// How many values are followed over days.
    static let seriesLimit = 6

    let definition: MetricDefinition
    let values: [MechanismInput]
    /// How many bars a chart has at most; buckets, which are read together, are all there.
    let valueLimit: Int

    func chart(of released: ReleasedEstimates) -> BarChart {
        switch released.figures {
        case .frequencies(let estimates):
            let order = order(of: estimates)
            var chart = BarChart(
                scale: .share, bars: order.prefix(valueLimit).map { bar(of: estimates[$0], name: name(of: values[$0])) }
            )
            let rest = order.dropFirst(valueLimit)
            chart.omitted = (rest.count, rest.count { estimates[$0].isDetected })
            if let remarks = released.remarks, !remarks.isInsufficient, remarks.unknownShare.isFinite {
                chart.otherShare = remarks.unknownShare
            }
            return chart
        case .mean(let mean): return BarChart(scale: .number, bars: [bar(of: mean)], range: range)
        case .numbers(let figures):
            let bars = figures.histogram.enumerated().map { bucket, estimate in
                bar(
                    of: estimate,
                    name: NumberFigures.label(bucket, of: figures.histogram.count, in: figures.range))
            }
            return BarChart(scale: .share, bars: bars, isOrdered: true)
        }
    }

    /// The quantiles and the mean of a distribution.
    func quantiles(of released: ReleasedEstimates) -> [Bar] {
        guard case .numbers(let figures) = released.figures, let distribution = figures.distribution else { return [] }
        let quantiles = distribution.quantiles.map { quantile in
            let percent = Int((quantile.probability * 100).rounded())
            return Bar(quantile, name: percent == 50 ? "half lie below (median)" : "\(percent) % lie below")
        }
        return quantiles + [bar(of: distribution.mean)]
    }

    /// The first values of all days together, or the mean, day by day.
    func series(of groups: [EstimateGroup], in released: ReleasedEstimates) -> [DaySeries] {
        func points(_ bar: (ReleasedEstimates) -> Bar?) -> [DaySeries.Point] {
            groups.map { group in
                DaySeries.Point(
                    index: Int(group.from.index), day: group.from.description, bar: group.estimates.flatMap(bar))
            }
        }
        switch released.figures {
        case .frequencies(let estimates):
            // Where there are two values, one is the rest of the other.
            let followed = order(of: estimates).prefix(definition.domain == .boolean ? 1 : Self.seriesLimit)
            return followed.map { position in
                let name = name(of: values[position])
                return DaySeries(
                    name: name, scale: .share,
                    points: points { released in
                        guard case .frequencies(let estimates) = released.figures else { return nil }
                        return bar(of: estimates[position], name: name)
                    })
            }
        case .mean, .numbers:
            let points = points { released in
                switch released.figures {
                case .frequencies: nil
                case .mean(let mean): bar(of: mean)
                case .numbers(let figures): figures.distribution.map { bar(of: $0.mean) }
                }
            }
            guard points.contains(where: { $0.bar != nil }) else { return [] }
            return [DaySeries(name: "mean", scale: .number, points: points)]
        }
    }

    /// The differences of two times: those detected first, the largest first. What may as well be none is there as an example.
    func differences(of comparison: GroupComparison) -> BarChart {
        let bars = comparison.rows.enumerated().map { position, row in
            Bar(
                row,
                name: comparison.values.indices.contains(position) ? name(of: comparison.values[position]) : "mean")
        }
        let sorted = bars.enumerated().sorted { one, other in
            let (first, second) = (one.element, other.element)
            guard first.standing == second.standing else { return first.standing == .detected }
            let sizes = [first, second].map { $0.estimate.isNaN ? -1 : abs($0.estimate) }
            return sizes[0] == sizes[1] ? one.offset < other.offset : sizes[0] > sizes[1]
        }.map(\.element)
        let isNumber = range != nil
        let limit = min(valueLimit, max(BarChart.openLimit, sorted.count { $0.standing == .detected }))
        var chart = BarChart(scale: isNumber ? .numberDifference : .shareDifference, bars: Array(sorted.prefix(limit)))
        let rest = sorted.dropFirst(limit)
        chart.omitted = (rest.count, rest.count { $0.standing == .detected })
        return chart
    }

    func errorSplit(of released: ReleasedEstimates) -> ErrorSplit? {
        guard let drawn = released.drawn else { return nil }
        let name = name(of: values[drawn.position])
        return ErrorSplit(
            name: name, noiseShare: drawn.noiseShare, population: bar(of: drawn.population, name: name))
    }

    /// Declared values of two, such as true and false, stand as they are asked; others by what is detected and how often.
    private func order(of estimates: [FrequencyEstimate]) -> [Int] {
        if definition.domain == .boolean {
            return estimates.indices.sorted { values[$0] == .item(1) && values[$1] != .item(1) }
        }
        return estimates.indices.sorted { left, right in
            let (first, second) = (estimates[left], estimates[right])
            guard first.isDetected == second.isDetected else { return first.isDetected }
            let counts = [first, second].map { $0.count.isNaN ? -.infinity : $0.count }
            return counts[0] == counts[1] ? left < right : counts[0] > counts[1]
        }
    }

    private func bar(of estimate: FrequencyEstimate, name: String) -> Bar { Bar(estimate, name: name) }

    private func bar(of mean: MeanEstimate) -> Bar { Bar(mean) }

    private var range: ClosedRange<Double>? { definition.domain.numberRange }

    private func name(of value: MechanismInput) -> String {
        guard case .text(let name) = EstimateRows.name(of: value, in: definition.domain, for: .people) else {
            return ""
        }
        return name
    }
}
