internal import Estimation
internal import Foundation
internal import MetricDefinitions
internal import RegistryCompiler

extension RapporDecoding {
    private static let namedGroupLimit = 5

    /// One row per candidate, with the columns of `dither estimate`.
    func rows(for reader: EstimateRows.Reader) -> RowList {
        let digits = FrequencyDigits(reportCount: reportCount, for: reader)
        return RowList(columns: EstimateRows.columns(of: .string), count: names.count) { [names, estimates] row in
            [Self.nameCell(names[row], for: reader)] + digits.cells(of: estimates[row])
        }
    }

    /// The rows for people: detected ones first, the most frequent first.
    var page: String {
        let rows = rows(for: .people)
        let shown =
            rows.count > EstimateRows.shownLimit
            ? Array(sortedRows.prefix(EstimateRows.shownLimit)) : sortedRows
        var lines = [heading, "", rows.table(of: shown).rendered(as: .table)]
        if rows.count > shown.count {
            lines += [
                "\(shown.count) of \(rows.count) candidates are shown, detected ones first, the most frequent first. For all "
                    + "of them: --format csv", "",
            ]
        }
        return (lines + notes.map { "- " + printable($0) }).joined(separator: "\n") + "\n"
    }

    /// What a reader has to know, in sentences.
    var notes: [String] {
        var notes = ["\(detectedCount) of \(names.count) \(fit == nil ? "values" : "candidates") are detected."]
        if let fit { notes.append(Self.sentence(ofUnknownShare: fit.unknownShare)) }
        notes.append(
            "A string of \(Self.percentage(smallestShare)) of the reports is detected with a probability of 80 %.")
        guard let fit else { return notes }
        if fit.isMisfit {
            notes.append("Model misfit (\(Self.residuals(fit))): \(Self.misfitCauses).")
        }
        let groups = fit.indistinguishable
        for group in groups.prefix(Self.namedGroupLimit) {
            let shown = group.prefix(Self.namedGroupLimit).map { "'\(names[$0])'" }.joined(separator: ", ")
            let more = group.count > Self.namedGroupLimit ? " and \(group.count - Self.namedGroupLimit) more" : ""
            notes.append("The bits cannot tell these candidates apart: \(shown)\(more).")
        }
        if groups.count > Self.namedGroupLimit {
            notes.append("So it is with \(groups.count - Self.namedGroupLimit) more groups: see --format json.")
        }
        return notes
    }

    /// Why nothing is shown: more reports are no remedy where candidates share their bits, or the counts do not fit.
    var withheldReason: String? {
        guard isInsufficient else { return nil }
        if let fit, !fit.indistinguishable.isEmpty, unbiased.allSatisfy(\.isNaN) {
            return
                "the bits tell none of the candidates (\(names.count)) from others; look for fewer, or collect reports of more "
                + "cohorts"
        }
        let power = "would be detected with a probability of 80 %"
        let found =
            smallestShare < 1 ? "only strings of \(Self.percentage(smallestShare)) of them or more \(power)" : nil
        let reports = reportCount == 1 ? "1 report is" : "\(reportCount) reports are"
        guard let fit, fit.isMisfit else {
            return "\(reports) too few\(found.map { ": " + $0 } ?? " to detect any string")"
        }
        return "the counts do not fit (\(Self.residuals(fit)): \(Self.misfitCauses)); of \(reportCount) reports, "
            + (found ?? "no string could be detected")
    }

    private static let misfitCauses =
        "strings missing from the dictionary, several reports per client, or wrong f"

    private static func residuals(_ fit: Fit) -> String {
        "residuals \(printed(fit.dispersion, "%.*f", digits: 2)) times the noise"
    }

    private var heading: String {
        let emptyCount = counts.cohortSizes.count { $0 == 0 }
        let empty = emptyCount > 0 ? " (\(emptyCount) without reports)" : ""
        return
            "\(settings.parametersPath): k = \(parameters.bitCount), h = \(parameters.hashCount), m = "
            + "\(parameters.cohortCount)\(empty); \(reportCount) reports; "
            + "\(String(format: "%.6g", settings.confidence.probability * 100)) % intervals"
    }

    private var sortedRows: [Int] {
        names.indices.sorted { left, right in
            let (first, second) = (estimates[left], estimates[right])
            guard first.isDetected == second.isDetected else { return first.isDetected }
            // Candidates that cannot be told apart have no frequency, and are last.
            let (one, other) = (first.frequency, second.frequency)
            guard one.isNaN == other.isNaN else { return other.isNaN }
            return one == other || one.isNaN ? left < right : one > other
        }
    }

    static func nameCell(_ name: String, for reader: EstimateRows.Reader) -> Cell {
        // An empty cell would leave people to guess.
        .text(name.isEmpty && reader == .people ? "\"\"" : name)
    }

    private static func sentence(ofUnknownShare share: Double) -> String {
        share > 0
            ? "About \(percentage(min(share, 1))) of the reports are about strings that are no candidate, or too rare to tell."
            : "The candidates account for all reports."
    }

    private static func percentage(_ share: Double) -> String { printed(share * 100, "%.*g", digits: 3) + " %" }
}
