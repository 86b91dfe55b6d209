internal import Foundation

/// Estimates of nearly one frequency and standard error, taken together.
struct FrequencyBins {
    /// A bin has the width of this part of a standard error.
    private static let binsPerError = 8.0
    /// Standard errors of one bin differ by less than this part.
    private static let errorRatio = 1.05

    /// The means of the bins' estimates, rising.
    let frequencies: [Double]
    /// The means of their standard errors.
    let standardErrors: [Double]
    /// How many estimates each has.
    let counts: [Double]

    private struct Key: Hashable {
        let error: Int
        let place: Int
    }

    init(of frequencies: [Double], _ standardErrors: [Double]) {
        var sums: [Key: (frequency: Double, error: Double, count: Double)] = [:]
        for (frequency, error) in zip(frequencies, standardErrors)
        where error > EmpiricalBayes.leastError && error.isFinite && frequency.isFinite {
            let bucket = (log(error) / log(Self.errorRatio)).rounded()
            let width = pow(Self.errorRatio, bucket) / Self.binsPerError
            let place = Int(clamping: Int64((frequency / width).rounded(.down).clamped(to: 1e15)))
            sums[Key(error: Int(bucket), place: place), default: (0, 0, 0)].frequency += frequency
            sums[Key(error: Int(bucket), place: place), default: (0, 0, 0)].error += error
            sums[Key(error: Int(bucket), place: place), default: (0, 0, 0)].count += 1
        }
        let bins = sums.values.map { ($0.frequency / $0.count, $0.error / $0.count, $0.count) }.sorted { $0 < $1 }
        (self.frequencies, self.standardErrors, counts) = (bins.map(\.0), bins.map(\.1), bins.map(\.2))
    }
}

/// The frequencies that a prior may give weight to: 0, a geometric sequence, and where its steps would be longer than a
/// third of a standard error, steps of that length, but only within reach of some estimate.
struct FrequencyGrid {
    /// The first frequency above 0, in least standard errors.
    private static let start = 0.05
    private static let ratio = 1.1
    /// The longest step, in standard errors.
    private static let step = 1.0 / 3
    /// How far around an estimate of a frequent value there are points, in standard errors.
    private static let fineReach = 4.0
    /// How far from an estimate points count, in standard errors: beyond, a normal density is below 2·10⁻⁸ of its peak.
    private static let reach = 6.0

    /// Rising from 0.
    let points: [Double]

    init(around bins: FrequencyBins) {
        var points = [0.0]
        guard let least = bins.standardErrors.min(), let greatest = bins.frequencies.max() else {
            self.points = points
            return
        }
        let limit = min(max(greatest, 0), 1)
        let coarse = least * Self.step / (Self.ratio - 1)
        var point = least * Self.start
        while point < min(coarse, limit) {
            points.append(point)
            point *= Self.ratio
        }
        for (frequency, error) in zip(bins.frequencies, bins.standardErrors) where frequency + error > coarse {
            var point = max(points[points.count - 1] + error * Self.step, frequency - Self.fineReach * error)
            while point <= min(frequency + Self.fineReach * error, limit) {
                points.append(point)
                point += error * Self.step
            }
        }
        if limit > points[points.count - 1] { points.append(limit) }
        self.points = points
    }

    /// The points within reach of an estimate, and in any case the one nearest to it.
    func band(around frequency: Double, _ standardError: Double) -> Range<Int> {
        let low = firstPoint(from: frequency - Self.reach * standardError)
        let high = firstPoint(from: frequency + Self.reach * standardError)
        guard low == high else { return low..<high }
        let nearest = nearestPoint(to: frequency)
        return nearest..<nearest + 1
    }

    /// The position of the point nearest to a frequency.
    func nearestPoint(to frequency: Double) -> Int {
        let above = min(firstPoint(from: frequency), points.count - 1), below = max(above - 1, 0)
        return points[above] - frequency < frequency - points[below] ? above : below
    }

    /// How near the nearest point of a band is.
    func leastDistance(in band: Range<Int>, to frequency: Double) -> Double {
        band.reduce(Double.infinity) { min($0, abs(points[$1] - frequency)) }
    }

    /// The density of an estimate where this point is the truth, relative to that at a distance: `center`, so that it is
    /// not 0 for every point where the nearest is far.
    func likelihood(of frequency: Double, _ standardError: Double, at index: Int, center: Double) -> Double {
        let (distance, least) = ((points[index] - frequency) / standardError, center / standardError)
        return exp((least * least - distance * distance) / 2)
    }

    private func firstPoint(from frequency: Double) -> Int {
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if points[middle] < frequency { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Double {
    /// This, within ± `limit`.
    fileprivate func clamped(to limit: Double) -> Double { min(max(self, -limit), limit) }
}
