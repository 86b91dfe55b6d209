public import Estimation
public import Mechanisms
internal import MetricDefinitions

/// By how much values are more frequent, or numbers greater, in one group of reports than in another.
public struct GroupComparison: Sendable {
    /// A difference and what was decided about it.
    public struct Row: Hashable, Sendable {
        /// In the units of the columns: fractions of the reports, or those of a number's range.
        public let difference: DifferenceEstimate
        /// Whether it is not 0, by the correction that was asked for.
        public let isDetected: Bool
    }

    /// The first group, of which there is one.
    public let first: EstimateResult
    /// What is taken from it.
    public let second: EstimateResult
    /// The values of both, in the order of the rows; empty where means are compared.
    public let values: [MechanismInput]
    /// A row for each value, or one for the mean.
    public let rows: [Row]
    /// A row for each sum.
    public let sums: [Row]
    /// What a reader has to know, as sentences.
    public let notes: [String]

    /// Compares two estimates of one group each.
    ///
    /// - Throws: ``CommandError``: of status 2 where the metrics have other values or numbers, and 3 where a group is below
    ///   its metric's `minimum_reports`.
    public init(_ first: EstimateResult, minus second: EstimateResult) throws(CommandError) {
        guard first.definition.domain == second.definition.domain else {
            throw CommandError(
                .usage,
                "--versus-metric \(second.definition.name): has not the values of \(first.definition.name), so that there "
                    + "is nothing to compare. Name a metric of the same type and values.")
        }
        guard let one = first.groups.first?.estimates, let other = second.groups.first?.estimates else {
            let reasons = Self.named(first.withheldReasons, second.withheldReasons)
            throw CommandError(.insufficientData, reasons.joined(separator: "\n"))
        }
        (self.first, self.second) = (first, second)
        let positions = Dictionary(uniqueKeysWithValues: second.values.enumerated().map { ($1, $0) })
        let shared = first.values.enumerated().compactMap { position, value in positions[value].map { (position, $0) } }
        values = shared.map { first.values[$0.0] }
        let correction = first.request.choices.correction
        let mayVaryApart =
            first.definition.identifier == second.definition.identifier && one.origins.groupsMayVaryApart
        switch (one.figures, other.figures) {
        case (.frequencies(let left), .frequencies(let right)):
            let pairs = shared.map { (left[$0.0], right[$0.1]) }
            let differences = Self.differences(pairs, of: values, one, other, mayVaryApart: mayVaryApart)
            let isIndependent = one.origins.valuesAreIndependent && other.origins.valuesAreIndependent
            rows = Self.judged(differences, correction.procedure(ofIndependent: isIndependent))
            let sums = zip(one.sums, other.sums).map { left, right in
                DifferenceEstimate(
                    GroupFigure(left.estimate, reportCount: one.reportCount, origin: left.origin),
                    minus: GroupFigure(right.estimate, reportCount: other.reportCount, origin: right.origin),
                    mayVaryApart: mayVaryApart)
            }
            self.sums = Self.judged(sums, correction.procedure(ofIndependent: false))
        case (.mean(let left), .mean(let right)):
            rows = Self.judged(
                [Self.difference(left, right, one, other, in: first.definition.domain)], .bonferroni)
            sums = []
        default:
            throw CommandError(
                .usage,
                "what is estimated of \(first.definition.name) and of \(second.definition.name) has no difference: only "
                    + "frequencies of values have one, and means. Name other metrics.")
        }
        notes = ComparisonNotes(first: first, second: second).sentences
    }

    private static func named(_ first: [String], _ second: [String]) -> [String] {
        first.map { "the first group: " + $0 } + second.map { "the second group: " + $0 }
    }

    private static func differences(
        _ pairs: [(FrequencyEstimate, FrequencyEstimate)], of values: [MechanismInput], _ one: ReleasedEstimates,
        _ other: ReleasedEstimates, mayVaryApart: Bool
    ) -> [DifferenceEstimate] {
        struct Pair: Hashable {
            let first, second: FrequencyEstimate
        }
        // Equal pairs have equal differences, and among many values many pairs are equal.
        var known: [Pair: DifferenceEstimate] = [:]
        return zip(pairs, values).map { pair, value in
            let key = Pair(first: pair.0, second: pair.1)
            if value != .absent, let found = known[key] { return found }
            func figure(_ estimate: FrequencyEstimate, _ group: ReleasedEstimates) -> GroupFigure {
                let origin = value == .absent ? group.origins.absence : group.origins.value
                return GroupFigure(estimate, reportCount: group.reportCount, origin: origin)
            }
            let difference = DifferenceEstimate(
                figure(pair.0, one), minus: figure(pair.1, other), mayVaryApart: mayVaryApart)
            if value != .absent { known[key] = difference }
            return difference
        }
    }

    /// Of means, in the units of the range; the p-value is that of the places in it.
    private static func difference(
        _ left: MeanEstimate, _ right: MeanEstimate, _ one: ReleasedEstimates, _ other: ReleasedEstimates,
        in domain: MetricDomain
    ) -> DifferenceEstimate {
        guard case .number(let range) = domain else { preconditionFailure("only numbers have a mean") }
        let width = range.high - range.low
        func figure(_ mean: MeanEstimate, _ group: ReleasedEstimates) -> GroupFigure {
            let place = mean.scaled(low: -range.low / width, width: 1 / width)
            return GroupFigure(
                value: place.mean, standardError: place.standardError, interval: place.interval,
                origin: group.origins.mean)
        }
        return DifferenceEstimate(figure(left, one), minus: figure(right, other)).scaled(by: width)
    }

    private static func judged(_ differences: [DifferenceEstimate], _ correction: DetectionCorrection) -> [Row] {
        zip(differences, correction.adjusted(differences.map(\.pValue))).map { difference, adjusted in
            Row(difference: difference, isDetected: adjusted <= FrequencyEstimate.familyErrorRate)
        }
    }
}

/// What a reader of a comparison has to know, in sentences.
private struct ComparisonNotes {
    let first: EstimateResult
    let second: EstimateResult

    var sentences: [String] {
        var notes = [
            "A difference is that between the devices that reported; whether it is one between populations depends on who "
                + "reports in either group."
        ]
        if first.definition.isMemoized, first.definition.identifier == second.definition.identifier {
            notes.append(
                "Devices in both groups share noise, of which nobody can say how much: standard errors are upper bounds."
            )
        }
        if first.values != second.values {
            notes.append("\(MetricDomain.absenceLabel) is left out, since only one group has a row for it.")
        }
        // What is said of both groups is said once.
        let named = [("first", first), ("second", second)].map { name, result in (name, result.notes.dropFirst()) }
        for note in named[0].1 {
            notes.append(named[1].1.contains(note) ? note : "The first group: " + note)
        }
        for note in named[1].1 where !named[0].1.contains(note) { notes.append("The second group: " + note) }
        return notes
    }
}
