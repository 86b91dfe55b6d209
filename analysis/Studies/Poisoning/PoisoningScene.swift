internal import Estimation
internal import Foundation
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// A mechanism whose devices report, of which some are false and promote a few targets.
public struct PoisoningScene: Sendable {
    /// How false devices make their reports.
    public enum Attack: String, CaseIterable, Sendable {
        /// Each as the maximal gain attack of [CJG21] has it.
        case maximalGain = "maximal gain"
        /// The same, with a number of set bits drawn from the law of honest reports.
        case weightMatched = "weight matched"
    }

    /// The mechanism's name, and its form where it is memoized.
    public let title: String
    public let attack: Attack
    /// In thousandths.
    public let epsilonThousandths: Int
    let mechanism: any ReportCounter

    /// The values: those of Zipf's law, 1/rank, for honest devices.
    public static let valueCount = 100
    /// How many values false devices promote, drawn anew in every run.
    public static let targetCount = 10

    /// A mechanism that counts values; `nil` for others.
    init?(_ type: any LocalRandomizer.Type, epsilonThousandths: Int, attack: Attack) {
        guard let made = Self.mechanism(type, epsilonThousandths: epsilonThousandths),
            let oracle = OracleCatalog.standard.oracle(for: made), oracle is any FrequencyOracle
        else { return nil }
        let countsBits = oracle.honestReports.weights != nil
        guard attack == .maximalGain || countsBits else { return nil }
        (mechanism, self.attack, self.epsilonThousandths) = (oracle, attack, epsilonThousandths)
        title = type.identifier + (type.isMemoized ? " (memoized)" : "")
    }

    /// Every mechanism that counts values.
    public static var all: [PoisoningScene] {
        MechanismCatalog.standard.randomizers.flatMap { type in
            [1000, 2000].flatMap { epsilon in
                Attack.allCases.compactMap { PoisoningScene(type, epsilonThousandths: epsilon, attack: $0) }
            }
        }
    }

    private static func mechanism(
        _ type: any LocalRandomizer.Type, epsilonThousandths: Int
    ) -> (any LocalRandomizer)? {
        func made(_ domain: InputDomain, _ counts: [String: Int]) -> (any LocalRandomizer)? {
            guard
                var declared = try? MechanismDeclaration.study(
                    thousandths: epsilonThousandths, domain: domain, counts: counts)
            else { return nil }
            if type.isMemoized {
                declared.permanentEpsilon = try? MechanismDeclaration.study(
                    thousandths: 2 * epsilonThousandths, domain: domain
                ).epsilon
            }
            return try? type.make(declared: declared)
        }
        return made(.items(valueCount), [:]) ?? made(.text, ["rows": 256, "width": 1024])
            ?? made(.text, ["bits": 128, "hashes": 2, "cohorts": 64])
    }

    /// The values as the mechanism takes them.
    var values: [MechanismInput] {
        guard case .items = mechanism.configuration.domain else {
            return (0..<Self.valueCount).map { .text(Array("value \($0)".utf8)) }
        }
        return (0..<Self.valueCount).map { .item($0) }
    }
}

extension PoisoningScene {
    /// The tests that the mechanism has.
    var tests: [String] {
        let honest = mechanism.honestReports
        return (honest.weights == nil ? [] : ["weights"]) + (honest.payloads == nil ? [] : ["payloads"])
            + (mechanism.supportsPairs ? ["pairs"] : [])
    }
}
