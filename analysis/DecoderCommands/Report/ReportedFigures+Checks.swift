internal import Estimation
internal import Foundation
internal import Reports

extension ReportedFigures {
    /// How well the counts of noisy Bloom filters fit; nothing of other mechanisms.
    static func fit(of released: ReleasedEstimates) -> [FitRemark] {
        guard let remarks = released.remarks else { return [] }
        var fit = [
            remarks.isMisfit
                ? FitRemark(
                    isWarning: true,
                    sentence:
                        "The counts do not fit the candidates: values that occur are missing from the list, devices sent "
                        + "several reports, or the noise is another than the registry says.")
                : FitRemark(isWarning: false, sentence: "The counts fit the candidates as well as noise allows.")
        ]
        if remarks.isInsufficient {
            fit.append(
                FitRemark(
                    isWarning: true, sentence: "There is too little to detect even a value of a quarter of the reports."
                ))
        } else {
            let share = String(format: "%.2g", 100 * remarks.smallestDetectableShare)
            fit.append(
                FitRemark(
                    isWarning: false,
                    sentence: "A value that \(share) % of the devices hold is detected with a probability of 80 %."))
        }
        if !remarks.indistinguishable.isEmpty {
            let count = remarks.indistinguishable.reduce(0) { $0 + $1.count }
            fit.append(FitRemark(isWarning: true, sentence: "The bits cannot tell \(count) of the candidates apart."))
        }
        return fit
    }

    /// What was looked at to find reports that are not honest.
    static func testNames(of released: ReleasedEstimates) -> [String] {
        (released.screen?.tests ?? []).map { test in
            switch test {
            case .weights: "the numbers of set bits"
            case .payloads: "how often payloads are sent"
            case .pairs: "which values reports support together"
            }
        }
    }
}
