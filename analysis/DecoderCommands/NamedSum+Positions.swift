internal import Estimation
internal import Mechanisms
internal import MetricDefinitions

extension EstimateChoices {
    /// The positions of every sum's values among those that are estimated.
    ///
    /// - Throws: ``CommandError`` of status 2 where values are none, are there twice or are no frequencies at all.
    func positions(
        in values: [MechanismInput], of definition: MetricDefinition, counter: any ReportCounter
    ) throws(CommandError) -> [[Int]] {
        guard counter is any FrequencyOracle else {
            try refuseFrequencies(of: definition, counter: counter)
            return []
        }
        guard !sums.isEmpty else { return [] }
        let labels = definition.domain.labels
        var known: [MechanismInput: Int] = [:]
        for (position, value) in values.enumerated() { known[value] = position }
        return try sums.map { (sum) throws(CommandError) in
            if labels.contains(sum.name) || sum.name == MetricDomain.absenceLabel
                || known[.text(Array(sum.name.utf8))] != nil
            {
                throw CommandError(
                    .usage, "--sum \(sum.name): is a value of \(definition.name). Give the sum another name.")
            }
            var positions: [Int] = []
            for member in sum.members {
                guard let position = known[input(of: member, labels: labels, domain: definition.domain)] else {
                    throw refusal(of: member, in: sum, definition: definition, values: values)
                }
                guard !positions.contains(position) else {
                    throw CommandError(.usage, "--sum \(sum.name): has '\(member.text)' twice. Leave one out.")
                }
                positions.append(position)
            }
            return positions
        }
    }

    /// What counts values asks for, refused where there are none.
    private func refuseFrequencies(
        of definition: MetricDefinition, counter: any ReportCounter
    ) throws(CommandError) {
        let asked: [(String, Bool)] = [
            ("--sum", !sums.isEmpty), ("--with", !additions.isEmpty), ("--correction", correction != .bonferroni),
        ]
        guard let option = asked.first(where: { $0.1 })?.0 else { return }
        guard !(counter is any HistogramOracle) else {
            throw CommandError(
                .usage,
                "\(option): \(definition.name) is a number that is counted in buckets, and "
                    + bucketReason(option, counter: counter) + ". Leave it out.")
        }
        throw CommandError(
            .usage,
            "\(option): \(definition.name) is a \(definition.domain.typeName), and its mean is no frequency of values. "
                + "Leave it out.")
    }

    /// Why rows of buckets have not what rows of values have.
    private func bucketReason(_ option: String, counter: any ReportCounter) -> String {
        switch option {
        case "--sum": return "only values are added up"
        case "--correction": return "what is detected of buckets is always decided by Bonferroni's correction"
        default:
            guard additions.contains(.denoised), counter is any DistributionOracle else {
                return "columns are added to rows of values alone"
            }
            return
                "the rows of its buckets have a denoised column without being asked for it; other columns are added to "
                + "rows of values alone"
        }
    }

    private func input(of member: NamedSum.Member, labels: [String], domain: MetricDomain) -> MechanismInput {
        if member.text == MetricDomain.absenceLabel, !member.isQuoted { return .absent }
        if case .string = domain { return .text(Array(member.text.utf8)) }
        // A label that is none is no item.
        return .item(labels.firstIndex(of: member.text) ?? -1)
    }

    private func refusal(
        of member: NamedSum.Member, in sum: NamedSum, definition: MetricDefinition, values: [MechanismInput]
    ) -> CommandError {
        let start = "--sum \(sum.name): "
        if member.text == MetricDomain.absenceLabel, !member.isQuoted {
            return CommandError(
                .usage,
                start + "\(definition.name) has no row for no event. Leave \(MetricDomain.absenceLabel) out.")
        }
        guard case .string = definition.domain else {
            let absence = values.contains(.absent) ? [MetricDomain.absenceLabel] : []
            let names = (definition.domain.labels + absence).joined(separator: ", ")
            return CommandError(
                .usage, start + "'\(member.text)' is no value of \(definition.name). It has: \(names)")
        }
        return CommandError(
            .usage, start + "'\(member.text)' is not among the candidates. Add it to them, or leave it out.")
    }
}
