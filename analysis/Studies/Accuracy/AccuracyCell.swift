internal import Estimation
internal import LocalPrivacy
internal import Mechanisms
public import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

/// One cell of the table of accuracy: a mechanism, an ε, a number of values and how they are spread.
public struct AccuracyCell: Sendable {
    /// How the devices are spread over the values.
    public enum Spread: String, CaseIterable, Sendable {
        /// The value of rank r by 1/r.
        case zipf
        /// All alike.
        case uniform

        /// How many of so many devices hold each value: by largest remainder, so that they sum up.
        func holders(of deviceCount: Int, valueCount: Int) -> [Int] {
            let weights = (1...valueCount).map { self == .zipf ? 1 / Double($0) : 1 }
            let total = weights.reduce(0, +)
            let shares = weights.map { $0 / total * Double(deviceCount) }
            var counts = shares.map { Int($0) }
            let order = shares.indices.sorted {
                (shares[$0] - Double(counts[$0]), -$0) > (shares[$1] - Double(counts[$1]), -$1)
            }
            for index in order.prefix(deviceCount - counts.reduce(0, +)) { counts[index] += 1 }
            return counts
        }
    }

    /// The mechanism, made for the cell.
    let mechanism: any LocalRandomizer
    /// The mechanism's name, and its form where it is memoized.
    public let title: String
    /// In thousandths; a memoized mechanism has twice as much for all reports about a value.
    public let epsilonThousandths: Int
    public let valueCount: Int
    public let spread: Spread
    /// The devices of a run, each with one report.
    public let deviceCount: Int
    /// The runs, so many that there are ten thousand intervals.
    public let runCount: Int

    /// The intervals that a cell has at least.
    public static let intervalCount = 10_000

    /// A cell for a mechanism of the catalog; `nil` where the mechanism does not count values.
    init?(_ type: any LocalRandomizer.Type, epsilonThousandths: Int, valueCount: Int, spread: Spread) {
        guard let epsilon = try? Epsilon(thousandths: epsilonThousandths) else { return nil }
        var declared = MechanismDeclaration(epsilon: epsilon, domain: .items(valueCount), reportsAbsence: false)
        if type.isMemoized { declared.permanentEpsilon = try? Epsilon(thousandths: 2 * epsilonThousandths) }
        var made = try? type.make(declared: declared)
        if made == nil {
            (declared.domain, declared.parameters) = (
                .text, ["rows": DeclaredNumber(256), "width": DeclaredNumber(1024)]
            )
            made = try? type.make(declared: declared)
        }
        guard let made, made is any ForeseeableOracle else { return nil }
        mechanism = made
        title = type.identifier + (type.isMemoized ? " (memoized)" : "")
        (self.epsilonThousandths, self.valueCount, self.spread) = (epsilonThousandths, valueCount, spread)
        deviceCount = Self.deviceCount(for: made)
        runCount = (Self.intervalCount + valueCount - 1) / valueCount
    }

    /// So many devices, in thousands, that the support of a value that nobody holds varies by 400 (memoized, where a device
    /// costs most, by 150), where one probability tells: from 100 on, intervals are normal, and the more the less their
    /// coverage jumps with whole counts. Else 8,000.
    private static func deviceCount(for mechanism: any LocalRandomizer) -> Int {
        guard let pure = mechanism as? any PureFrequencyOracle else { return 8_000 }
        let variance = pure.spuriousSupport * (1 - pure.spuriousSupport)
        let wanted = mechanism is any LongitudinalRandomizer ? 0.15 : 0.4
        return max(2, Int((wanted / variance).rounded(.up))) * 1_000
    }

    /// The cells of every mechanism that counts values. A memoized one, whose every device has a secret to derive noise from,
    /// has those of the larger number of values.
    public static func all(of catalog: MechanismCatalog = .standard) -> [AccuracyCell] {
        catalog.randomizers.flatMap { type in
            [500, 1000, 2000, 4000].flatMap { epsilon in
                (type.isMemoized ? [1024] : [16, 1024]).flatMap { valueCount in
                    Spread.allCases.compactMap { spread in
                        AccuracyCell(type, epsilonThousandths: epsilon, valueCount: valueCount, spread: spread)
                    }
                }
            }
        }
    }

    /// n times the variance of a value that 1 in d devices holds.
    var scaledVariance: Double {
        (mechanism as? any ForeseeableOracle)?.scaledVariance(frequency: 1 / Double(valueCount)) ?? .nan
    }

    /// What is estimated: the declared values, or texts.
    var candidates: [MechanismInput] {
        guard case .items = mechanism.mechanismDomain else {
            return (0..<valueCount).map { .text(Array("value \($0)".utf8)) }
        }
        return (0..<valueCount).map { .item($0) }
    }
}

extension LocalRandomizer {
    fileprivate var mechanismDomain: InputDomain { configuration.domain }
}
