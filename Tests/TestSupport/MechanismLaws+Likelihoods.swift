internal import BigInt
internal import LocalPrivacy
public import Mechanisms

extension MechanismLaws {
    /// The exact laws about one report: ``MechanismLaw/likelihoodsSumToOne``, ``MechanismLaw/ratiosWithinEpsilon`` and
    /// ``MechanismLaw/lossIsTheWorstRatio``, in integers over every report and every pair of items.
    public static func likelihoodBreaches<M: ExactlyAuditable>(of mechanism: M) -> [LawBreach] {
        let likelihoods = likelihoodTable(of: mechanism)
        let whole = BigUInt(1) << mechanism.likelihoodBitCount
        var breaches: [LawBreach] = []
        for (item, row) in likelihoods.enumerated() where row.reduce(0, +) != whole {
            breaches.append(LawBreach(.likelihoodsSumToOne, "those of item \(item) do not"))
        }
        let ratio = WorstRatio(of: likelihoods)
        if !ExactExponential(mechanism.epsilon).surelyCovers(ratio.likely, over: ratio.unlikely) {
            breaches.append(
                LawBreach(.ratiosWithinEpsilon, "report \(ratio.report) exceeds e^\(mechanism.epsilon)"))
        }
        breaches += lossBreaches(ratio, nanonats: mechanism.loss.nanonats)
        return breaches
    }

    /// The law that the realised loss is the worst ratio's logarithm.
    static func lossBreaches(_ ratio: WorstRatio, nanonats: Int) -> [LawBreach] {
        func exponential(_ nanonats: Int) -> ExactExponential {
            ExactExponential(of: BigUInt(max(0, nanonats)), over: 1_000_000_000)
        }
        if !exponential(nanonats).surelyCovers(ratio.likely, over: ratio.unlikely) {
            return [LawBreach(.lossIsTheWorstRatio, "report \(ratio.report) exceeds \(nanonats) nanonats")]
        }
        if nanonats >= 2, !exponential(nanonats - 2).surelyMisses(ratio.likely, over: ratio.unlikely) {
            return [LawBreach(.lossIsTheWorstRatio, "no report loses as much as \(nanonats) nanonats")]
        }
        return []
    }

    /// ``MechanismLaw/declaredEpsilonIsSpent``.
    static func declarationBreaches<M: ExactlyAuditable>(
        of mechanism: M, unspentNanonats: Int
    ) -> [LawBreach] {
        let unspent = mechanism.epsilon.thousandths * 1_000_000 - mechanism.loss.nanonats
        return (0...max(mechanism.unspentAllowanceNanonats, unspentNanonats + 2)).contains(unspent)
            ? [] : [LawBreach(.declaredEpsilonIsSpent, "\(unspent) nanonats of \(mechanism.epsilon) are left")]
    }

    /// Likelihoods by item, then by report.
    static func likelihoodTable<M: ExactlyAuditable>(of mechanism: M) -> [[BigUInt]] {
        let reports = mechanism.allReports
        return mechanism.auditedInputs.indices.map { item in
            reports.map { BigUInt(wide: mechanism.likelihood(of: $0, given: item)) }
        }
    }
}

/// The largest ratio of two entries of one column: of the likelihoods of one report under two values.
struct WorstRatio {
    var likely: BigUInt, unlikely: BigUInt, report: Int

    /// Of rows by value and columns by report. A report that no value makes has no ratio.
    init(of likelihoods: [[BigUInt]]) {
        (likely, unlikely, report) = (1, 1, 0)
        for column in likelihoods[0].indices {
            let entries = likelihoods.map { $0[column] }
            let (least, greatest) = (entries.min() ?? 0, entries.max() ?? 0)
            // Cross products, so that a ratio to zero is above every other.
            if greatest * unlikely > likely * least { (likely, unlikely, report) = (greatest, least, column) }
        }
    }
}
