internal import Estimation
internal import MetricDefinitions

extension EstimateRows {
    /// The cells that an ``EstimateChoices`` adds to the row of a value.
    static func addedCells(_ added: AddedColumns, at row: Int, digits: FrequencyDigits) -> [Cell] {
        [
            added.denoised.map { .decimal($0[row], digits: digits.frequency) },
            added.consistent.map { .decimal($0[row], digits: digits.frequency) },
            added.adjusted.map { .significant($0[row], digits: digits.significant) },
        ].compactMap(\.self)
    }

    /// The rows of sums, with the columns of the values' rows. Denoised frequencies do not add up, so that theirs is empty.
    static func sumCells(_ released: ReleasedEstimates, names: [NamedSum], for reader: Reader) -> [[Cell]] {
        let digits = FrequencyDigits(reportCount: released.reportCount, for: reader)
        return zip(names, released.sums).enumerated().map { row, sum in
            let added: [Cell?] = [
                released.added.denoised.map { _ in .null },
                released.added.sumsConsistent.map { .decimal($0[row], digits: digits.frequency) },
                released.added.sumsAdjusted.map { .significant($0[row], digits: digits.significant) },
            ]
            return [.text(sum.0.name)] + digits.cells(of: sum.1.estimate) + added.compactMap(\.self)
        }
    }
}

extension EstimateResult {
    /// The sums of a group as JSON: what they add up, and the columns of their rows; nothing where none is asked for.
    func sumMembers(of released: ReleasedEstimates, columns: [String]) -> [(String, JSONOutput)] {
        guard !request.choices.sums.isEmpty else { return [] }
        let rows = EstimateRows.sumCells(released, names: request.choices.sums, for: .programs)
        let sums = zip(zip(request.choices.sums, released.sums), rows).map { sum, cells in
            let (named, estimate) = sum
            let figures = zip(columns, cells).dropFirst().map { ($0, JSONOutput.cell($1)) }
            return JSONOutput.object(
                [("sum", .cell(.text(named.name))), ("values", .array(named.jsonMembers))] + figures
                    + [("is_upper_bound", .cell(.boolean(estimate.isBound)))])
        }
        return [("sums", .array(sums))]
    }
}

extension NamedSum {
    /// The values' texts, and null for no event.
    var jsonMembers: [JSONOutput] {
        members.map { member in
            member.text == MetricDomain.absenceLabel && !member.isQuoted ? .cell(.null) : .cell(.text(member.text))
        }
    }
}

extension EstimateChoices {
    /// What is not as it is without being asked for.
    var members: [(String, JSONOutput)] {
        var members: [(String, JSONOutput)] = []
        if interval != .sample { members.append(("interval", .cell(.text(interval.rawValue)))) }
        if correction != .bonferroni { members.append(("correction", .cell(.text(correction.rawValue)))) }
        if isSimultaneous { members.append(("simultaneous", .cell(.boolean(true)))) }
        return members
    }
}
