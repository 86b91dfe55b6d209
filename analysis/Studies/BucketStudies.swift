internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import SecureRandomness

/// d-bit flip: a device answers for d buckets that it drew once.
enum BucketStudies {
    private static let bucketCount = 32

    /// What one run misses, over all buckets.
    private struct Errors: Sendable { let largest: Double, meanSquare: Double }

    static func flips(_ laboratory: Laboratory) throws -> [StudyRow] {
        let devices = laboratory.count(300_000, small: 600), runCount = laboratory.count(60, small: 2)
        // Each bit spends half of ε = 1: the probabilities of randomized response between two values.
        let bit = try RandomizedResponse.study(thousandths: 500, valueCount: 2).support
        let weights = (1...bucketCount).map { exp(-0.5 * pow((Double($0) - 12) / 5, 2)) }
        let outcomes = try [1, 2, 4, 32].map { drawn in
            (
                drawn: drawn,
                errors: try parallelRuns(runCount) { index in
                    var noise = StudyNoise(study: "W3 \(drawn)", run: index)
                    return errors(devices: devices, drawn: drawn, weights: weights, bit: bit, from: &noise)
                }
            )
        }
        let fourth = Moments(outcomes[2].errors.map(\.largest)).mean
        return outcomes.map { drawn, errors in
            let largest = Moments(errors.map(\.largest)), square = Moments(errors.map(\.meanSquare))
            let root = square.mean.squareRoot(),
                formula = formula(devices: devices, drawn: drawn, weights: weights, bit: bit)
            let factor = 1 / bit.gap, buckets = Double(bucketCount)
            let bound =
                (5 * buckets / Double(devices * drawn)).squareRoot() * factor * log(6 * buckets / 0.05).squareRoot()
            let published = [1: ".0203, .0481", 2: ".0148, .0346", 4: ".0103, .0244", 32: ".0036, .0078"][drawn] ?? ""
            let ratio = largest.mean / fourth
            return StudyRow(
                id: "W3",
                what: "d \(drawn) of 32 buckets, ε 1, \(grouped(devices)) devices, shares normal around bucket 12 "
                    + "(deviation 5); \(runCount) runs",
                published: "root mean square and largest error \(published) (simulated once before); formula "
                    + "\(significant(formula, 3)), bound \(significant(bound, 3))",
                ours: "root mean square error \(significant(root, 3)), largest \(largest.spread(4))",
                conditions: [
                    .ratio("root mean square error / formula", root / formula, withinPercent: 5),
                    .init(
                        "largest error below the bound", largest.greatest, digits: 3, holds: largest.greatest < bound),
                ]
                    + (drawn == 1
                        ? [.range("largest error, d 1 over d 4", ratio, 1.75...2.25)] : []))
        }
    }

    /// One run: the buckets that devices draw one by one, then the bits of each bucket together.
    private static func errors(
        devices: Int, drawn: Int, weights: [Double], bit: SupportProbabilities, from noise: inout StudyNoise
    ) -> Errors {
        let held = noise.multinomial(devices, weights: weights)
        var own = [Int](repeating: 0, count: bucketCount), others = own, buckets = Array(0..<bucketCount)
        for (bucket, count) in held.enumerated() {
            for _ in 0..<count {
                for place in 0..<drawn {
                    // The first d places of a shuffle: whatever order the list was in.
                    buckets.swapAt(place, place + noise.index(below: bucketCount - place))
                    if buckets[place] == bucket { own[bucket] += 1 } else { others[buckets[place]] += 1 }
                }
            }
        }
        let scale = Double(bucketCount) / (Double(devices) * Double(drawn))
        let misses = (0..<bucketCount).map { bucket in
            let received = own[bucket] + others[bucket]
            let ones = noise.binomial(own[bucket], bit.truthful) + noise.binomial(others[bucket], bit.spurious)
            let estimate = scale * (Double(ones) - bit.spurious * Double(received)) / bit.gap
            return estimate - Double(held[bucket]) / Double(devices)
        }
        return Errors(
            largest: misses.map(abs).max() ?? 0,
            meanSquare: misses.reduce(0) { $0 + $1 * $1 } / Double(bucketCount))
    }

    /// The root mean square over buckets of the standard error: a bit that is received k/d times as rarely counts k/d
    /// times, whatever it is.
    private static func formula(devices: Int, drawn: Int, weights: [Double], bit: SupportProbabilities) -> Double {
        let rarity = Double(bucketCount) / Double(drawn), total = weights.reduce(0, +)
        let ownSquare = bit.truthful * (1 - bit.truthful) / (bit.gap * bit.gap) + 1
        let otherSquare = bit.spurious * (1 - bit.spurious) / (bit.gap * bit.gap)
        let variances = weights.map { weight in
            let share = weight / total
            return (share * (rarity * ownSquare - 1) + (1 - share) * rarity * otherSquare) / Double(devices)
        }
        return (variances.reduce(0, +) / Double(bucketCount)).squareRoot()
    }
}
