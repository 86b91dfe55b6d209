import Foundation
import LocalPrivacy
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("The signed metric set that a collector offers")
struct SignedRegistryTests {
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

    /// The set without `carrier`.
    private static func smaller(_ identifiers: [UInt32] = [1, 3]) throws -> MetricSet {
        try testMetricSet(metrics: try testMetricSet().metrics.filter { identifiers.contains($0.identifier.value) })
    }

    /// Ends a day, waits for the moment, and sends.
    @discardableResult
    private func nextBundle(_ agent: Agent) throws -> FlushReport {
        let tomorrow = UTCDay(containing: test.clock.secondsSinceEpoch()).advanced(by: 1).startInSeconds
        test.clock.set(tomorrow)
        test.clock.set(try #require(try agent.flush(onlyWhenDue: true).nextBundle))
        defer { test.clock.set(tomorrow + daySeconds / 2) }
        return try agent.flush(onlyWhenDue: true)
    }

    private func events(_ agent: Agent) throws -> [JournalEvent] {
        try agent.journal().map(\.event).filter {
            switch $0 {
            case .registryAccepted, .registryRefused: true
            default: false
            }
        }
    }

    private func canRecord(
        _ agent: Agent,
        _ names: [String: MetricValue] = [
            "departed_late": .boolean(true), "carrier": .category("AA"), "home_airport": .category("JFK"),
        ]
    ) throws -> Set<String> {
        var taken: Set<String> = []
        for (name, value) in names {
            do throws(AgentError) {
                try agent.record(value, for: name)
                taken.insert(name)
            } catch { #expect(error == .notReporting(metric: name, .withheld)) }
        }
        return taken
    }

    @Test("A set that is right takes effect, and only reduces: nothing of a metric that it lacks is reported")
    func accepted() throws {
        defer { server.stop() }
        let agent = test.open()
        try agent.setConsent(true)
        #expect(try canRecord(agent).count == 3)
        offer.set(try signedSet(try Self.smaller()).encoded)
        // The bundle of the period that was closed before goes without it too.
        #expect(try nextBundle(agent).acknowledged == 2)
        #expect(try canRecord(agent) == ["departed_late", "home_airport"])
        #expect(try canRecord(test.open()) == ["departed_late", "home_airport"])
        #expect(try nextBundle(agent).acknowledged == 2)
        let sent = try server.requests.filter { !$0.body.isEmpty }.flatMap { try Batch(decoding: $0.body).reports }
        #expect(Set(sent.map(\.metric)) == [1, 3])
        let budget = try agent.budget().first { $0.metric == "carrier" }
        #expect(budget?.reports == 1)
        // A later set may allow again what the program brings, and no more.
        offer.set(
            try signedSet(
                try testMetricSet(metrics: try testMetricSet().metrics + [try meanMetric(identifier: 70)]),
                sequence: 2
            ).encoded)
        try nextBundle(agent)
        #expect(try canRecord(agent).count == 3)
        #expect(throws: AgentError.unknownMetric(name: "air_time")) { try agent.record(.number(1), for: "air_time") }
    }

    @Test("A bundle is one GET and one POST, with headers that tell nothing but which set is held")
    func requests() throws {
        defer { server.stop() }
        let agent = test.open()
        try agent.setConsent(true)
        let bytes = try signedSet(try Self.smaller()).encoded
        offer.set(bytes)
        for _ in 0..<3 { try nextBundle(agent) }
        #expect(server.requests.map { $0.head.prefix(4) } == ["GET ", "POST", "GET ", "POST", "GET ", "POST"])
        let heads = server.requests.filter { $0.body.isEmpty }.map { $0.head.components(separatedBy: "\r\n") }
        func expected(_ tag: String) -> [String] {
            [
                "GET /v1/registry HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "User-Agent: dither/1",
                "If-None-Match: \"\(tag)\"",
            ]
        }
        let tag = hexadecimal(try SHA256.digest(bytes))
        #expect(heads == [expected(String(repeating: "0", count: 64)), expected(tag), expected(tag)])
        #expect(try events(agent).count == 1)
        // Without keys nothing is asked.
        var silent = test.configuration
        silent.registryKeys = []
        let other = Agent(silent)
        try nextBundle(other)
        #expect(server.requests.count == 7)
    }

    /// Offers that a device which holds number 5 of key 1 has to refuse, and a word of why.
    private static func hostile() throws -> [(bytes: [UInt8], reason: String)] {
        let right = try signedSet(try smaller([1]), sequence: 6).encoded
        var changed = right
        changed[changed.count - 1] ^= 1
        var middle = right
        middle[right.count / 2] ^= 0x40
        let raised = try testMetricSet(metrics: [
            try booleanMetric(epsilonThousandths: 8_000, lifetimeThousandths: 800_000)
        ])
        var foreign = try testMetricSet(project: "trains")
        foreign = try MetricSet(decoding: try foreign.encoded())
        return [
            (
                try signedSet(try smaller([1]), sequence: 4).encoded,
                SignedMetricSetError.notNewer(sequence: 4, accepted: 5).sentence
            ),
            (
                try signedSet(try smaller([1]), sequence: 5).encoded,
                SignedMetricSetError.notNewer(sequence: 5, accepted: 5).sentence
            ),
            (changed, SignedMetricSetError.wrongSetSignature.sentence),
            (middle, SignedMetricSetError.wrongSetSignature.sentence),
            (
                try signedSet(try smaller([1]), sequence: 6, keys: [2]).encoded,
                SignedMetricSetError.untrustedKey.sentence
            ),
            (Array(right.dropLast()), "ends early"), (right + [0], "goes on too long"),
            ([], SignedMetricSetError.wrongMagic.sentence),
            (try smaller([1]).encoded(), SignedMetricSetError.wrongMagic.sentence),
            ([UInt8](repeating: 0x44, count: 10 << 20), "more than 1048576 bytes"),
            (try signedSet(foreign, sequence: 6).encoded, SignedMetricSetError.otherProject.sentence),
            (
                try signed(try smaller([1])) { content in
                    content[countOffset] = 2
                    content += content[(countOffset + 2)...]
                }, "has the id or name of another"
            ),
            (try signed(try smaller([1])) { $0 += [0, 1, 2] }, "ends early or goes on too long"),
            (try signed(try smaller([1])) { $0[4] = 2 }, "format 2"),
            (try signedSet(raised, sequence: 6).encoded, ""),
        ]
    }

    /// A set of one metric whose content is changed before it is signed, as whoever holds the key could.
    private static func signed(_ set: MetricSet, changing change: (inout [UInt8]) -> Void) throws -> [UInt8] {
        let honest = try signedSet(set, sequence: 6)
        var content = Array(honest.content.dropLast(32))
        change(&content)
        content += try SHA256.digest(content)
        let end = honest.encoded.count - 64 - honest.content.count - 4
        let length = (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) }
        let part = honest.encoded[..<end] + length + content
        return part + (try signingKey(1).signature(of: Array("dither/set/v1\0".utf8) + part))
    }

    /// `DTMS`, the version, the text `flights`, two ceilings and the delay come before the count of metrics.
    private static let countOffset = 4 + 1 + 2 + 7 + 4 + 4 + 2

    @Test(
        "Whatever is wrong with an offer, the previous set stays, no report is made under it, and the journal says why")
    func refused() throws {
        defer { server.stop() }
        let agent = test.open()
        try agent.setConsent(true)
        offer.set(try signedSet(try Self.smaller(), sequence: 5).encoded)
        try nextBundle(agent)
        let hostile = try Self.hostile()
        for (bytes, reason) in hostile.dropLast() {
            offer.set(bytes)
            #expect(try nextBundle(agent).acknowledged == 2)
            guard case .registryRefused(let said)? = try events(agent).last else {
                Issue.record("\(reason): \(try events(agent))")
                continue
            }
            #expect(said.contains(reason), "\(said)")
            #expect(try canRecord(agent) == ["departed_late", "home_airport"], "\(reason)")
        }
        #expect(try events(agent).count == hostile.count)
        #expect(try agent.journalDamage() == nil)
        // One whose ε is raised is signed, and leaves nothing of a metric whose definition is another.
        offer.set(try #require(hostile.last).bytes)
        #expect(try nextBundle(agent).acknowledged == 0)
        #expect(try canRecord(agent).isEmpty)
    }

    @Test("What is no answer of a collector is no offer")
    func portal() throws {
        defer { server.stop() }
        let agent = test.open()
        try agent.setConsent(true)
        try nextBundle(agent)
        offer.set(try signedSet(try Self.smaller()).encoded, mediaType: "text/html")
        try nextBundle(agent)
        #expect(try canRecord(agent).count == 3)
        #expect(try events(agent).count == 2)
    }

    @Test("Deleting the file brings back no earlier set: nothing is reported until the collector has been asked again")
    func deleted() throws {
        defer { server.stop() }
        let agent = test.open()
        try agent.setConsent(true)
        let (earlier, later) = (
            try signedSet(try testMetricSet(), sequence: 7), try signedSet(try Self.smaller(), sequence: 8)
        )
        offer.set(later.encoded)
        try nextBundle(agent)
        try FileManager.default.removeItem(atPath: test.folder.file("state/registry"))
        #expect(try canRecord(agent).isEmpty)
        offer.set(earlier.encoded)
        try nextBundle(agent)
        #expect(try canRecord(agent).isEmpty)
        try Data(earlier.encoded).write(to: URL(filePath: test.folder.file("state/registry")))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: test.folder.file("state/registry"))
        #expect(try canRecord(agent).isEmpty)
        offer.set(later.encoded)
        try nextBundle(agent)
        #expect(try canRecord(agent) == ["departed_late", "home_airport"])
        // Nor does withdrawing.
        try agent.setConsent(false)
        try agent.setConsent(true)
        #expect(
            try canRecord(agent, ["departed_late": .boolean(true), "carrier": .category("AA")]) == ["departed_late"])
    }

    @Test("After a rotation the earlier key signs nothing more, and no successor of its own; other keys start anew")
    func rotation() throws {
        defer { server.stop() }
        let agent = test.open()
        try agent.setConsent(true)
        offer.set(try signedSet(try Self.smaller(), sequence: 1, keys: [1, 2]).encoded)
        try nextBundle(agent)
        for keys in [[1], [1, 3], [1, 3, 4]] as [[UInt8]] {
            offer.set(try signedSet(try testMetricSet(), sequence: 9, keys: keys).encoded)
            try nextBundle(agent)
            #expect(try canRecord(agent) == ["departed_late", "home_airport"])
        }
        offer.set(try signedSet(try Self.smaller([1]), sequence: 2, keys: [1, 2, 5]).encoded)
        try nextBundle(agent)
        #expect(try canRecord(agent) == ["departed_late"])
        var renewed = test.configuration
        renewed.registryKeys = [try signingKey(6).publicKey()]
        let other = Agent(renewed)
        #expect(try canRecord(other).isEmpty)
        offer.set(try signedSet(try Self.smaller(), sequence: 3, keys: [6]).encoded)
        try nextBundle(other)
        #expect(try canRecord(other) == ["departed_late", "home_airport"])
    }

    @Test(
        "Keys are given as 64 hexadecimal digits each, with spaces between",
        arguments: [
            (String(repeating: "a0", count: 32), 1), (String(repeating: "A0 ", count: 1) + "", nil),
            (String(repeating: "0", count: 64) + " " + String(repeating: "f", count: 64), 2), ("", 0), ("  ", 0),
            (String(repeating: "0", count: 63), nil), (String(repeating: "g", count: 64), nil),
            (String(repeating: "0", count: 128), nil), (String(repeating: "0", count: 64) + "\n", nil),
        ] as [(String, Int?)])
    func keys(text: String, count: Int?) {
        do throws(AgentError) {
            let keys = try RegistryKeys.parsed(text)
            #expect(keys.count == count)
        } catch { #expect(count == nil && error == .endpoint(.malformedRegistryKey)) }
    }

    @Test("Lower caps and earlier ends of an accepted set hold, and higher ones do not")
    func caps() throws {
        defer { server.stop() }
        let agent = test.open()
        try agent.setConsent(true)
        let metrics = [
            try booleanMetric(lifetimeThousandths: 3_000), try categoryMetric(lifetimeThousandths: 900_000),
            try memoizedMetric(expiry: .lastDay(UTCDay(containing: noon).advanced(by: 1))),
        ]
        offer.set(try signedSet(try testMetricSet(metrics: metrics)).encoded)
        try nextBundle(agent)
        for _ in 0..<4 { try nextBundle(agent) }
        let sent = try server.requests.filter { !$0.body.isEmpty }.flatMap { try Batch(decoding: $0.body).reports }
        #expect(sent.filter { $0.metric == 1 }.count == 3)
        #expect(sent.filter { $0.metric == 2 }.count == 5)
        #expect(sent.filter { $0.metric == 3 }.count == 2)
        #expect(throws: AgentError.notReporting(metric: "departed_late", .lifetimeSpent)) {
            try agent.record(.boolean(true), for: "departed_late")
        }
    }
}
