/// The section of docs/rappor.md on regression tests, in Markdown.
public struct RegressionPage: Sendable {
    /// What the section starts with, and what a later one starts with.
    public static let heading = "## Regression test families"

    private let results: [RegressionResult]
    private let verdicts: RegressionVerdicts

    public init(_ results: [RegressionResult], _ verdicts: RegressionVerdicts) {
        (self.results, self.verdicts) = (results, verdicts)
    }

    /// A page with this section in place of the one it has, or at its end.
    public func replacingSection(of page: String) -> String {
        var lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        guard let start = lines.firstIndex(of: Self.heading) else {
            let gap = lines.isEmpty || lines.last == "" ? "" : "\n"
            return lines.map { $0 + "\n" }.joined() + gap + markdown
        }
        let end = lines[(start + 1)...].firstIndex { $0.hasPrefix("## ") } ?? lines.endIndex
        let before = lines[..<start].map { $0 + "\n" }.joined(), after = lines[end...].map { $0 + "\n" }.joined()
        return before + markdown + (after.isEmpty ? "" : "\n") + after
    }

    /// The section. Equal results give equal sections but for the times.
    public var markdown: String {
        var text = """
            \(Self.heading)

            \(introduction)

            ### What is asked, and what came out

            | Rule | Found | Verdict |
            | --- | --- | --- |

            """
        for verdict in verdicts.all {
            text += "| \(verdict.rule) | \(verdict.found) | \(verdict.outcome.rawValue) |\n"
        }
        text += """

            ### Families

            Detected and false are means of a run; for strict (Bonferroni at 5 %), fdr (Storey and Benjamini–Hochberg at \
            5 %) and the reference, which is our emulation of google/rappor's rule. TV is the total variation: half the sum \
            of differences between found and true fractions, what is not found and what is no candidate included. In `tiny` \
            the decoder says that there are too few reports and lists nothing, which the rules about TV leave out.

            | Family | Strict: detected, false, coverage | fdr: detected, false share, coverage | Reference: detected, \
            false | TV: strict, fdr, reference, best baseline | Misfit | Seconds |
            | --- | --- | --- | --- | --- | --- | --- |

            """
        var families: [RegressionFamily] = []
        for result in results where !families.contains(result.family) { families.append(result.family) }
        for family in families { text += row(of: family) }
        return text
    }

    private var introduction: String {
        let runs = results.filter { !$0.family.isForTiming }.map(\.runCount).max() ?? 0
        return """
            Written by `make regtest`; do not edit. A family is a population, parameters and a dictionary, run \(runs) times \
            with random filters and counts of its own; noise is seeded by the family's name and the run. `demo` has \
            google/rappor's own parameters, `typ`, `sharp` and `loose` those of its regression tests, `big` and `overx` \
            1,100 and up to eleven times too many candidates, `tiny` a thousand reports; `p1`, `p2`, `p5`, `chrome`, `win` \
            and `home` are figures and deployments. In most, every tenth value is missing from the dictionary, and with \
            `drop2` the two heaviest as well.

            The reference and the baselines take the first 40 runs, and 20 with more than 600 values and absent candidates. The baselines:
            - `nnls_bonferroni`, `nnls_fdr`: weighted non-negative least squares, found by Bonferroni or by Benjamini and \
            Hochberg's steps at 5 %.
            - `wls_bonferroni`: weighted least squares, for fewer candidates than rows.
            - `lasso_bonferroni`: a lasso with the universal penalty and an intercept, least squares on what it chooses.
            - `binomial_ml`: binomial maximum likelihood with fractions that are not negative and sum to at most 1, found \
            by Benjamini and Hochberg's steps.
            """
    }

    private func row(of family: RegressionFamily) -> String {
        let own = results.filter { $0.family == family }
        let strict = own.first { $0.correction == .bonferroni }, fdr = own.first { $0.correction == .fdr }
        func coverage(_ result: RegressionResult) -> String {
            result.coverage.map { decimal(100 * $0, 1) + " %" } ?? "–"
        }
        let comparison = fdr?.comparison ?? strict?.comparison
        let best = comparison?.best
        var variations = [strict?.totalVariation, fdr?.totalVariation, comparison?.referenceTotalVariation].map {
            (variation: Double?) -> String in
            variation.map { decimal($0, 3) } ?? "–"
        }
        variations.append(best.map { "\(decimal($0.totalVariation, 3)) (\($0.baseline.rawValue))" } ?? "–")
        var cells = ["`\(family.name)`"]
        cells.append(
            strict.map { "\(decimal($0.detected, 1)), \(decimal($0.falsePositives, 2)), \(coverage($0))" } ?? "–")
        cells.append(fdr.map { "\(decimal($0.detected, 1)), \(decimal($0.falseShare, 3)), \(coverage($0))" } ?? "–")
        cells.append(
            comparison.map { "\(decimal($0.referenceDetected, 1)), \(decimal($0.referenceFalse, 1))" } ?? "–")
        cells.append(variations.joined(separator: ", "))
        cells.append(own.first.map { decimal(100 * $0.misfitShare, 0) + " %" } ?? "–")
        cells.append(own.first.map { decimal($0.processorSeconds, 3) } ?? "–")
        return "| " + cells.joined(separator: " | ") + " |\n"
    }
}
