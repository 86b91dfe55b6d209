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
        let weights = (1...bucketCount).map { exp(-0.5 * pow((Double($0) - 12) / 5, 2)) }
        let outcomes = try [1, 2, 4, 32].map { drawn in
            let oracle = try mechanism(drawn: drawn)
            return (
                oracle: oracle,
                errors: try parallelRuns(runCount) { index in
                    var noise = StudyNoise(study: "W3 \(drawn)", run: index)
                    return errors(devices: devices, weights: weights, by: oracle, from: &noise)
                }
            )
        }
        let fourth = Moments(outcomes[2].errors.map(\.largest)).mean
        return outcomes.map { oracle, errors in
            let drawn = oracle.configuration.sampleCount
            let largest = Moments(errors.map(\.largest)), square = Moments(errors.map(\.meanSquare))
            let root = square.mean.squareRoot(), formula = formula(devices: devices, weights: weights, of: oracle)
            let factor = 1 / (1 - 2 * oracle.flip), buckets = Double(bucketCount)
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

    /// Each bit spends half of ε = 1, as in the paper; for a single bucket the mechanism itself would take less noise.
    private static func mechanism(drawn: Int) throws -> DBitFlip {
        let all = try DBitFlip.Configuration(
            declared: .study(thousandths: 1000, domain: .range, counts: ["buckets": bucketCount]))
        return try DBitFlip(
            configuration: DBitFlip.Configuration(
                epsilonThousandths: 1000, bucketCount: bucketCount, sampleCount: drawn,
                flipThreshold: all.flipThreshold))
    }

    /// One run: the buckets that devices draw one by one, then the bits of each bucket together.
    private static func errors(
        devices: Int, weights: [Double], by oracle: DBitFlip, from noise: inout StudyNoise
    ) -> Errors {
        let held = noise.multinomial(devices, weights: weights), flip = oracle.flip
        var own = [Int](repeating: 0, count: bucketCount), others = own, buckets = Array(0..<bucketCount)
        for (bucket, count) in held.enumerated() {
            for _ in 0..<count {
                for place in 0..<oracle.configuration.sampleCount {
                    // The first d places of a shuffle: whatever order the list was in.
                    buckets.swapAt(place, place + noise.index(below: bucketCount - place))
                    if buckets[place] == bucket { own[bucket] += 1 } else { others[buckets[place]] += 1 }
                }
            }
        }
        let sampled = zip(own, others).map { $0 + $1 }
        let set = zip(own, others).map { noise.binomial($0, 1 - flip) + noise.binomial($1, flip) }
        var counts = oracle.makeAggregate(of: .study)
        counts.add(reportCount: devices, setCounts: sampled + set, cohort: 0)
        let misses = zip(oracle.histogram(from: .ofOnePeriod(counts), confidence: .standard), held).map {
            $0.frequency - Double($1) / Double(devices)
        }
        return Errors(
            largest: misses.map(abs).max() ?? 0,
            meanSquare: misses.reduce(0) { $0 + $1 * $1 } / Double(bucketCount))
    }

    /// The root mean square over buckets of the standard error, when about n·d/k reports sample a bucket without regard to
    /// what they are about.
    private static func formula(devices: Int, weights: [Double], of oracle: DBitFlip) -> Double {
        let sampledShare = Double(oracle.configuration.sampleCount) / Double(bucketCount), flip = oracle.flip
        let gap = 1 - 2 * flip, total = weights.reduce(0, +)
        let variances = weights.map { weight in
            let share = weight / total
            return (flip * (1 - flip) / (gap * gap) + share * (1 - share) * (1 - sampledShare))
                / (sampledShare * Double(devices))
        }
        return (variances.reduce(0, +) / Double(bucketCount)).squareRoot()
    }
}

extension DBitFlip {
    /// The probability that a bit flips, from the integers that are sampled.
    fileprivate var flip: Double { Double(configuration.flipThreshold) * 0x1p-64 }
}
