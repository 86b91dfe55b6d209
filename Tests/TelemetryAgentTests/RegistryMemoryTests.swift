import Foundation
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("What a device keeps of an accepted metric set")
struct RegistryMemoryTests {
    private let offer = RegistryOffer()
    private let server: RecordingServer
    private let test: TestAgent

    init() throws {
        let offer = offer
        server = try RecordingServer { request, _ in offer.reply(request) ?? .answer(200) }
        var test = try TestAgent(endpoint: server.url)
        test.configuration.registryKeys = [try signingKey(1).publicKey()]
        self.test = test
    }

    /// A signed set without `carrier`, or with these metrics.
    private static func reduced(_ sequence: UInt64, _ identifiers: [UInt32] = [1, 3], keys: [UInt8] = [1]) throws
        -> [UInt8]
    {
        let metrics = try testMetricSet().metrics.filter { identifiers.contains($0.identifier.value) }
        return try signedSet(try testMetricSet(metrics: metrics), sequence: sequence, keys: keys).encoded
    }

    /// An agent whose program brings these keys.
    private func agent(keys: [UInt8]) throws -> Agent {
        var configuration = test.configuration
        configuration.registryKeys = try keys.map { try signingKey($0).publicKey() }
        return Agent(configuration)
    }

    private func isWithheld(_ agent: Agent, _ name: String = "carrier") throws -> Bool {
        let value: MetricValue = name == "carrier" ? .category("AA") : .boolean(true)
        do throws(AgentError) { try agent.record(value, for: name) } catch {
            #expect(error == .notReporting(metric: name, .withheld))
            return true
        }
        return false
    }

    private var registry: URL { URL(filePath: test.folder.file("state/registry")) }

    @Test("A process that brings no keys keeps to the set that another one on its folder has accepted")
    func withoutKeys() throws {
        defer { server.stop() }
        let agent = test.open()
        try agent.setConsent(true)
        let keyless = try self.agent(keys: [])
        #expect(try !isWithheld(keyless))
        offer.set(try Self.reduced(4, keys: [1, 2]))
        test.clock.advance(days: 1)
        #expect(try agent.flush().failure == nil)
        #expect(try isWithheld(agent))
        #expect(try isWithheld(keyless))
        #expect(try !isWithheld(keyless, "departed_late"))
        #expect(try keyless.flush(closingPeriod: true).acknowledged == 2)
        let sent = try server.requests.filter { !$0.body.isEmpty }.flatMap { try Batch(decoding: $0.body).reports }
        #expect(!sent.contains { $0.metric == 2 })
        // What a key signs that was not learnt leaves nothing; nor does an earlier set.
        for (sequence, keys) in [(4, [3]), (4, [1]), (3, [1, 2])] as [(UInt64, [UInt8])] {
            try Data(try Self.reduced(sequence, [1, 2, 3], keys: keys)).write(to: registry)
            #expect(try isWithheld(try self.agent(keys: []), "departed_late"))
        }
        try FileManager.default.removeItem(at: registry)
        #expect(try isWithheld(try self.agent(keys: []), "departed_late"))
    }

    @Test(
        "A set whose file was in place when the power failed is remembered at the next start, and none before it comes back",
        arguments: [0, 5] as [UInt64], [true, false])
    func crashBeforeCommit(earlier: UInt64, isOfferedAgain: Bool) throws {
        defer { server.stop() }
        let agent = test.open()
        try agent.setConsent(true)
        if earlier > 0 { offer.set(try Self.reduced(earlier, [1, 2, 3])) }
        test.clock.advance(days: 1)
        #expect(try agent.flush().failure == nil)
        #expect(try !isWithheld(agent))
        // The rename has happened, and the transaction around it has not: a file of 7, and a database of before.
        let later = try Self.reduced(7, keys: [1, 2])
        let folder = StateFolder(path: test.folder.file("state"))
        try folder.replace(Agent.registryName, with: later)
        #expect(try test.value(.registrySequence) ?? 0 == Int64(earlier))
        offer.set(isOfferedAgain ? later : nil)
        let restarted = test.open()
        test.clock.advance(days: 1)
        #expect(try restarted.flush().acknowledged == 2)
        #expect(try test.value(.registrySequence) == 7 && test.value(.registryRotation) == 1)
        let noted = try restarted.journal().filter {
            if case .registryAccepted(7, _) = $0.event { true } else { false }
        }
        #expect(try noted.count == 1 && restarted.journalDamage() == nil)
        for (sequence, keys) in [(6, [1, 2]), (8, [1]), (8, [1, 3])] as [(UInt64, [UInt8])] {
            offer.set(try Self.reduced(sequence, [1, 2, 3], keys: keys))
            test.clock.advance(days: 1)
            #expect(try restarted.flush().acknowledged == 2)
            #expect(try isWithheld(test.open()))
        }
    }

    @Test(
        "A batch that waits with a withdrawn metric goes as a whole, since it may have arrived, also where a crash cut it short",
        arguments: [true, false])
    func waitingBatch(isCutShort: Bool) throws {
        let offer = offer
        self.server.stop()
        let server = try RecordingServer { request, _ in
            let metrics = (try? Batch(decoding: request.body).reports.map(\.metric)) ?? []
            return offer.reply(request) ?? (metrics.contains(2) ? .answer(503) : .answer(200))
        }
        defer { server.stop() }
        var test = test
        test.configuration.endpoint = try Endpoint(server.url)
        let agent = test.open()
        try agent.setConsent(true)
        test.clock.advance(days: 1)
        #expect(try agent.flush().waiting == 3)
        if isCutShort {
            try StateFolder(path: test.folder.file("state")).replace(Agent.registryName, with: try Self.reduced(1))
        } else {
            offer.set(try Self.reduced(1))
        }
        test.clock.advance(days: 1)
        // Two of the day since; none of the batch that waited, which the collector may hold.
        let report = try agent.flush(now: true)
        #expect(report.acknowledged == 2 && report.waiting == 0 && report.failure == nil)
        let batches = try server.requests.filter { !$0.body.isEmpty }.map { try Batch(decoding: $0.body) }
        #expect(batches.map { Set($0.reports.map(\.metric)) } == [[1, 2, 3], [1, 3]])
        #expect(Set(batches[1].reports).isDisjoint(with: batches[0].reports))
        // Offered, the set comes after the day was closed, whose report is dropped as well.
        #expect(try agent.status().retired == (isCutShort ? 3 : 4) && agent.journalDamage() == nil)
    }
}
