public import ArgumentParser
public import Estimation

/// The options of ``EstimateChoices`` that several commands share.
struct EstimateChoiceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Call detected what is at most 0.05: bonferroni (p-values times their number), holm (never fewer), or fdr (at "
                + "most 5 % of what is detected is false, on average).", valueName: "correction"))
    var correction = EstimateChoices.Correction.bonferroni

    @Flag(help: "Let all intervals of a group cover at once with the confidence (Bonferroni).")
    var simultaneous = false

    @Option(
        help: ArgumentHelp(
            "Add up values in a row of their own; may be repeated. Values are written as in CSV; (none) is no event.",
            valueName: "name=value,…"))
    var sum: [String] = []

    func chosen() throws -> EstimateChoices {
        var choices = EstimateChoices()
        (choices.correction, choices.isSimultaneous) = (correction, simultaneous)
        for text in sum {
            let sum: NamedSum
            do { sum = try NamedSum(text) } catch {
                let what =
                    switch error {
                    case .noName: "has no name"
                    case .noValues: "has no values"
                    case .malformed: "is no line of CSV behind the ="
                    }
                throw ValidationError("--sum '\(text)': \(what). Write, such as, --sum east=JFK,LGA")
            }
            guard !choices.sums.contains(where: { $0.name == sum.name }) else {
                throw ValidationError("--sum '\(sum.name)': is there twice. Give each sum a name of its own")
            }
            choices.sums.append(sum)
        }
        return choices
    }
}

extension EstimateChoices.Correction: ExpressibleByArgument {}
extension IntervalKind: ExpressibleByArgument {}

extension EstimateChoices {
    /// Reads the names of columns, separated by commas.
    static func additions(_ text: String) throws -> Set<Addition> {
        var additions: Set<Addition> = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let addition = Addition(rawValue: String(name)) else {
                let names = Addition.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--with '\(name)': is no column that can be added. There are: \(names)")
            }
            additions.insert(addition)
        }
        return additions
    }
}
