/// What the curvature of the log-likelihood at its maximum says about shares.
struct JointInformation {
    private let fit: JointFit
    private let information: SymmetricMatrix
    private let active: [Int]
    private let factor: SymmetricMatrix
    /// The same with the cells that have no mass and well could have.
    private let wide: WideInformation?
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
        let present = Set(active), (count, z) = (likelihood.reportCount, z)
        let possible = fit.distribution.indices.filter { cell in
            guard !present.contains(cell) else { return true }
            let missing = max(0, 1 - fit.gradient[cell])
            let schur = max(0, information[cell, cell] - factor.inverseForm(of: active.map { information[cell, $0] }))
            // The slope that keeps it at 0 is no steeper than noise makes slopes.
            return count * missing * missing < z * z * (schur + missing * missing)
        }
        wide = possible.count > active.count ? WideInformation(information, cells: possible) : nil
    }

    /// The share of some cells together.
    ///
    /// With H the information of the cells with mass over n, H·p = 1 at the maximum, so that the covariance of their
    /// shares under Σp = 1, H⁻¹ − H⁻¹1·1ᵀH⁻¹/(1ᵀH⁻¹1), is (H⁻¹ − p·pᵀ)/n.
    func share(of cells: [Int]) -> AssociationEstimate.Share {
        let frequency = min(1, cells.reduce(0) { $0 + fit.distribution[$1] })
        let chosen = active.map { cells.contains($0) ? 1.0 : 0 }
        guard chosen.contains(1) else { return absentShare(of: cells) }
        // Cells at 0 that could be above it take from these: to hold them at 0 would make the interval too narrow.
        let narrow = factor.inverseForm(of: chosen) - frequency * frequency
        let variance = max(0, narrow, wide?.variance(of: cells) ?? 0) / reportCount
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

/// Information over cells with and without mass, under the constraint that shares add up to 1.
private struct WideInformation {
    private let cells: [Int]
    private let factor: SymmetricMatrix
    /// H⁻¹1 and its sum.
    private let spread: [Double], total: Double

    /// `nil` where the cells cannot be told apart.
    init?(_ information: SymmetricMatrix, cells: [Int]) {
        var factor = SymmetricMatrix(size: cells.count) { information[cells[$0], cells[$1]] }
        guard factor.factorise(progress: { _ in }) == nil else { return nil }
        spread = factor.solution(of: [Double](repeating: 1, count: cells.count))
        total = spread.reduce(0, +)
        (self.cells, self.factor) = (cells, factor)
    }

    /// n times the variance of the share of some cells together: H⁻¹ − H⁻¹1·1ᵀH⁻¹/(1ᵀH⁻¹1).
    func variance(of chosen: [Int]) -> Double {
        let isChosen = cells.map { chosen.contains($0) ? 1.0 : 0 }
        let sum = zip(isChosen, spread).reduce(0.0) { $0 + $1.0 * $1.1 }
        return factor.inverseForm(of: isChosen) - sum * sum / total
    }
}
