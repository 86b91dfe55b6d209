internal import LocalPrivacy
public import Mechanisms

extension Rappor: FrequencyOracle {
    public typealias Aggregate = BitCounts

    /// "No event" is the filter without a bit: what no candidate explains may be it, or a text that is missing.
    public var estimatesAbsence: Bool { false }

    /// The normal matrix of more would not fit into memory.
    package static let largestCandidateCount = 16_384

    public var caveats: [String] {
        [
            "Values that are not among the candidates look like noise, or like candidates whose bits they share: name "
                + "all that may be frequent."
        ]
    }

    /// Weighted least squares of all bits of all cohorts on the candidates' filters, without constraints: first with the
    /// weights of no candidate occurring, then with those of what the first fit says.
    ///
    /// Unbiased if every text that occurs is a candidate. Standard errors are those of the inverse normal matrix, with row
    /// variances that are upper bounds; the article <doc:Rappor> derives them. "No event" has no bit and is refused.
    public func estimates(
        of candidates: [MechanismInput], from reports: PooledReports<BitCounts>, confidence: ConfidenceLevel,
        progress: EstimationProgress
    ) throws(EstimationError) -> [FrequencyEstimate] {
        guard let (frequencies, factor) = try fit(candidates, to: reports, progress: progress) else { return [] }
        let count = candidates.count
        let variances = factor.inverseDiagonal { progress(2 * count + $0, 3 * count) }
        progress(3 * count, 3 * count)
        let threshold = FrequencyEstimate.familyErrorRate / Double(count)
        return zip(frequencies, variances).map { frequency, variance in
            FrequencyEstimate(
                normal: frequency, variance: variance, reportCount: reports.reportCount, confidence: confidence,
                detectionThreshold: threshold)
        }
    }

    /// The frequencies that fit best and the factor of the last normal matrix; `nil` where there is nothing to fit.
    ///
    /// - Parameter progress: is told of two thirds of three times the candidates.
    func fit(
        _ candidates: [MechanismInput], to reports: PooledReports<BitCounts>, progress: EstimationProgress
    ) throws(EstimationError) -> ([Double], SymmetricMatrix)? {
        let cohorts = reports.aggregate.cohortSizes.indices.filter { reports.aggregate.cohortSizes[$0] > 0 }
        let texts = try candidates.enumerated().map { (position, candidate) throws(EstimationError) in
            guard case .text(let text) = candidate, text.count <= InputDomain.textByteLimit else {
                throw .candidateOutOfDomain(position: position)
            }
            return text
        }
        guard !cohorts.isEmpty, !texts.isEmpty else { return nil }
        let rowCount = cohorts.count * configuration.bitCount
        let limit = min(rowCount, Self.largestCandidateCount)
        guard texts.count <= limit else { throw .tooManyCandidates(count: texts.count, limit: limit) }
        let regression = try regression(on: texts, in: cohorts)
        guard regression.duplicates.isEmpty else { throw .indistinguishable(positions: regression.duplicates) }
        let rows = BitRows(rule: response.rule, hashCount: configuration.hashCount, cohorts: cohorts, reports: reports)

        let (first, _) = try fit(rows, of: [Double](repeating: 0, count: rowCount), by: regression) {
            progress($0, 3 * texts.count)
        }
        let (frequencies, factor) = try fit(rows, of: regression.fitted(first), by: regression) {
            progress(texts.count + $0, 3 * texts.count)
        }
        return (frequencies, factor)
    }

    private func fit(
        _ rows: BitRows, of fitted: [Double], by regression: FilterRegression, progress: (Int) -> Void
    ) throws(EstimationError) -> ([Double], SymmetricMatrix) {
        let weights = rows.weights(atFractions: fitted)
        var matrix = regression.normalMatrix(weights: weights)
        if let position = matrix.factorise(progress: progress) { throw .indistinguishable(positions: [position]) }
        return (matrix.solution(of: regression.moments(of: rows.fractions, weights: weights)), matrix)
    }

    /// The rows that each text sets in the cohorts that have reports.
    private func regression(on texts: [[UInt8]], in cohorts: [Int]) throws(EstimationError) -> FilterRegression {
        var rows: [[Int]] = []
        for text in texts {
            var set: [Int] = []
            for (place, cohort) in cohorts.enumerated() {
                let bits: [Int]
                do { bits = try filter.bits(of: text, cohort: cohort) } catch {
                    throw .algorithmUnavailable(name: "MD5")
                }
                for bit in Set(bits).sorted() { set.append(place * configuration.bitCount + bit) }
            }
            rows.append(set)
        }
        return FilterRegression(rows: rows, rowCount: cohorts.count * configuration.bitCount)
    }
}

/// The bits of the cohorts that have reports, as rows of a regression.
private struct BitRows {
    /// Of each row, an unbiased estimate of the fraction θ of its cohort's reports whose text sets the bit.
    let fractions: [Double]

    private let bitCount: Int
    private let cohortSizes: [Double]
    private let pairsPerReport: Double
    private let hashCount: Double
    private let rule: BitRule

    init(rule: BitRule, hashCount: Int, cohorts: [Int], reports: PooledReports<BitCounts>) {
        let counts = reports.aggregate, support = rule.support
        (self.rule, self.hashCount, bitCount) = (rule, Double(hashCount), counts.bitCount)
        cohortSizes = cohorts.map { Double(counts.cohortSizes[$0]) }
        let overlap = ReportOverlap(reportCounts: Array(reports.countsByDay.values))
        pairsPerReport = overlap.pairCount / Double(reports.reportCount)
        fractions = cohorts.flatMap { cohort in
            let size = Double(counts.cohortSizes[cohort])
            return (0..<counts.bitCount).map { bit in
                let setCount = Double(counts.setCounts[cohort * counts.bitCount + bit])
                return (setCount - size * support.spurious) / (size * support.gap)
            }
        }
    }

    /// The inverse variances of ``fractions`` where the fractions are these, clipped to what fractions can be.
    ///
    /// With N_c reports of a cohort, A pairs of reports of one device, and p, q, t, θ as in the article, at most
    /// N_c·(π·q(1 − q) + (1 − π)·p(1 − p)) + A·(q − p)²·(t(1 − t) + h·(1 − 2t)²·θ) in the scale of counts.
    func weights(atFractions fitted: [Double]) -> [Double] {
        let permanent = rule.permanentSupport, gap = rule.support.gap
        let (p, q) = (Double(rule.clear) * 0x1p-64, Double(rule.set) * 0x1p-64)
        return fitted.enumerated().map { row, fraction in
            let size = cohortSizes[row / bitCount], theta = min(max(fraction, 0), 1)
            let isSet = permanent.spurious + permanent.gap * theta
            let fresh = isSet * q * (1 - q) + (1 - isSet) * p * (1 - p)
            let shared = permanent.spuriousVariance + hashCount * permanent.gap * permanent.gap * theta
            let variance = size * (fresh + pairsPerReport * (q - p) * (q - p) * shared)
            return size * size * gap * gap / variance
        }
    }
}
