internal import Estimation
internal import Foundation
internal import SecureRandomness

extension StudyNoise {
    /// The successes of `trialCount` independent trials: an exact draw, up to the rounding of doubles.
    ///
    /// With fewer than ten expected successes by inversion, else by transformed rejection (BTRS of [Hor93]), whose
    /// acceptance is decided with ``BinomialDistribution/density(at:)``.
    ///
    /// - Complexity: O(1) expected.
    package mutating func binomial(_ trialCount: Int, _ probability: Double) -> Int {
        guard trialCount > 0, probability > 0 else { return 0 }
        guard probability < 1 else { return trialCount }
        if probability > 0.5 { return trialCount - binomial(trialCount, 1 - probability) }
        return Double(trialCount) * probability < 10
            ? inverted(trialCount, probability) : rejected(trialCount, probability)
    }

    /// Adds densities from 0 upwards until they exceed a uniform number.
    private mutating func inverted(_ trialCount: Int, _ probability: Double) -> Int {
        let odds = probability / (1 - probability), none = exp(Double(trialCount) * log1p(-probability))
        while true {
            var (left, density) = (uniform(), none)
            // Ten are expected: two hundred are missed by less than the uniform number's own grain.
            for count in 0...min(trialCount, 200) {
                if left < density { return count }
                left -= density
                density *= odds * Double(trialCount - count) / Double(count + 1)
            }
        }
    }

    private mutating func rejected(_ trialCount: Int, _ probability: Double) -> Int {
        let distribution = BinomialDistribution(trialCount: trialCount, probability: probability)
        let mean = Double(trialCount) * probability, deviation = (mean * (1 - probability)).squareRoot()
        let b = 1.15 + 2.53 * deviation
        let a = -0.0873 + 0.0248 * b + 0.01 * probability
        let height = (2.83 + 5.1 / b) * deviation, surelyAccepted = 0.92 - 4.2 / b
        var peak: Double?
        while true {
            let u = uniform() - 0.5, v = uniform(), edge = 0.5 - abs(u)
            let place = ((2 * a / edge + b) * u + mean + 0.5).rounded(.down)
            guard place >= 0, place <= Double(trialCount) else { continue }
            let count = Int(place)
            if edge >= 0.07, v <= surelyAccepted { return count }
            let mode = peak ?? distribution.density(at: Int((Double(trialCount) + 1) * probability))
            peak = mode
            if v * height / (a / (edge * edge) + b) * mode <= distribution.density(at: count) { return count }
        }
    }

    /// How many of `trialCount` independent draws fall on each place, with probabilities in proportion to the weights.
    ///
    /// - Complexity: a binomial draw for each weight.
    package mutating func multinomial(_ trialCount: Int, weights: [Double]) -> [Int] {
        var (left, weightLeft) = (trialCount, weights.reduce(0, +))
        return weights.enumerated().map { place, weight in
            guard place < weights.count - 1 else { return left }
            let count = binomial(left, min(1, weightLeft > 0 ? max(0, weight / weightLeft) : 0))
            (left, weightLeft) = (left - count, weightLeft - weight)
            return count
        }
    }
}

/// Draws from a list of weights in constant time [Wal77].
struct AliasTable: Sendable {
    private var shares: [Double]
    private var aliases: [Int]

    init(weights: [Double]) {
        let total = weights.reduce(0, +), count = weights.count
        shares = weights.map { $0 / total * Double(count) }
        aliases = Array(0..<count)
        var small = shares.indices.filter { shares[$0] < 1 }, large = shares.indices.filter { shares[$0] >= 1 }
        while let low = small.popLast(), let high = large.popLast() {
            aliases[low] = high
            shares[high] -= 1 - shares[low]
            if shares[high] < 1 { small.append(high) } else { large.append(high) }
        }
    }

    /// How likely each place is, added up from the columns of the table.
    var probabilities: [Double] {
        var probabilities = shares
        for (column, alias) in aliases.enumerated() where alias != column { probabilities[alias] += 1 - shares[column] }
        return probabilities.map { $0 / Double(shares.count) }
    }

    func place(from noise: inout StudyNoise) -> Int {
        let column = noise.index(below: shares.count)
        return noise.uniform() < shares[column] ? column : aliases[column]
    }
}
