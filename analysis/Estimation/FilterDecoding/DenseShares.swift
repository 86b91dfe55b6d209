/// The shares of few candidates in few rows, by weighted least squares with the whole matrix.
///
/// With few cohorts filters overlap in ways that message passing does not see. Candidates that the bits cannot tell from
/// others are found by a factorisation that chooses its pivots.
struct DenseShares {
    /// The most candidates: so many take 330 MB and most of a minute.
    static let countLimit = 4_096
    private static let iterationCount = 3

    private(set) var estimates: [Double]
    /// Infinite where a candidate cannot be told from others.
    private(set) var variances: [Double]
    /// Groups of candidates of which one is a combination of the others.
    private(set) var groups: [[Int]] = []
    private(set) var dispersion = 1.0
    private(set) var misfitDeviations = 0.0
    /// The typical standard error; infinite if no candidate can be told from others.
    private(set) var scale = Double.infinity
    /// The inverse normal matrix over the candidates of a basis: its factor, and which these are.
    private(set) var factor: SymmetricMatrix
    private(set) var basis: [Int] = []

    init(design: FilterDesign, rows: FilterRows, progress: (_ done: Int, _ total: Int) -> Void) {
        let count = design.candidateCount, center = rows.center
        let setting = (0..<count).map { candidate in design.distinctRows(of: candidate) }
        var weights = rows.variances { _ in 0 }.map { 1 / $0 }
        estimates = [Double](repeating: 0, count: count)
        variances = [Double](repeating: .infinity, count: count)
        factor = SymmetricMatrix(size: 0)
        for iteration in 0..<Self.iterationCount {
            progress(iteration, Self.iterationCount)
            let gram = Self.gram(setting, weights: weights, center: center, rows: rows)
            let moments = Self.moments(setting, weights: weights, center: center, rows: rows)
            if iteration == 0 { (basis, groups) = Self.basis(of: gram) }
            var next = gram.selecting(basis)
            guard next.factorise(progress: { _ in }) == nil else { break }
            factor = next
            let solution = factor.solution(of: basis.map { moments[$0] })
            for (place, candidate) in basis.enumerated() { estimates[candidate] = solution[place] }
            let total = estimates.reduce(0, +)
            var fitted = [Double](repeating: -center * total, count: rows.deviations.count)
            for candidate in basis {
                for row in setting[candidate] { fitted[row] += estimates[candidate] }
            }
            var squares = 0.0
            for row in rows.used {
                let residual = rows.deviations[row] - fitted[row]
                squares += weights[row] * residual * residual
            }
            let freedom = Double(max(1, rows.used.count - basis.count))
            dispersion = squares / freedom
            misfitDeviations =
                rows.used.count > basis.count ? normalDeviations(ofDispersion: dispersion, freedom: freedom) : 0
            if rows.used.count - basis.count <= 20 { dispersion = 1 }
            weights = rows.variances { fitted[$0] }.map { 1 / $0 }
        }
        if factor.size == basis.count {
            let diagonal = factor.inverseDiagonal { _ in }
            for (place, candidate) in basis.enumerated() { variances[candidate] = diagonal[place] * max(1, dispersion) }
        }
        let told = variances.indices.filter { candidate in !groups.contains { $0.contains(candidate) } }
        for candidate in variances.indices where !told.contains(candidate) { variances[candidate] = .infinity }
        if !told.isEmpty { scale = median(told.map { variances[$0] }).squareRoot() }
    }

    /// The variance of the sum of the estimates of candidates that can be told from others, each once.
    func varianceOfSum(of candidates: [Int]) -> Double {
        let chosen = Set(candidates)
        return factor.inverseForm(of: basis.map { chosen.contains($0) ? 1 : 0 }) * max(1, dispersion)
    }

    /// Names candidates by their positions among more.
    mutating func relabel(_ positions: [Int]) { basis = basis.map { positions[$0] } }

    private static func gram(
        _ setting: [[Int]], weights: [Double], center: Double, rows: FilterRows
    ) -> SymmetricMatrix {
        var candidates = [[Int]](repeating: [], count: rows.deviations.count)
        for (candidate, rows) in setting.enumerated() {
            for row in rows { candidates[row].append(candidate) }
        }
        var gram = SymmetricMatrix(size: setting.count)
        for row in rows.used where !candidates[row].isEmpty { gram.add(weights[row], at: candidates[row]) }
        let columns = setting.map { $0.reduce(0) { $0 + weights[$1] } }
        let total = rows.used.reduce(0) { $0 + weights[$1] }
        gram.update { row, column, entry in entry + center * (center * total - columns[row] - columns[column]) }
        return gram
    }

    private static func moments(
        _ setting: [[Int]], weights: [Double], center: Double, rows: FilterRows
    ) -> [Double] {
        let offset = center * rows.used.reduce(0) { $0 + weights[$1] * rows.deviations[$1] }
        return setting.map { $0.reduce(0) { $0 + weights[$1] * rows.deviations[$1] } - offset }
    }

    /// Candidates that can be told apart, and groups in which some cannot: those of which one candidate is a combination.
    private static func basis(of gram: SymmetricMatrix) -> (basis: [Int], groups: [[Int]]) {
        let (independent, combinations) = gram.independentRows(tolerance: 1e-8)
        var group = [Int: Int](), members: [[Int]] = []
        for combination in combinations {
            let touched = Set(combination.compactMap { group[$0] }).sorted()
            var union = combination
            for old in touched { union += members[old] }
            union = Set(union).sorted()
            for old in touched { members[old] = [] }
            for candidate in union { group[candidate] = members.count }
            members.append(union)
        }
        return (independent.sorted(), members.filter { !$0.isEmpty })
    }
}
