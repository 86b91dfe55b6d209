internal import Estimation
internal import MetricDefinitions

extension RapporDecoding {
    /// All that is known, by key.
    var json: JSONOutput {
        let digits = FrequencyDigits(reportCount: reportCount, for: .programs)
        let columns = EstimateRows.columns(of: .string)
        let elements = JSONOutput.elements(count: names.count) { [names, estimates, unbiased] row in
            let cells = [Self.nameCell(names[row], for: .programs)] + digits.cells(of: estimates[row])
            return .object(
                zip(columns, cells).map { ($0, .cell($1)) }
                    + [("unbiased", .cell(.decimal(unbiased[row], digits: digits.frequency)))])
        }
        return .document(
            .rapporDecode,
            head + [("detected", .cell(.integer(detectedCount)))] + fitMembers + [
                ("smallest_share", .cell(.significant(smallestShare, digits: 6))), ("rows", elements),
                ("notes", .array((inputNotes + notes).map { .cell(.text($0)) })),
            ])
    }

    /// What is said instead where the reports are too few.
    var withheldJSON: JSONOutput {
        .document(
            .rapporDecode,
            head + [
                (
                    "withheld",
                    .object([
                        ("reason", .cell(withheldReason.map { .text($0) } ?? .null)),
                        ("smallest_share", .cell(.significant(smallestShare, digits: 6))),
                    ])
                )
            ])
    }

    private var head: [(String, JSONOutput)] {
        func number(_ value: Double) -> JSONOutput { .cell(.significant(value, digits: 15)) }
        return [
            ("bits", .cell(.integer(parameters.bitCount))), ("hashes", .cell(.integer(parameters.hashCount))),
            ("cohorts", .cell(.integer(parameters.cohortCount))), ("f", number(parameters.permanentNoise)),
            ("p_star", number(parameters.clear)), ("q_star", number(parameters.set)),
            ("correction", .cell(.text(settings.correction.rawValue))), ("alpha", number(settings.alpha)),
            ("confidence", number(settings.confidence.probability)), ("reports", .cell(.integer(reportCount))),
            ("candidates", .cell(.integer(names.count))),
        ]
    }

    private var fitMembers: [(String, JSONOutput)] {
        guard let fit else { return [] }
        func number(_ value: Double) -> JSONOutput { .cell(.significant(value, digits: 6)) }
        return [
            ("unknown_share", number(fit.unknownShare)), ("dispersion", number(fit.dispersion)),
            ("misfit_deviations", number(fit.misfitDeviations)), ("misfit", .cell(.boolean(fit.isMisfit))),
            (
                "variance",
                fit.variance.map { shares in
                    .object([
                        ("explained", number(shares.explained)), ("missing", number(shares.missing)),
                        ("noise", number(shares.noise)),
                    ])
                } ?? .cell(.null)
            ),
            (
                "indistinguishable",
                .array(fit.indistinguishable.map { group in .array(group.map { .cell(.text(names[$0])) }) })
            ),
        ]
    }
}
