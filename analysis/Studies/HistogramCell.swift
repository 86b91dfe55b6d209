internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat

/// What a histogram is made noisy by.
public enum HistogramMechanism: String, CaseIterable, Sendable {
    /// A curator who knows everyone's bin adds two-sided geometric noise to each count.
    case geometric
    /// Every device sends its own bin through k-ary randomized response.
    case randomizedResponse = "randomized_response"
    /// Every device sends a bit for each bin: its own is 1 with probability ½, any other with 1 / (e^ε + 1).
    case optimizedUnaryEncoding = "optimized_unary_encoding"
}

/// The error of a noisy histogram of ten incomes' bins, in percent: 100·Σ|noisy − true| / people.
public struct HistogramCell: Hashable, Sendable {
    /// Why there is no such cell.
    public enum Fault: Error, Hashable, Sendable {
        /// People or runs are none.
        case nothingToCount
        /// ε is not within 0.001 to 16, or for a device's mechanism no whole number of thousandths.
        case epsilonOutOfRange(Double)
    }

    /// The people of each bin of the published histogram of ten thousand.
    static let bins = [3410, 1849, 1316, 992, 656, 494, 518, 279, 257, 229]

    /// The error that the mean of many runs tends to. For devices' mechanisms errors are taken to be normal.
    public let formula: Double
    /// The mean over the runs.
    public let mean: Double
    /// What 95 % of the runs lie in.
    public let band: ClosedRange<Double>

    /// Simulates so many runs.
    ///
    /// - Throws: ``Fault``.
    public init(mechanism: HistogramMechanism, people: Int, epsilon: Double, runs: Int) throws {
        guard people > 0, runs > 0 else { throw Fault.nothingToCount }
        guard (0.001...16).contains(epsilon) else { throw Fault.epsilonOutOfRange(epsilon) }
        let share = Double(people) / 10_000
        var counts = Self.bins.map { Int((Double($0) * share).rounded()) }
        counts[0] += people - counts.reduce(0, +)
        var noise = StudyNoise(study: "S1 \(mechanism.rawValue) \(people) \(epsilon)", run: 0)
        let errors: Moments
        switch mechanism {
        case .geometric:
            errors = Moments(
                (0..<runs).map { _ in
                    counts.reduce(0.0) { sum, _ in sum + abs(Double(noise.twoSidedGeometric(rate: epsilon / 2))) }
                })
        case .randomizedResponse, .optimizedUnaryEncoding:
            let thousandths = Int((1000 * epsilon).rounded())
            guard abs(Double(thousandths) - 1000 * epsilon) < 1e-9 else { throw Fault.epsilonOutOfRange(epsilon) }
            let support = try Self.support(mechanism, thousandths: thousandths)
            errors = Moments(
                (0..<runs).map { _ in
                    let supports =
                        mechanism == .randomizedResponse
                        ? Self.categories(counts, support, from: &noise) : Self.bits(counts, support, from: &noise)
                    return zip(supports, counts).reduce(0.0) { sum, bin in
                        let estimate = (Double(bin.0) - Double(people) * support.spurious) / support.gap
                        return sum + abs(estimate - Double(bin.1))
                    }
                })
        }
        let percent = 100 / Double(people)
        mean = errors.mean * percent
        band = errors.quantile(0.025) * percent...errors.quantile(0.975) * percent
        formula = Self.formula(mechanism, people: people, epsilon: epsilon)
    }

    /// The mean absolute error by formula. Of two-sided geometric noise with a = e^(−ε/2) it is 2a/(1 − a²) a bin.
    ///
    /// - Parameter drawingPeople: whether the people are drawn from a population, whose histogram is then what is missed.
    public static func formula(
        _ mechanism: HistogramMechanism, people: Int, epsilon: Double, drawingPeople: Bool = false
    ) -> Double {
        let total = Double(people)
        guard mechanism != .geometric else {
            let a = exp(-epsilon / 2)
            return 100 * Double(bins.count) * 2 * a / (1 - a * a) / total
        }
        guard let support = try? support(mechanism, thousandths: Int((1000 * epsilon).rounded())) else { return .nan }
        let deviations = bins.reduce(0.0) { sum, bin in
            let share = Double(bin) / 10_000, own = support.truthful * (1 - support.truthful)
            let other = support.spurious * (1 - support.spurious)
            let drawing = drawingPeople ? share * (1 - share) : 0
            let noise = (share * own + (1 - share) * other) / (support.gap * support.gap)
            return sum + (total * (noise + drawing)).squareRoot()
        }
        return 100 * (2 / Double.pi).squareRoot() * deviations / total
    }

    /// p* and q* of a device's report, the mechanism's own.
    static func support(_ mechanism: HistogramMechanism, thousandths: Int) throws -> SupportProbabilities {
        guard mechanism == .optimizedUnaryEncoding else {
            return try RandomizedResponse.study(thousandths: thousandths, valueCount: bins.count).support
        }
        return try OptimizedUnaryEncoding(
            configuration: OptimizedUnaryEncoding.Configuration(
                declared: .study(thousandths: thousandths, domain: .items(bins.count)))
        ).support
    }

    /// How many reports name each bin: of those who lie, each other bin equally many are expected.
    private static func categories(
        _ counts: [Int], _ support: SupportProbabilities, from noise: inout StudyNoise
    ) -> [Int] {
        var supports = [Int](repeating: 0, count: counts.count)
        for (bin, count) in counts.enumerated() {
            let truths = noise.binomial(count, support.truthful)
            supports[bin] += truths
            let even = supports.indices.map { $0 == bin ? 0.0 : 1 }
            for (other, lies) in noise.multinomial(count - truths, weights: even).enumerated() {
                supports[other] += lies
            }
        }
        return supports
    }

    /// How many reports have each bin's bit set; bits are independent.
    private static func bits(_ counts: [Int], _ support: SupportProbabilities, from noise: inout StudyNoise) -> [Int] {
        let total = counts.reduce(0, +)
        return counts.map {
            noise.binomial($0, support.truthful) + noise.binomial(total - $0, support.spurious)
        }
    }
}
