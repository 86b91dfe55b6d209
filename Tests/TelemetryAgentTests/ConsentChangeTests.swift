import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("What withdrawing and consenting again leave behind")
struct ConsentChangeTests {
    private let clock = ManualClock()
    private let folder: TemporaryFolder
    private let metricSet: MetricSet

    init() throws {
        folder = try TemporaryFolder()
        metricSet = try testMetricSet(metrics: [
            try booleanMetric(), try memoizedMetric(maximumDistinctValues: 2),
            try booleanMetric(identifier: 7, name: "crashed", combination: .any),
        ])
    }

    private func agent(_ name: String = "state", _ set: MetricSet? = nil) throws -> Agent {
        var configuration = Agent.Configuration(
            metricSet: set ?? metricSet, endpoint: try Endpoint("http://127.0.0.1:9"), stateFolder: folder.file(name),
            environment: [:], clock: clock)
        configuration.machineOptOutFile = "/nonexistent/opt-out"
        return Agent(configuration)
    }

    @Test(
        "After consenting again a memoized metric stays silent, whichever values it had",
        arguments: [["EWR", "EWR"], ["EWR", "JFK"]])
    func memoizedSilenceTellsNothing(history: [String]) throws {
        clock.set(noon)
        let agent = try agent()
        try agent.setConsent(true)
        for airport in history {
            try agent.record(.category(airport), for: "home_airport")
            clock.advance(days: 1)
            _ = try agent.flush()
        }
        try agent.setConsent(false)
        try agent.setConsent(true)
        #expect(throws: AgentError.notReporting(metric: "home_airport", .secretErased)) {
            try agent.record(.category("EWR"), for: "home_airport")
        }
        _ = try agent.flush(closingPeriod: true)
        #expect(Set(try agent.waitingReports().map(\.metric)) == ["departed_late", "crashed"])
        let line = try #require(try agent.budget().first { $0.metric == "home_airport" })
        #expect(line.isRetired && line.reports == 2 && line.spentThousandths == nil)
    }

    @Test("Withdrawn while a crash or a lock keeps the queue from being erased, nothing of it is sent later")
    func interruptedWithdrawal() throws {
        try agent().setConsent(true)
        try agent().record(.boolean(true), for: "departed_late")
        clock.advance(days: 1)
        _ = try agent().flush()
        try agent().record(.boolean(true), for: "departed_late")
        #expect(try agent().waitingReports().count == 4)
        // As kill -9 right after the decision leaves it.
        let state = StateFolder(path: folder.file("state"))
        try Consent(folder: state, environment: [:], machineOptOutPath: "").decline()
        let again = try agent()
        try again.setConsent(true)
        #expect(try again.waitingReports().isEmpty)
        #expect(try again.budget().first { $0.metric == "departed_late" }?.reports == 2)
        #expect(throws: AgentError.notReporting(metric: "home_airport", .secretErased)) {
            try again.record(.category("EWR"), for: "home_airport")
        }
    }

    @Test("The ledger can be read after consent is withdrawn")
    func budgetAfterWithdrawal() throws {
        let agent = try agent()
        try agent.setConsent(true)
        try agent.record(.boolean(true), for: "departed_late")
        try agent.setConsent(false)
        #expect(try agent.budget().first { $0.metric == "departed_late" }?.spentThousandths == 1_000)
        #expect(try agent.status().consent == .declined)
    }

    @Test("An open agent notices that another has withdrawn and consented again")
    func consentChangedElsewhere() throws {
        let open = try agent(), other = try agent()
        try open.setConsent(true)
        try open.record(.category("EWR"), for: "home_airport")
        try other.setConsent(false)
        try other.setConsent(true)
        #expect(throws: AgentError.notReporting(metric: "home_airport", .secretErased)) {
            try open.record(.category("EWR"), for: "home_airport")
        }
        try open.record(.boolean(true), for: "departed_late")
        #expect(try other.waitingReports().map(\.metric) == ["departed_late"])
    }

    @Test("An event that its metric does not take any more holds up no other")
    func refusedUndecidedEvent() throws {
        let crashed = try booleanMetric(
            identifier: 7, name: "crashed", combination: .any,
            expiry: .lastDay(UTCDay(containing: noon).advanced(by: 1)))
        let agent = try agent("state", try testMetricSet(metrics: [try booleanMetric(), crashed]))
        try agent.setConsent(true)
        try agent.record(.boolean(true), for: "crashed")
        _ = try agent.flush()
        #expect(try agent.waitingReports().isEmpty)
        _ = try agent.flush(closingPeriod: true)
        #expect(try agent.waitingReports().count == 2)
        #expect(throws: AgentError.notReporting(metric: "crashed", .periodClosed(UTCDay(containing: noon)))) {
            try agent.record(.boolean(true), for: "crashed")
        }
        clock.advance(days: 5)
        #expect(throws: AgentError.notReporting(metric: "crashed", .expired)) {
            try agent.record(.boolean(true), for: "crashed")
        }
        try agent.record(.boolean(true), for: "departed_late")
        _ = try agent.flush()
    }

    @Test("A wait noted under a clock that was far ahead is no longer than a wait can be")
    func waitUnderWrongClock() throws {
        let agent = try agent()
        try agent.setConsent(true)
        _ = try agent.flush(closingPeriod: true)
        clock.set(noon + 20 * daySeconds)
        #expect(try agent.flush(now: true).failure != nil)
        clock.set(noon)
        let next = try #require(try agent.status().nextAttempt)
        #expect(next <= noon + 6 * 3600)
    }

    @Test("What was noted in memory before another process withdrew is not reported after it consents again")
    func memoryEndsWithConsent() throws {
        let host = try agent()
        try host.setConsent(true)
        try host.record(.boolean(true), for: "crashed")
        let other = try agent()
        try other.setConsent(false)
        try other.setConsent(true)
        try host.persist()
        #expect(try host.waitingReports().isEmpty)
        #expect(try host.budget().map(\.reports) == [0, 0, 0])
        // Nor does it make an answer of the new consent a yes.
        try host.record(.boolean(false), for: "crashed")
        try host.persist()
        #expect(try host.waitingReports().map(\.metric) == ["crashed"])
    }

    private func note(_ metric: StaticString, in buffer: EventBuffer) throws {
        try buffer.record(
            .boolean(true), for: UnsafeBufferPointer(start: metric.utf8Start, count: metric.utf8CodeUnitCount))
    }

    @Test(
        "Events in the buffer of a host are wiped when another process withdraws and consents again between two looks")
    func bufferEndsWithConsent() throws {
        let host = try agent()
        try host.setConsent(true)
        let buffer = try EventBuffer(metricSet)
        buffer.accept()
        try host.takeOver(buffer)
        try note("departed_late", in: buffer)
        let other = try agent()
        try other.setConsent(false)
        try other.setConsent(true)
        try host.takeOver(buffer)
        #expect(buffer.isEmpty)
        #expect(try host.waitingReports().isEmpty)
        try note("departed_late", in: buffer)
        try host.takeOver(buffer)
        #expect(try host.waitingReports().map(\.metric) == ["departed_late"])
        // Its own decisions cost a host nothing that it records after them.
        try host.setConsent(false)
        try host.setConsent(true)
        try note("departed_late", in: buffer)
        try host.takeOver(buffer)
        #expect(try host.waitingReports().map(\.metric) == ["departed_late"])
    }

    @Test("Days without consent are neither reported nor debited")
    func daysWithoutConsent() throws {
        let agent = try agent()
        try agent.setConsent(true)
        try agent.record(.boolean(true), for: "departed_late")
        try agent.setConsent(false)
        clock.advance(days: 5)
        try agent.setConsent(true)
        try agent.record(.boolean(true), for: "departed_late")
        #expect(try agent.waitingReports().map(\.period) == [UTCDay(containing: noon).advanced(by: 5)])
        #expect(try agent.budget().first { $0.metric == "departed_late" }?.reports == 2)
    }

    @Test(
        "An opt-out of the machine that cannot be looked for counts as one", arguments: ["a link", "a closed folder"])
    func optOutOutOfSight(kind: String) throws {
        var configuration = Agent.Configuration(
            metricSet: metricSet, endpoint: try Endpoint("http://127.0.0.1:9"), stateFolder: folder.file("state"),
            environment: [:], clock: clock)
        configuration.machineOptOutFile = folder.file("etc/opt-out")
        #expect(try Agent(configuration).consentSource() == .unset)
        try FileManager.default.createDirectory(atPath: folder.file("etc"), withIntermediateDirectories: false)
        if kind == "a link" {
            try FileManager.default.createSymbolicLink(
                atPath: folder.file("etc/opt-out"), withDestinationPath: "/nonexistent")
        } else {
            // Root may look into every folder, but nobody at a name that is too long.
            configuration.machineOptOutFile = folder.file("etc/" + String(repeating: "x", count: 300))
        }
        #expect(try Agent(configuration).consentSource() == .machineOptOut)
    }

    @Test("What happened on the first day that a device reports is reported, although that ends on the next")
    func firstDay() throws {
        let metric = try booleanMetric(
            identifier: 7, name: "crashed", epsilonThousandths: 16_000, lifetimeThousandths: 160_000,
            combination: .any)
        let agent = try agent("late", try testMetricSet(enrolmentDelayHours: 24, metrics: [metric]))
        try agent.setConsent(true)
        clock.advance(days: 2)
        try agent.record(.boolean(true), for: "crashed")
        clock.advance(days: 1)
        try agent.record(.boolean(true), for: "crashed")
        // Perhaps a day without an event came before, as the device's delay fell.
        let day = UTCDay(containing: noon).advanced(by: 2)
        let report = try #require(try agent.waitingReports().first { $0.period == day })
        #expect(report.stage == .queued && report.response == "true")
    }
}
