/// Whether two variables depend on each other: the score test of independence.
///
/// With α and β the marginal distributions, u_ra = L_ra/(L_r·α) and w_rb = R_rb/(R_r·β), the score of the pair (a, b) in
/// the direction away from α·βᵀ is Σ_r u_ra·w_rb. If the variables are independent, the first reports of a cohort's
/// devices can be exchanged among them while the second ones stay. α and u do not change by that, so that the mean and the
/// covariance of the scores over all exchanges are known exactly: with sums over each cohort's n_c reports,
///
///     S_ab = Σ_c Σ_r (u_ra − ū_ca)·(w_rb − w̄_cb),   mean 0,
///     covariance Σ_c [Σ_r (u_r − ū_c)(u_r − ū_c)ᵀ] ⊗ [Σ_r (w_r − w̄_c)(w_r − w̄_c)ᵀ] / (n_c − 1).
///
/// By the combinatorial central limit theorem [Hoe51], Sᵀ·covariance⁻¹·S is chi-square with its rank as degrees of
/// freedom, (A − 1)·(B − 1) where all values can be told apart. Unlike a ratio of likelihoods this needs no share away
/// from 0. It has power against every dependence that a pair's score shows.
public struct IndependenceTest: Hashable, Sendable {
    /// Chi-square.
    public let statistic: Double
    /// Its degrees of freedom; 0 where one variable has a single value or a single kind of report.
    public let degreesOfFreedom: Int
    /// The probability of this much or more if the variables are independent.
    public let pValue: Double

    /// The most degrees of freedom. Beyond, the rarest values of the variable with more count as one.
    public static let degreesOfFreedomLimit = 900

    /// Tests reports of which the marginal distributions are known.
    init(of reports: AssociationReports, marginals: ([Double], [Double])) {
        var counts = (marginals.0.count, marginals.1.count)
        while (counts.0 - 1) * (counts.1 - 1) > Self.degreesOfFreedomLimit {
            if counts.0 >= counts.1 { counts.0 -= 1 } else { counts.1 -= 1 }
        }
        let first = ScoreTable(reports.first, marginal: marginals.0, valueCount: counts.0)
        let second = ScoreTable(reports.second, marginal: marginals.1, valueCount: counts.1)
        var scores = [Double](repeating: 0, count: first.width * second.width)
        var covariance = [Double](repeating: 0, count: scores.count * (scores.count + 1) / 2)
        for cohort in Dictionary(grouping: reports.reports, by: \.cohort).sorted(by: { $0.key < $1.key }).map(\.value)
        where cohort.count > 1 {
            let (one, other) = (
                CentredScores(cohort.map { Int($0.first) }, first), CentredScores(cohort.map { Int($0.second) }, second)
            )
            for report in cohort {
                let left = first.row(Int(report.first)), right = second.row(Int(report.second))
                for a in 0..<first.width {
                    let centred = left[left.startIndex + a] - one.means[a]
                    for b in 0..<second.width {
                        scores[a * second.width + b] += centred * (right[right.startIndex + b] - other.means[b])
                    }
                }
            }
            let scale = 1 / Double(cohort.count - 1)
            var place = 0
            for row in scores.indices {
                let (a, b) = row.quotientAndRemainder(dividingBy: second.width)
                for column in 0...row {
                    let (c, d) = column.quotientAndRemainder(dividingBy: second.width)
                    covariance[place] +=
                        scale * one.products[a * first.width + c] * other.products[b * second.width + d]
                    place += 1
                }
            }
        }
        let matrix = SymmetricMatrix(size: scores.count) { covariance[$0 * ($0 + 1) / 2 + $1] }
        let (form, rank) = matrix.quadraticForm(ofInverseAt: scores)
        (statistic, degreesOfFreedom) = (form, rank)
        pValue = rank > 0 ? ChiSquaredDistribution(degreesOfFreedom: rank).upperTail(from: form) : 1
    }
}

/// For each kind of report, its likelihood under each value over that under the marginal distribution. Without the most
/// frequent value, which follows from the others, and with the rarest taken together.
private struct ScoreTable {
    let width: Int
    private let entries: [Double]

    init(_ likelihoods: ReportLikelihoods, marginal: [Double], valueCount: Int) {
        let order = marginal.indices.sorted { marginal[$0] == marginal[$1] ? $0 < $1 : marginal[$0] > marginal[$1] }
        let width = valueCount - 1, rest = order.count - valueCount + 1
        self.width = width
        entries = (0..<likelihoods.kindCount).flatMap { kind in
            let row = likelihoods.row(kind)
            let mixture = marginal.indices.reduce(0) { $0 + row[row.startIndex + $1] * marginal[$1] }
            return (0..<width).map { place in
                let values = place == width - 1 ? order[(place + 1)...].prefix(rest) : order[(place + 1)...(place + 1)]
                return values.reduce(0) { $0 + row[row.startIndex + $1] } / (mixture * Double(values.count))
            }
        }
    }

    func row(_ kind: Int) -> ArraySlice<Double> { entries[kind * width..<(kind + 1) * width] }
}

/// Means of a cohort's scores, and the sums of products of what is left.
private struct CentredScores {
    let means: [Double]
    private(set) var products: [Double]

    init(_ kinds: [Int], _ table: ScoreTable) {
        var means = [Double](repeating: 0, count: table.width)
        for kind in kinds { for (place, score) in table.row(kind).enumerated() { means[place] += score } }
        for place in means.indices { means[place] /= Double(kinds.count) }
        self.means = means
        products = [Double](repeating: 0, count: table.width * table.width)
        for kind in kinds {
            let centred = zip(table.row(kind), means).map(-)
            for a in centred.indices {
                for b in centred.indices { products[a * table.width + b] += centred[a] * centred[b] }
            }
        }
    }
}
