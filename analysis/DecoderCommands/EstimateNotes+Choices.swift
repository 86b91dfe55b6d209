internal import Estimation
internal import Foundation

/// What an ``EstimateChoices`` adds to the notes.
extension EstimateNotes {
    func intervalSentence(periodCount: Int) -> String {
        switch request.choices.interval {
        case .sample:
            "Intervals are for the devices that reported: they hold the error of the noise, not that of who reports."
        case .population where periodCount > 1 && !request.byPeriod:
            "Intervals are for the population of which the devices that reported are a random sample: they hold the error "
                + "of the noise and of that draw. As devices cannot be counted, the draw is taken for that of devices "
                + "which reported on every day; --by period has one report a device."
        case .population:
            "Intervals are for the population of which the devices that reported are a random sample: they hold the error "
                + "of the noise and of that draw."
        }
    }

    func choiceSentences(groups: [EstimateGroup], rowCount: Int) -> [String] {
        let choices = request.choices, released = groups.compactMap(\.estimates)
        var notes: [String] = []
        let intervalCount = rowCount + choices.sums.count
        if choices.isSimultaneous, intervalCount > 1 {
            notes.append(
                "All \(intervalCount) intervals\(perPeriod) cover at once with the probability that one alone claims.")
        }
        switch choices.correction {
        case .bonferroni: break
        case .holm: notes.append("What is detected is decided by Holm's steps; the claim is that of Bonferroni's.")
        case .fdr:
            notes.append(
                "Of what is detected, at most 5 % on average is held by nobody; that something is, is not rare.")
        }
        if !choices.additions.isDisjoint(with: [.denoised, .consistent]) {
            notes.append(
                "What is denoised or consistent is biased and has no interval; the interval is that of the frequency.")
        }
        let bounds = zip(choices.sums, released.first?.sums ?? []).filter { $0.1.isBound }.map(\.0.name)
        if !bounds.isEmpty {
            notes.append(
                "The errors of \(bounds.joined(separator: ", ")) are upper bounds: how its values depend on each other is "
                    + "not known.")
        }
        return notes
    }

    private var perPeriod: String { request.byPeriod ? " of a period" : "" }
}
