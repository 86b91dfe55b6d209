internal import DecoderCommands
internal import FleetSimulator
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions

/// Estimates the demo's metrics, prints them beside the truth, and refuses what chance does not explain.
struct DemoJudgement {
    let flights: FlightEvents
    let metrics: DemoMetrics
    let registry: String
    let store: String

    /// Chance exceeds each bound below in fewer than one run of this many.
    private static let falseAlarm = 1e-9

    func run(_ summary: FleetSummary) throws {
        try checkCounts(summary)
        try judgeLate(try estimate(metrics.departedLate))
        try judge(try estimate(metrics.destination), flights.destinations)
        try judge(try estimate(metrics.route), flights.routes)
        try judgeAirTime(try estimate(metrics.airTime))
        try say("\n\(summary.acknowledged) reports acknowledged and counted: none lost, none twice.")
    }

    private func estimate(_ metric: MetricDefinition) throws -> DemoEstimate {
        let estimate = try DemoEstimate(registry: registry, store: store, metric: metric.name)
        try say("\n\(metric.name): \(type(of: metric.mechanism).identifier), ε \(metric.mechanism.epsilon) a report")
        try say("$ \(estimate.commandLine)")
        guard estimate.reports == flights.count else {
            throw CommandError(
                .runtimeFailure, "\(estimate.reports) reports of \(metric.name) counted of \(flights.count).")
        }
        return estimate
    }

    private func checkCounts(_ summary: FleetSummary) throws {
        let expected = 4 * flights.count
        guard summary.acknowledged == expected, summary.devices == flights.count else {
            throw CommandError(
                .runtimeFailure,
                "\(summary.acknowledged) reports of \(summary.devices) devices were acknowledged, "
                    + "\(summary.rejected) refused; there should be \(expected).")
        }
    }

    private func judgeLate(_ estimate: DemoEstimate) throws {
        guard let row = estimate.rows.first(where: { $0.name == "true" }),
            let mechanism = metrics.departedLate.mechanism as? RandomizedResponse
        else { throw CommandError(.runtimeFailure, "the estimate has no row for `true`.") }
        let (truth, estimated) = (flights.lateShare, row.count / Double(flights.count))
        try say(
            "late   truth \(fixed(truth, 4))   estimate \(fixed(estimated, 4))   "
                + "interval \(fixed(row.low, 4)) to \(fixed(row.high, 4))")
        let gap = 1 - Double(mechanism.rule.lieThreshold) * 0x1p-63
        try check(abs(estimated - truth), "the share of late flights", atMost: hoeffding(gap: gap))
    }

    private func judgeAirTime(_ estimate: DemoEstimate) throws {
        guard let row = estimate.rows.first, case .number(let range) = metrics.airTime.domain else {
            throw CommandError(.runtimeFailure, "the estimate has no row for the mean.")
        }
        let truth = flights.meanAirTime
        try say(
            "minutes in the air   truth \(fixed(truth, 2))   estimate \(fixed(row.count, 2))   "
                + "interval \(fixed(row.low, 2)) to \(fixed(row.high, 2))")
        // p* − q* of one bit at ε is tanh(ε / 2).
        let gap = tanh(Double(metrics.airTime.mechanism.epsilon.thousandths) / 2000)
        try check(
            abs(row.count - truth) / (range.high - range.low), "the mean of air times", atMost: hoeffding(gap: gap))
    }

    private func judge(_ estimate: DemoEstimate, _ column: NameColumn) throws {
        let findings = DemoFindings(estimate.rows, truth: column, total: flights.count)
        try StandardStreams.write(findings.table.rendered(as: .table))
        try say(findings.sentence)
        // Of n intervals that each miss once in twenty, more than n / 4 + 12 miss in fewer than 10⁻⁹ of runs.
        let missCount = findings.occurringCount - findings.coveredCount
        guard missCount <= findings.occurringCount / 4 + 12 else {
            throw CommandError(.runtimeFailure, "\(missCount) intervals miss the truth. Something is wrong.")
        }
    }

    /// Hoeffding's inequality [Hoe63, theorem 1] bounds the mean of n independent bits: it is off by more than
    /// √(ln(2/α) / 2n) with probability at most α, and the estimate by that over p* − q*.
    private func hoeffding(gap: Double) -> Double {
        (log(2 / Self.falseAlarm) / (2 * Double(flights.count))).squareRoot() / gap
    }

    private func check(_ error: Double, _ what: String, atMost allowed: Double) throws {
        guard error <= allowed else {
            throw CommandError(
                .runtimeFailure,
                "\(what) is \(fixed(error, 4)) off; by Hoeffding's inequality more than \(fixed(allowed, 4)) happens "
                    + "once in 10⁹ runs. Something is wrong.")
        }
    }

    private func say(_ line: String) throws(CommandError) { try StandardStreams.write(line + "\n") }

    private func fixed(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", number) }
}
