/// What the curvature of the log-likelihood at its maximum says about shares.
struct JointInformation {
    private let fit: JointFit
    private let information: SymmetricMatrix
    private let active: [Int]
    private let factor: SymmetricMatrix
    private let reportCount: Double
    private let z: Double

    /// The information at a fit; `nil` where cells with mass cannot be told apart.
    init?(_ likelihood: JointLikelihood, at fit: JointFit, confidence: ConfidenceLevel) {
        self.fit = fit
        let information = likelihood.information(at: fit.distribution)
        reportCount = likelihood.reportCount
        z = NormalDistribution.quantile(centralProbability: confidence.probability)
        // Mass that no sample could show: expectation maximisation leaves some where Newton's method leaves none.
        let active = fit.distribution.indices.filter { fit.distribution[$0] * likelihood.reportCount > 1e-6 }
        var factor = SymmetricMatrix(size: active.count) { information[active[$0], active[$1]] }
        guard factor.factorise(progress: { _ in }) == nil else { return nil }
        (self.information, self.active, self.factor) = (information, active, factor)
    }

    /// The share of some cells together.
    ///
    /// With H the information of the cells with mass over n, H·p = 1 at the maximum, so that the covariance of their
    /// shares under Σp = 1, H⁻¹ − H⁻¹1·1ᵀH⁻¹/(1ᵀH⁻¹1), is (H⁻¹ − p·pᵀ)/n.
    func share(of cells: [Int]) -> AssociationEstimate.Share {
        let frequency = min(1, cells.reduce(0) { $0 + fit.distribution[$1] })
        let chosen = active.map { cells.contains($0) ? 1.0 : 0 }
        guard chosen.contains(1) else { return absentShare(of: cells) }
        let variance = max(0, factor.inverseForm(of: chosen) - frequency * frequency) / reportCount
        // A sum of all cells is 1 and does not vary, and rounding leaves next to nothing of it.
        let error = variance < 1e-18 ? 0 : variance.squareRoot(), margin = z * error
        return AssociationEstimate.Share(
            frequency: frequency, standardError: error,
            interval: max(0, frequency - margin)...min(1, frequency + margin))
    }

    /// The share of cells without mass: that of the one of them that could have the most.
    ///
    /// Let s be the Schur complement of the cell's information, and g its gradient over n. Mass v there, taken from the
    /// cells with mass as they lose least by it, costs n·((1 − g)·v + v²·(s + (1 − g)²)/2) of the log-likelihood.
    private func absentShare(of cells: [Int]) -> AssociationEstimate.Share {
        var (largestError, highest) = (0.0, 0.0)
        for cell in cells {
            let coupling = active.map { information[cell, $0] }
            let missing = max(0, 1 - fit.gradient[cell])
            let schur = max(0, information[cell, cell] - factor.inverseForm(of: coupling))
            let curvature = reportCount * (schur + missing * missing), slope = reportCount * missing
            guard curvature > 0 else {
                return AssociationEstimate.Share(frequency: 0, standardError: .infinity, interval: 0...1)
            }
            let bound = z * z / (slope + (slope * slope + curvature * z * z).squareRoot())
            highest = max(highest, min(1, bound))
            largestError = max(largestError, 1 / curvature.squareRoot())
        }
        return AssociationEstimate.Share(frequency: 0, standardError: largestError, interval: 0...highest)
    }
}
