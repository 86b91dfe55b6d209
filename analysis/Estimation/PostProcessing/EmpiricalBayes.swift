internal import Foundation

/// "Denoised" frequencies: posterior means under a prior that is estimated from all values together.
///
/// Each unbiased frequency is taken as normal around the true one with its known standard error. The prior of the true
/// ones is the distribution on a grid that makes all estimates likeliest [KW56], found by expectation maximisation
/// [JZ09]: no shape is assumed, and nothing is tuned. Against the unbiased frequencies this lowers the sum of squared
/// errors over all values by a lot and raises that of a few frequent ones by a little: posterior means are biased, and
/// have no interval of their own.
public struct EmpiricalBayes: Sendable {
    /// The most steps of the expectation maximisation; more hardly move a posterior mean.
    static let stepLimit = 300

    /// A step that gains less log-likelihood ends the search.
    static let leastGain = 1e-4

    /// Below this standard error estimates are taken as they are.
    static let leastError = 0x1p-500

    private let grid: FrequencyGrid
    private let weights: [Double]

    /// Learns the prior.
    ///
    /// - Parameters:
    ///   - frequencies: unbiased estimates.
    ///   - standardErrors: theirs, as fractions like them.
    /// - Complexity: O(d log d), and for each step and distinct estimate (in bins of an eighth of a standard error) some
    ///   fifty points of the grid.
    public init(frequencies: [Double], standardErrors: [Double]) {
        let bins = FrequencyBins(of: frequencies, standardErrors)
        grid = FrequencyGrid(around: bins)
        weights = Self.likeliestWeights(of: bins, on: grid)
    }

    /// The posterior mean of a frequency with this estimate.
    public func mean(frequency: Double, standardError: Double) -> Double {
        guard standardError > Self.leastError, !weights.isEmpty else { return min(max(frequency, 0), 1) }
        let band = grid.band(around: frequency, standardError)
        var (mass, moment) = (0.0, 0.0)
        let center = grid.leastDistance(in: band, to: frequency)
        for index in band {
            let likelihood = grid.likelihood(of: frequency, standardError, at: index, center: center)
            mass += weights[index] * likelihood
            moment += weights[index] * likelihood * grid.points[index]
        }
        // No weight within reach: the prior has nothing to say about this value.
        return mass > 0 ? moment / mass : min(max(frequency, 0), 1)
    }

    /// The posterior means of estimates, which make the prior themselves, as fractions of the reports.
    public static func frequencies(of estimates: [FrequencyEstimate], reportCount: Int) -> [Double] {
        let errors = estimates.map { $0.standardError / Double(reportCount) }
        let prior = EmpiricalBayes(frequencies: estimates.map(\.frequency), standardErrors: errors)
        // Equal estimates have equal means, and among many values most share theirs with others.
        var known: [Double: (error: Double, mean: Double)] = [:]
        return zip(estimates, errors).map { estimate, error in
            if let found = known[estimate.frequency], found.error == error { return found.mean }
            let mean = prior.mean(frequency: estimate.frequency, standardError: error)
            known[estimate.frequency] = (error, mean)
            return mean
        }
    }

    private static func likeliestWeights(of bins: FrequencyBins, on grid: FrequencyGrid) -> [Double] {
        guard !bins.frequencies.isEmpty else { return [] }
        let rows = LikelihoodRows(of: bins, on: grid)
        var weights = startingWeights(for: bins, on: grid)
        var last = -Double.infinity
        for _ in 0..<stepLimit / 3 {
            // Two steps and, if that is better still, a long one in their direction [VR08].
            var first = weights
            let logLikelihood = rows.improve(&first)
            if logLikelihood - last < leastGain { break }
            last = logLikelihood
            var second = first
            let lowerBound = rows.improve(&second)
            guard var extrapolated = extrapolated(weights, first, second) else {
                weights = second
                continue
            }
            weights = rows.improve(&extrapolated) > lowerBound ? extrapolated : second
        }
        return weights
    }

    /// Estimates far above their error start as they are, the others as an exponential distribution with their mean, and
    /// every point with a trifle: where noise is most of what there is, steps from equal weights would be too many.
    private static func startingWeights(for bins: FrequencyBins, on grid: FrequencyGrid) -> [Double] {
        var (weights, total) = ([Double](repeating: 0, count: grid.points.count), 0.0)
        var (restSum, restCount) = (0.0, 0.0)
        for (index, frequency) in bins.frequencies.enumerated() {
            total += bins.counts[index]
            if frequency > 4 * bins.standardErrors[index] {
                weights[grid.nearestPoint(to: frequency)] += bins.counts[index]
            } else {
                restSum += frequency * bins.counts[index]
                restCount += bins.counts[index]
            }
        }
        let mean = max(restSum / max(1, restCount), grid.points.count > 1 ? grid.points[1] : 1)
        let shares = grid.points.map { exp(-$0 / mean) * max($0 / mean, 0.1) }
        let (shareSum, trifle) = (shares.reduce(0, +), 0.1 / Double(weights.count))
        for index in weights.indices { weights[index] += trifle + restCount * shares[index] / shareSum }
        return weights.map { $0 / (total + 0.1) }
    }

    /// w − 2αr + α²v with r the first step, v by how much the second differs from it, and α = −|r|/|v| [VR08, S3]; what
    /// falls below 0 becomes a trifle of what the second step gives. `nil` where that is no longer than the steps.
    private static func extrapolated(_ weights: [Double], _ first: [Double], _ second: [Double]) -> [Double]? {
        var (stepSquare, turnSquare) = (0.0, 0.0)
        for index in weights.indices {
            let step = first[index] - weights[index], turn = second[index] - first[index] - step
            stepSquare += step * step
            turnSquare += turn * turn
        }
        guard turnSquare > 0, stepSquare > turnSquare else { return nil }
        let length = (stepSquare / turnSquare).squareRoot()
        var (result, total) = (second, 0.0)
        for index in weights.indices {
            let step = first[index] - weights[index], turn = second[index] - first[index] - step
            let far = weights[index] + 2 * length * step + length * length * turn
            result[index] = max(far, 1e-3 * second[index])
            total += result[index]
        }
        for index in result.indices { result[index] /= total }
        return result
    }
}

/// The likelihoods of binned estimates at the points of the grid within their reach, row after row.
private struct LikelihoodRows {
    private let likelihoods: [Double]
    private let bands: [Range<Int>]
    private let counts: [Double]
    private let total: Double

    init(of bins: FrequencyBins, on grid: FrequencyGrid) {
        var (likelihoods, bands): ([Double], [Range<Int>]) = ([], [])
        for (frequency, error) in zip(bins.frequencies, bins.standardErrors) {
            let band = grid.band(around: frequency, error), center = grid.leastDistance(in: band, to: frequency)
            bands.append(band)
            for index in band {
                likelihoods.append(grid.likelihood(of: frequency, error, at: index, center: center))
            }
        }
        (self.likelihoods, self.bands, counts) = (likelihoods, bands, bins.counts)
        total = bins.counts.reduce(0, +)
    }

    /// One step of expectation maximisation.
    ///
    /// - Returns: the log-likelihood before it, but for a constant.
    func improve(_ weights: inout [Double]) -> Double {
        var next = [Double](repeating: 0, count: weights.count)
        var logLikelihood = 0.0
        likelihoods.withUnsafeBufferPointer { likelihoods in
            next.withUnsafeMutableBufferPointer { next in
                weights.withUnsafeBufferPointer { weights in
                    var start = 0
                    for (row, band) in bands.enumerated() {
                        let (first, width) = (band.lowerBound, band.upperBound - band.lowerBound)
                        var (mass, index) = (0.0, 0)
                        while index < width {
                            mass += likelihoods[start + index] * weights[first + index]
                            index += 1
                        }
                        if mass > 0 {
                            logLikelihood += counts[row] * log(mass)
                            let share = counts[row] / (mass * total)
                            index = 0
                            while index < width {
                                next[first + index] += share * likelihoods[start + index] * weights[first + index]
                                index += 1
                            }
                        }
                        start += width
                    }
                }
            }
        }
        weights = next
        return logLikelihood
    }
}
