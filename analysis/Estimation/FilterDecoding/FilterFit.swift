/// What either way of decoding has found, before anything is decided.
struct FilterFit {
    private(set) var estimates: [Double]
    private(set) var standardErrors: [Double]
    private(set) var posteriorMeans: [Double]
    /// Of candidates with equal filters, the estimate and standard error of their sum.
    private(set) var equalSums: [Int: (estimate: Double, standardError: Double)] = [:]
    private(set) var scale: Double
    let unknownShare: Double
    let dispersion: Double
    let misfitDeviations: Double
    private(set) var groups: [[Int]] = []
    var isRobust = false
    var iterationCount = 0
    private(set) var covariance: DenseShares?

    init(_ dense: DenseShares) {
        (estimates, scale) = (dense.estimates, dense.scale)
        standardErrors = dense.variances.map { $0.squareRoot() }
        posteriorMeans = dense.estimates.map { max($0, 0) }
        unknownShare = 1 - dense.estimates.reduce(0, +)
        (dispersion, misfitDeviations) = (dense.dispersion, dense.misfitDeviations)
        (groups, covariance) = (dense.groups, dense)
    }

    init(_ passing: MessagePassing, refined: ActiveShares?) {
        (estimates, scale) = (passing.estimates, passing.scale)
        var variances = passing.variances
        posteriorMeans = passing.posteriors.map(\.mean)
        if let refined {
            for (place, candidate) in refined.candidates.enumerated() {
                estimates[candidate] = refined.estimates[place]
                variances[candidate] = refined.variances[place]
                posteriorMeans[candidate] = refined.posteriors[place].mean
            }
        }
        let factor = passing.isRobust ? max(1, passing.dispersion) : 1
        standardErrors = variances.map { ($0 * factor).squareRoot() }
        unknownShare = passing.unknownShare
        (dispersion, misfitDeviations) = passing.misfit()
        (isRobust, iterationCount) = (passing.isRobust, passing.iterationCount)
    }

    /// Raises what is known to be too small.
    mutating func raiseStandardErrors(by factor: Double) {
        for candidate in standardErrors.indices { standardErrors[candidate] *= factor }
    }

    /// Puts the estimates of some candidates back among all: those with equal filters get a group and no estimate, as only
    /// their sum is known.
    mutating func expand(from kept: [Int], equal: [[Int]], count: Int) {
        var all = (
            estimates: [Double](repeating: .nan, count: count), errors: [Double](repeating: .infinity, count: count),
            means: [Double](repeating: .nan, count: count)
        )
        for (place, candidate) in kept.enumerated() {
            all.estimates[candidate] = estimates[place]
            all.errors[candidate] = standardErrors[place]
            all.means[candidate] = posteriorMeans[place]
        }
        groups = groups.map { $0.map { kept[$0] } }
        covariance?.relabel(kept)
        for group in equal {
            let sum = (all.estimates[group[0]], all.errors[group[0]])
            for candidate in group {
                equalSums[candidate] = sum
                all.errors[candidate] = .infinity
            }
            if let place = groups.firstIndex(where: { $0.contains(group[0]) }) {
                groups[place] = Set(groups[place] + group).sorted()
            } else {
                groups.append(group)
            }
        }
        groups.sort { $0[0] < $1[0] }
        (estimates, standardErrors, posteriorMeans) = (all.estimates, all.errors, all.means)
    }
}
