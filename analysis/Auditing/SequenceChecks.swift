internal import Foundation
internal import Mechanisms

/// Whether the reports of one device about one value are made of fresh noise each: no run of them occurs twice, and none
/// tells of the next.
struct SequenceChecks {
    let findings: [AuditFinding]

    private static let reportCount = 4000
    /// Two runs of sound reports are equal anywhere with at most this probability.
    private static let repeatRate = 1e-9
    private static let bitLimit = 16

    init<M: LocalRandomizer>(of subject: AuditSubject<M>, _ settings: AuditSettings) throws {
        guard let input = subject.attackedInputs.first else {
            findings = []
            return
        }
        let device = try subject.device(settings.noise(5_000_000))
        // Two processes, one after the other, as after a restart.
        let runs = try (0..<2).map { run in
            let (agent, noise) = (subject.start(), settings.noise(5_000_001 + UInt64(run)))
            let payloads = try (0..<Self.reportCount).map { _ in try agent(input, device, noise) ?? [] }
            guard !noise.hasFailed else { throw AuditError.noRandomness }
            return payloads
        }
        findings = [Self.repetition(runs), Self.dependence(runs)]
    }

    /// Looks for equal runs, as long as chance would not make.
    private static func repetition(_ runs: [[[UInt8]]]) -> AuditFinding {
        var numbers: [[UInt8]: UInt64] = [:]
        let symbols = runs.map {
            $0.map { payload in
                let number = numbers[payload] ?? UInt64(numbers.count + 1)
                numbers[payload] = number
                return number
            }
        }
        let counts = runs.joined().reduce(into: [[UInt8]: Int]()) { $0[$1, default: 0] += 1 }
        let total = Double(runs.joined().count), commonest = Double(counts.values.max() ?? 0) / total
        // Runs that overlap themselves repeat most easily: with the commonest report's probability for each more.
        let share = min(0.9999, commonest + 5 * (commonest * (1 - commonest) / total).squareRoot() + 5 / total)
        let length = Int((log(total * total / repeatRate) / -log(share)).rounded(.up))
        guard length <= reportCount / 4 else {
            return AuditFinding(
                .noiseIsNotRepeated, .passed, "reports about one value are too alike to tell runs of them apart")
        }
        var seen: Set<ArraySlice<UInt64>> = []
        for symbols in symbols {
            for start in 0...symbols.count - length {
                guard seen.insert(symbols[start..<start + length]).inserted else {
                    return AuditFinding(
                        .noiseIsNotRepeated, .failed,
                        "a run of \(length) reports occurs twice, the second time from \(start) on")
                }
            }
        }
        return AuditFinding(.noiseIsNotRepeated, .passed, "no run of \(length) of \(Int(total)) reports occurs twice")
    }

    /// Correlates features of reports with those of the next three.
    private static func dependence(_ runs: [[[UInt8]]]) -> AuditFinding {
        let counts = runs.joined().reduce(into: [[UInt8]: Int]()) { $0[$1, default: 0] += 1 }
        let commonest = counts.max {
            $0.value != $1.value ? $0.value < $1.value : $1.key.lexicographicallyPrecedes($0.key)
        }
        let length = runs.joined().map(\.count).min() ?? 0
        var features: [([UInt8]) -> Bool] = [{ $0 == commonest?.key }]
        features += (0..<min(bitLimit, 8 * length)).map { bit in
            // The last bits, as the first ones may name a cohort.
            { $0[length - 1 - bit / 8] >> UInt8(bit % 8) & 1 == 1 }
        }
        var worst = 0.0
        for feature in features {
            for lag in 1...3 {
                var dependence = StratifiedDependence()
                for payloads in runs {
                    let values = payloads.map(feature)
                    for place in 0..<values.count - lag {
                        dependence.include(values[place], values[place + lag], stratum: 0)
                    }
                }
                if abs(dependence.deviation) > abs(worst) { worst = dependence.deviation }
            }
        }
        return AuditFinding(
            .reportsAreIndependent, holds: abs(worst) <= StratifiedDependence.limit,
            "a report and one of the next three are correlated by at most \(String(format: "%.1f", abs(worst))) standard "
                + "deviations")
    }
}
