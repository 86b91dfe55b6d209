internal import Estimation
internal import Foundation
internal import Mechanisms
internal import MetricDefinitions

/// What noisy Bloom filters say beside the candidates' frequencies.
extension EstimateNotes {
    func remarkSentences(groups: [EstimateGroup], values: [MechanismInput]) -> [String] {
        groups.flatMap { group -> [String] in
            guard let remarks = group.estimates?.remarks else { return [] }
            let prefix = request.byPeriod ? "\(group.from): " : ""
            return Self.sentences(remarks, values: values.map(\.shownText)).map { prefix + $0 }
        }
    }

    /// The remarks in words.
    static func sentences(_ remarks: FilterRemarks, values: [String]) -> [String] {
        var sentences = [
            remarks.isInsufficient
                ? insufficiency(remarks, candidateCount: values.count)
                : "The smallest share that is detected with a probability of 80 % is "
                    + "\(percent(remarks.smallestDetectableShare))."
        ]
        if !remarks.isInsufficient, remarks.unknownShare.isFinite {
            sentences.append(
                "Strings that are not among the candidates have about "
                    + "\(percent(min(max(remarks.unknownShare, 0), 1))) of the reports.")
        }
        if remarks.isMisfit {
            sentences.append(
                "The counts do not fit: strings that occur are missing from the candidates, devices sent several "
                    + "reports, or the noise is another than the registry says. Intervals allow for missing strings.")
        }
        for group in remarks.indistinguishable {
            let names = group.prefix(5).map { "'\(values[$0])'" }.joined(separator: ", ")
            let more = group.count > 5 ? " and \(group.count - 5) more" : ""
            sentences.append("The bits cannot tell these candidates apart: \(names)\(more).")
        }
        return sentences
    }

    /// Why nothing is detected: more reports are no remedy where candidates share their bits, or the counts do not fit.
    private static func insufficiency(_ remarks: FilterRemarks, candidateCount: Int) -> String {
        if remarks.indistinguishable.reduce(0, { $0 + $1.count }) == candidateCount, candidateCount > 0 {
            return "The bits tell none of the candidates from others, so none is detected: name fewer."
        }
        let reason = remarks.isMisfit ? "The reports fit too badly" : "There are too few reports"
        return reason + ": not even a string of a quarter of them would be detected, so none is."
    }

    private static func percent(_ share: Double) -> String { String(format: "%.2g %%", 100 * share) }
}

extension MechanismInput {
    /// A text as it is, or what stands for no event; other values have names in their domain.
    fileprivate var shownText: String {
        guard case .text(let bytes) = self else { return MetricDomain.absenceLabel }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension EstimateResult {
    /// The remarks for programs.
    func members(of remarks: FilterRemarks) -> [(String, JSONOutput)] {
        [
            ("unknown_share", .cell(.significant(remarks.unknownShare, digits: 6))),
            ("smallest_detectable_share", .cell(.significant(remarks.smallestDetectableShare, digits: 6))),
            ("insufficient_data", .cell(.boolean(remarks.isInsufficient))),
            ("misfit", .cell(.boolean(remarks.isMisfit))),
            (
                "indistinguishable",
                .array(
                    remarks.indistinguishable.map { group in
                        .array(
                            group.map {
                                .cell(EstimateRows.name(of: values[$0], in: definition.domain, for: .programs))
                            })
                    })
            ),
        ]
    }
}
