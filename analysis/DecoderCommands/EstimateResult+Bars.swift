internal import Estimation
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat
internal import Reports

/// The rows of an estimate as bars, in the order and the number of the table for people.
extension EstimateResult {
    /// A bar for each row of a group's table; `nil` below the release gate.
    func chart(of group: EstimateGroup) -> BarChart? {
        guard let released = group.estimates, let rows = rows(of: group) else { return nil }
        let shown = rows.shown
        var chart = BarChart(
            scale: scale, bars: shown.map { bar(at: $0, of: released) } + sumBars(of: released),
            range: scale == .number ? definition.domain.numberRange : nil)
        chart.omitted.count = rows.count - shown.count
        return chart
    }

    /// A series of days for each row, of which there are as many as a table shows; without any for a single day.
    var series: [DaySeries] {
        guard request.byPeriod, let released = groups.compactMap(\.estimates).first else { return [] }
        func series(_ bar: (ReleasedEstimates) -> Bar) -> DaySeries {
            let points = groups.map { group in
                DaySeries.Point(
                    index: Int(group.from.index), day: group.from.description, bar: group.estimates.map(bar))
            }
            let name = points.compactMap(\.bar).first?.name ?? ""
            return DaySeries(name: name, scale: scale, points: points)
        }
        let sums = sumBars(of: released).indices
        return followed.map { row in series { bar(at: row, of: $0) } }
            + sums.map { place in series { sumBars(of: $0)[place] } }
    }

    /// What the figures are numbers of.
    var scale: FigureScale {
        switch groups.compactMap(\.estimates).first?.figures {
        case .frequencies, nil: .share
        case .mean: .number
        case .numbers(let figures): figures.view == .distribution ? .share : .number
        }
    }

    /// The rows that are followed over days: where a table has not all, those detected on any day first, and those that are
    /// most frequent over all days.
    private var followed: [Int] {
        let counted = groups.compactMap { rows(of: $0)?.count }.first ?? 0
        guard counted > EstimateRows.shownLimit else { return Array(0..<counted) }
        var totals = [(isDetected: Bool, frequency: Double)](repeating: (false, 0), count: values.count)
        for group in groups {
            guard case .frequencies(let estimates) = group.estimates?.figures else { continue }
            for (row, estimate) in estimates.enumerated() {
                totals[row].isDetected = totals[row].isDetected || estimate.isDetected
                totals[row].frequency += estimate.frequency.isNaN ? 0 : estimate.frequency
            }
        }
        guard totals.count == counted else { return Array(0..<counted) }
        let sorted = totals.indices.sorted { left, right in
            let (first, second) = (totals[left], totals[right])
            guard first.isDetected == second.isDetected else { return first.isDetected }
            return first.frequency == second.frequency ? left < right : first.frequency > second.frequency
        }
        return Array(sorted.prefix(EstimateRows.shownLimit))
    }

    private func bar(at row: Int, of released: ReleasedEstimates) -> Bar {
        switch released.figures {
        case .frequencies(let estimates): return Bar(estimates[row], name: name(at: row))
        case .mean(let mean): return Bar(mean)
        case .numbers(let figures):
            if figures.view == .distribution {
                let name = NumberFigures.label(row, of: figures.histogram.count, in: figures.range)
                return Bar(figures.histogram[row], name: name)
            }
            guard let distribution = figures.distribution else {
                preconditionFailure("quantiles and a mean are those of a distribution")
            }
            if figures.view == .mean { return Bar(distribution.mean) }
            let quantile = distribution.quantiles[row]
            return Bar(quantile, name: NumberFigures.name(of: quantile))
        }
    }

    private func name(at row: Int) -> String {
        guard case .text(let name) = EstimateRows.name(of: values[row], in: definition.domain, for: .people) else {
            return ""
        }
        return name
    }

    private func sumBars(of released: ReleasedEstimates) -> [Bar] {
        zip(request.choices.sums, released.sums).map { Bar($1.estimate, name: $0.name) }
    }
}
