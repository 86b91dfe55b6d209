import Foundation
import Mechanisms
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@testable import TelemetryAgent

/// Whoever averages the reports of one device gets rid of the fresh noise, and of nothing else: by claim 2 no rule tells
/// one value from another, held by a coin, more often than e^ε∞ / (1 + e^ε∞) of the time, whatever the number of reports.
@Suite("Averaging the reports of one device")
struct AveragingAttackTests {
    private static let deviceCount = 700
    private static let periodCount: Int64 = 30
    /// e / (1 + e): ε∞ is 1.
    private static let bound = 1 / (1 + exp(-1.0))

    @Test("gains no more than one permanent response tells, over 30 periods with a restart before each")
    func memoized() throws {
        let successes = try successes(redrawsSecret: false)
        #expect(!surelyAbove(successes, Self.bound), "\(successes) of \(Self.deviceCount)")
        // The attack does read the permanent response: it is right with probability e^½ / (1 + e^½), and in at most half of
        // 700 cases with probability at most exp(−700·KL(½ ‖ 0.622)) < 10⁻⁹.
        #expect(2 * successes > Self.deviceCount, "\(successes) of \(Self.deviceCount)")
    }

    @Test("shows permanent noise that is drawn anew after a restart")
    func redrawn() throws {
        let successes = try successes(redrawsSecret: true)
        #expect(surelyAbove(successes, Self.bound), "\(successes) of \(Self.deviceCount)")
    }

    /// How many devices of a known value of two are told right by the difference of the two bits over all reports, which
    /// is what decides the likelihood ratio of a transcript.
    private func successes(redrawsSecret: Bool) throws -> Int {
        let metric = try basicRapporMetric(
            categories: ["EWR", "JFK"], epsilonThousandths: 900, permanentEpsilonThousandths: 1000)
        let set = try testMetricSet(metrics: [metric])
        var successes = 0
        for number in 0..<Self.deviceCount {
            let value = number % 2
            var secret = try SecretKey.random()
            var test = try TestDevice(.memory, set, secret: secret)
            try test.enrol()
            var difference = 0
            for period in 0..<Self.periodCount {
                let seconds = noon + period * daySeconds
                if redrawsSecret { secret = try SecretKey.random() }
                test = try TestDevice(test, metricSet: set, secret: secret)
                try test.record(.item(value), metric, at: seconds)
                let slot = try #require(try test.device.store.slot(metric: 5, period: UTCDay(containing: seconds)))
                difference += Int(slot.payload[0] & 1) - Int(slot.payload[0] >> 1 & 1)
            }
            // Where neither bit is ahead, the attacker guesses; here always the first value, which half of them hold.
            if (difference >= 0 ? 0 : 1) == value { successes += 1 }
        }
        return successes
    }

    /// Whether a success rate of at most `rate` is refuted: by Chernoff's bound so many successes have a probability of at
    /// most exp(−n·KL), here 10⁻⁹.
    private func surelyAbove(_ successes: Int, _ rate: Double) -> Bool {
        let share = Double(successes) / Double(Self.deviceCount)
        guard share > rate else { return false }
        func term(_ x: Double, _ y: Double) -> Double { x > 0 ? x * log(x / y) : 0 }
        let divergence = term(share, rate) + term(1 - share, 1 - rate)
        return Double(Self.deviceCount) * divergence > log(1e9)
    }
}
