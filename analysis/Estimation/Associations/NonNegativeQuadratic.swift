/// ½·(x − x₀)ᵀ·H·(x − x₀) + gᵀ·(x − x₀), which is to be least over x ≥ 0.
///
/// By the active set method of [LH74] ch. 23: solves on the cells that are free, steps as far as none turns negative,
/// and frees the cell whose multiplier is the worst until none is wrong.
struct NonNegativeQuadratic {
    let matrix: SymmetricMatrix
    let start: [Double]
    let slope: [Double]

    /// The least point, or a point on the way there after `stepLimit` solutions.
    ///
    /// - Complexity: a Cholesky factor of the free cells for each step.
    func minimum(stepLimit: Int) -> [Double] {
        let size = matrix.size
        var point = start, isFree = start.indices.map { start[$0] > 0 || slope[$0] < 0 }
        for _ in 0..<stepLimit {
            let free = (0..<size).filter { isFree[$0] }
            guard let target = solution(on: free) else { return point }
            var (step, blocking) = (1.0, Int?.none)
            for (place, cell) in free.enumerated() where target[place] <= 0 {
                // A free cell may stand at 0: it then blocks at once.
                let distance = point[cell] - target[place], share = distance > 0 ? point[cell] / distance : 0
                if share < step { (step, blocking) = (share, cell) }
            }
            for (place, cell) in free.enumerated() {
                point[cell] = max(0, point[cell] + step * (target[place] - point[cell]))
            }
            for cell in 0..<size where !isFree[cell] { point[cell] = 0 }
            if let blocking {
                (point[blocking], isFree[blocking]) = (0, false)
                continue
            }
            for (place, cell) in free.enumerated() where target[place] <= 0 { isFree[cell] = false }
            let gradient = gradient(at: point)
            var (worst, least) = (Int?.none, -1e-12)
            for cell in 0..<size where !isFree[cell] && gradient[cell] < least {
                (worst, least) = (cell, gradient[cell])
            }
            guard let worst else { return point }
            isFree[worst] = true
        }
        return point
    }

    /// Where the gradient of the free cells is 0 and all others are 0; `nil` where the free cells depend on each other.
    private func solution(on free: [Int]) -> [Double]? {
        var factor = SymmetricMatrix(size: free.count) { matrix[free[$0], free[$1]] }
        for place in free.indices { factor.add(1e-9 * matrix[free[place], free[place]], at: [place]) }
        guard factor.factorise(progress: { _ in }) == nil else { return nil }
        // H_FF·x_F = H_F·x₀ − g_F, as all other cells are 0.
        let right = free.map { cell in
            var sum = -slope[cell] + 1e-9 * matrix[cell, cell] * start[cell]
            for other in start.indices where start[other] != 0 { sum += matrix[cell, other] * start[other] }
            return sum
        }
        return factor.solution(of: right)
    }

    private func gradient(at point: [Double]) -> [Double] {
        let changes = point.indices.filter { point[$0] != start[$0] }
        return slope.indices.map { cell in
            changes.reduce(slope[cell]) { $0 + matrix[cell, $1] * (point[$1] - start[$1]) }
        }
    }
}
