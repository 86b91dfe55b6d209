internal import Foundation
internal import Studies

/// Which of many candidates occur, by the lasso that the decoder is held against in `dither rappor regtest`: the counts of 8,192
/// rows from a million reports, and the penalty that noise alone would not reach.
struct SelectionRow: Row {
    let name: String
    let candidateCount: Int
    let anchor = "scikit-learn's positive Lasso, coordinate descent on a sparse matrix"
    let goal = Goal.cost(atMost: 0.5)
    let unit = "fit"

    var operation: String { "RAPPOR lasso: 8,192 rows, \(candidateCount) candidates, duality gap at most 1e-6" }

    private static let tolerance = 1e-6

    func prepare() throws -> Comparison {
        let problem = SelectionProblem(candidateCount: candidateCount)
        let file = FileManager.default.temporaryDirectory.appending(path: "lasso-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try problem.write(to: file)
        let peer = try PeerProcess("lasso.py", [file.path, String(Self.tolerance)], needing: "scikit-learn")
        let text = try String(contentsOf: file, encoding: .utf8)
        let objective = problem.objective(solution(of: problem))
        guard let expected = Double(text), abs(objective / expected - 1) <= 1e-9 else {
            throw DifferentResults(description: "the objective is \(objective), and scikit-learn's \(text)")
        }
        return Comparison(ours: .timed(units: 1) { keep(solution(of: problem)) }, anchor: peer.work(units: 1))
    }

    private func solution(of problem: SelectionProblem) -> [Double] {
        let lasso = NonNegativeLasso(
            problem.candidates, weights: [Double](repeating: 1, count: problem.targets.count), hasIntercept: false)
        return lasso.solution(
            targets: problem.targets,
            penalties: [Double](repeating: problem.penalty, count: candidateCount), tolerance: Self.tolerance)
    }
}

/// 64 cohorts of 128 bits and two hashes; a thousand candidates occur, the i-th in proportion to 1/i.
private struct SelectionProblem {
    static let (cohortCount, bitCount, reportCount) = (64, 128, 1_000_000.0)

    private(set) var candidates = CandidateRows(rowCount: cohortCount * bitCount)
    /// The unbiased share of the reports that set each row.
    private(set) var targets: [Double]
    let penalty: Double

    init(candidateCount: Int) {
        var words = SeededWords(seed: 9)
        for _ in 0..<candidateCount {
            candidates.append(
                rows: (0..<2 * Self.cohortCount).map { place in
                    Int32(place / 2 * Self.bitCount + Int(words.next() % UInt64(Self.bitCount)))
                })
        }
        let weights = (0..<candidateCount).map { $0 < 1000 ? 1 / Double($0 + 1) : 0 }, total = weights.reduce(0, +)
        // f = 1/2, p = 1/2 and q = 3/4.
        let (clear, set) = (0.5625, 0.6875), perCohort = Self.reportCount / Double(Self.cohortCount)
        func normal() -> Double {
            let (first, second) = (Double(words.next() >> 11) + 0.5, Double(words.next() >> 11))
            return (-2 * log(first * 0x1p-53)).squareRoot() * cos(2 * .pi * second * 0x1p-53)
        }
        targets = candidates.fitted(weights.map { $0 / total }).map { share in
            let chance = clear + (set - clear) * share
            let count = perCohort * chance + (perCohort * chance * (1 - chance)).squareRoot() * normal()
            return (count / perCohort - clear) / (set - clear)
        }
        // √(2 ln S) standard deviations of the gradient of a candidate that does not occur.
        let variance = clear * (1 - clear) / (perCohort * (set - clear) * (set - clear))
        penalty = (2 * log(Double(candidateCount)) * variance * Double(2 * Self.cohortCount)).squareRoot()
    }

    /// What scikit-learn minimises: half the mean square of the residuals, and the penalty over the rows' number times the sum.
    func objective(_ coefficients: [Double]) -> Double {
        let residuals = zip(targets, candidates.fitted(coefficients)).map { $0 - $1 }
        let squares = residuals.reduce(0) { $0 + $1 * $1 }
        return (squares / 2 + penalty * coefficients.reduce(0, +)) / Double(targets.count)
    }

    /// As the peer reads it: the counts of rows, candidates and entries, the penalty, where each candidate's rows start, the rows
    /// and the targets.
    func write(to file: URL) throws {
        var (starts, rows): ([Int64], [Int32]) = ([0], [])
        for candidate in 0..<candidates.count {
            rows += candidates[candidate]
            starts.append(Int64(rows.count))
        }
        var data = Data()
        func append<Number>(_ numbers: [Number]) { numbers.withUnsafeBytes { data.append(contentsOf: $0) } }
        append([Int64(targets.count), Int64(candidates.count), Int64(rows.count)])
        append([penalty])
        append(starts)
        append(rows)
        append(targets)
        try data.write(to: file)
    }
}
