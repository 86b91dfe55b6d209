import Foundation
import TestSupport
import Testing

@testable import TelemetryAgent

/// One device whose programs are killed, its collector, and what is seen of both.
final class KilledDevice {
    /// The metrics: fresh noise, and a vector of random bits a report over a permanent one.
    static let vectorMetric: UInt32 = 4

    let server: RecordingServer
    let programs: DevicePrograms
    var books = CrashBooks()
    private(set) var hits = 0
    private var received = 0
    private var noise: SeededNoise

    /// - Parameter seed: draws the moments of the kills.
    init(seed: UInt64) throws {
        // Every third answer gets lost after the batch was stored.
        server = try RecordingServer { _, earlier in earlier % 3 == 1 ? .close : .answer(200) }
        noise = SeededNoise(seed: seed)
        let set = try testMetricSet(metrics: [try booleanMetric(), try rapporMetric(bits: 256)])
        programs = try DevicePrograms(set, endpoint: server.url)
        programs.setDay(0)
    }

    deinit { server.stop() }

    /// How long a command line takes that nobody interrupts: the median of three.
    func lifetime(_ words: [String]) throws -> Duration {
        let clock = ContinuousClock()
        return try (0..<3).map { _ in try clock.measure { _ = try programs.start(words).wait() } }.sorted()[1]
    }

    /// Runs a command line that is killed at a moment from half of its time to a little behind its end, and looks at what
    /// it left. The first half goes to the dynamic linker.
    func interrupt(_ words: [String], lifetime: Duration) throws {
        let process = try programs.start(words)
        usleep(UInt32(lifetime * (0.5 + Double(noise.next() % 1000) / 1600) / .microseconds(1)))
        process.kill()
        if try process.wait().wasKilled { hits += 1 }
        try look()
    }

    /// Looks at the state and at what has arrived.
    func look() throws {
        let requests = server.requests
        for request in requests.dropFirst(received) { try books.receive(request.body) }
        received = requests.count
        if let store = try programs.store() { try books.look(at: store) }
    }

    /// Lets the device finish its work undisturbed from a day on, and gives what it broke.
    ///
    /// - Parameter days: the days for which reports must have arrived.
    func finish(from day: Int, days: Int) throws -> Set<CrashBooks.Violation> {
        var configuration = Agent.Configuration(
            metricSet: programs.metricSet, endpoint: try Endpoint(programs.endpoint),
            stateFolder: programs.state, environment: [:], clock: ShiftedClock(day: day))
        configuration.machineOptOutFile = "/nonexistent/opt-out"
        let agent = Agent(configuration)
        // An answer that gets lost is no failure of this device.
        for _ in 0..<6 where try agent.flush(now: true).waiting > 0 {}
        try look()
        let store = try #require(try programs.store())
        #expect(try store.queuedCount() == 0 && store.outbox().isEmpty)
        #expect(books.receivedCount == 2 * days, "\(books.receivedCount) reports of \(days) days arrived")
        books.close(
            acknowledged: Int(try store.value(.acknowledgedReports) ?? 0), vectors: [Self.vectorMetric])
        return books.violations
    }
}
