internal import Foundation

/// A population, the RAPPOR that reports it and a dictionary to decode with: what a regression test runs many times.
///
/// Parameters and names are those of google/rappor's regression tests, of the paper's deployments and of harder ones.
public struct RegressionFamily: Hashable, Sendable {
    /// How the shares of a hundred values, or as many as there are, fall.
    public enum Shape: String, CaseIterable, Hashable, Sendable {
        case uniform = "unif"
        case normal = "gauss"
        case exponential = "exp"
        case zipf = "zipf1"
        case steepZipf = "zipf1.5"
        /// By e^−0.2, whatever the number of values.
        case steepExponential = "exp.2"
        /// Mean 50 and deviation 10.
        case narrowNormal = "gauss10"
    }

    /// Such as `demo_unif_1M_drop2`.
    public let name: String
    public let shape: Shape
    /// k, h and m.
    public let bitCount: Int, hashCount: Int, cohortCount: Int
    /// f, p and q.
    public let noise: (flip: Double, clear: Double, set: Double)
    public let reportCount: Int
    /// The values that occur.
    public let valueCount: Int
    /// The candidates that never occur.
    public let absentCount: Int
    /// Whether every value whose number ends in 9 is missing from the dictionary.
    public let missesEveryTenth: Bool
    /// How many of the heaviest values are missing from the dictionary.
    public let missingHeaviestCount: Int

    public init(
        _ name: String, _ shape: Shape, bits: Int, hashes: Int, cohorts: Int,
        noise: (flip: Double, clear: Double, set: Double), absent: Int, missesEveryTenth: Bool, reports: Int,
        values: Int = 100, missingHeaviest: Int = 0
    ) {
        (self.name, self.shape, self.noise) = (name, shape, noise)
        (bitCount, hashCount, cohortCount) = (bits, hashes, cohorts)
        (reportCount, valueCount, absentCount) = (reports, values, absent)
        (self.missesEveryTenth, missingHeaviestCount) = (missesEveryTenth, missingHeaviest)
    }

    public static func == (left: Self, right: Self) -> Bool { left.name == right.name }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// p*, the probability that a report sets a bit that its value has clear.
    public var clearProbability: Double {
        0.5 * noise.flip * (noise.clear + noise.set) + (1 - noise.flip) * noise.clear
    }

    /// q*, the probability that a report sets a bit that its value has set.
    public var setProbability: Double {
        0.5 * noise.flip * (noise.clear + noise.set) + (1 - noise.flip) * noise.set
    }

    /// k·m.
    public var rowCount: Int { bitCount * cohortCount }

    /// Whether every value that occurs is a candidate.
    public var hasCompleteDictionary: Bool { !missesEveryTenth && missingHeaviestCount == 0 }

    /// The shares of the values, which sum to 1.
    public var shares: [Double] {
        let count = Double(valueCount), half = valueCount / 2
        let weights = (1...valueCount).map { number -> Double in
            let x = Double(number)
            switch shape {
            case .uniform: return 1
            case .normal: return exp(-0.5 * pow(Double(number - half) / (count / 6), 2))
            case .exponential: return exp(-5 / count * x)
            case .zipf: return 1 / x
            case .steepZipf: return pow(x, -1.5)
            case .steepExponential: return exp(-0.2 * x)
            case .narrowNormal: return exp(-0.5 * pow((x - 50) / 10, 2))
            }
        }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// The candidates of the dictionary.
    public var candidateCount: Int { candidatePlaces.count }

    /// The places of the candidates among the values, and after them those that never occur, in rising order.
    var candidatePlaces: [Int] {
        let shares = shares
        let heaviest = Set(
            shares.indices.sorted { (-shares[$0], $0) < (-shares[$1], $1) }.prefix(missingHeaviestCount))
        return (0..<valueCount + absentCount).filter { place in
            guard place < valueCount else { return true }
            return !(missesEveryTenth && (place + 1) % 10 == 9) && !heaviest.contains(place)
        }
    }
}
