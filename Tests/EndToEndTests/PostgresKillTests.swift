import Foundation
import LocalPrivacy
import MetricDefinitions
import PostgresClient
import ReportFormat
import Synchronization
import TestSupport
import Testing

/// Sends batches of one report each to the collectors of one database, and remembers which were acknowledged. What is
/// not is sent again, to any of them, until it is.
private final class Loader: Sendable {
    private struct State {
        var waiting: [Batch] = []
        var acknowledged: Set<BatchIdentifier> = []
        var sentCount = 0
        var isOver = false
    }

    private let record: ReportRecord
    private let ports: [UInt16]
    private let state = Mutex(State())

    init(_ record: ReportRecord, ports: [UInt16]) { (self.record, self.ports) = (record, ports) }

    var acknowledged: Set<BatchIdentifier> { state.withLock { $0.acknowledged } }

    /// Sends until ``finish()``, and then until all that was sent is acknowledged.
    func run(seed: UInt64) {
        var noise = SeededNoise(seed: seed)
        while let batch = next(&noise) {
            let port = ports[Int(noise.next() % UInt64(ports.count))]
            let isAcknowledged = post(batch.encoded, to: port)
            state.withLock { state in
                if isAcknowledged { state.acknowledged.insert(batch.identifier) } else { state.waiting.append(batch) }
            }
        }
    }

    func finish() { state.withLock { $0.isOver = true } }

    private func next(_ noise: inout SeededNoise) -> Batch? {
        let identifier = BatchIdentifier(bytes: noise.bytes(count: BatchIdentifier.byteCount))
        return state.withLock { state in
            // Every second time an old one, so that repetitions meet first sendings.
            state.sentCount += 1
            if state.isOver || state.sentCount.isMultiple(of: 2), let batch = state.waiting.popLast() { return batch }
            guard !state.isOver, let identifier else { return nil }
            return try? Batch(identifier: identifier, reports: [record])
        }
    }

    /// Whether the answer was 200.
    private func post(_ bytes: [UInt8], to port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        let head =
            "POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(WireLimits.mediaType)\r\n"
            + "Content-Length: \(bytes.count)\r\nConnection: close\r\n\r\n"
        let request = Array(head.utf8) + bytes
        guard isConnected, send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return false
        }
        var answer = [UInt8](repeating: 0, count: 12)
        guard recv(descriptor, &answer, answer.count, Int32(MSG_WAITALL)) == answer.count else { return false }
        return String(decoding: answer, as: UTF8.self) == "HTTP/1.1 200"
    }
}

@Suite("Two collectors on one PostgreSQL database") struct PostgresKillTests {
    static let killCount = ProcessInfo.processInfo.environment["DITHER_THOROUGH"] == "1" ? 200 : 8

    @Test("Killed with -9 at random, and the server too, they lose nothing acknowledged and store nothing twice")
    func killed() async throws {
        let workspace = try Workspace()
        let set = try testMetricSet()
        let setPath = workspace.file("metrics.set")
        try Data(try set.encoded()).write(to: URL(filePath: setPath))
        let server = try PostgresServer()
        let database = try server.makeDatabase()
        let collectors = try (0..<2).map { _ in try RunningCollector(metricSet: setPath, store: database) }
        let metric = try #require(set.metric(1))
        let record = ReportRecord(
            metric: 1, period: UTCDay(containing: Int64(time(nil))), fingerprint: metric.fingerprint, payload: [1])
        let ports = try collectors.map { try #require(UInt16($0.url.split(separator: ":").last ?? "")) }
        let loader = Loader(record, ports: ports)
        let threads = DispatchGroup()
        for number in 0..<16 {
            threads.enter()
            Thread.detachNewThread {
                loader.run(seed: 0x6B11 + UInt64(number))
                threads.leave()
            }
        }
        var noise = SeededNoise(seed: 0x9_1109)
        for number in 0..<Self.killCount {
            // Not before there is something to lose.
            let goal = loader.acknowledged.count + 20 + Int(noise.next() % 200)
            while loader.acknowledged.count < goal { usleep(1_000) }
            if number % 4 == 3 { try server.crash() }
            let collector = collectors[Int(noise.next() % 2)]
            collector.kill()
            try collector.start()
        }
        loader.finish()
        await withCheckedContinuation { finished in threads.notify(queue: .global()) { finished.resume() } }
        let acknowledged = loader.acknowledged
        let connection = try server.connection(to: database)
        let rows = try connection.execute("SELECT identifier FROM dither.batch")
        let stored = Set(try (0..<rows.rowCount).map { try rows.bytes($0, 0, of: "batch") })
        #expect(acknowledged.allSatisfy { stored.contains($0.bytes) }, "nothing acknowledged is lost")
        #expect(stored.count == acknowledged.count && rows.rowCount == stored.count)
        let reports = try connection.execute(
            """
            SELECT (SELECT count(*) FROM dither.staged) + (SELECT coalesce(sum(count), 0) FROM dither.chunk)::bigint
            """)
        #expect(try reports.integer(0, 0, of: "the tables") == Int64(stored.count), "nothing is counted twice")
        print("killed \(Self.killCount) times: \(acknowledged.count) acknowledged, none lost, none twice")
        for collector in collectors { #expect(collector.stop() == 0) }
    }

    @Test("What collectors store in a database, dither estimates from there, and the URL is shown without its settings")
    func estimate() throws {
        let workspace = try Workspace()
        let set = try testMetricSet(metrics: [try booleanMetric(minimumReports: 1)])
        let setPath = workspace.file("metrics.set")
        try Data(try set.encoded()).write(to: URL(filePath: setPath))
        let database = try PostgresServer.shared.get().makeDatabase()
        let arguments = ["estimate", "--registry", setPath, "--metric", "departed_late", "--format", "json", "--store"]
        let none = try run("dither", arguments + [database + "&sslkey=/secret/key"])
        #expect(none.status == 8 && none.complaint.contains("is no store"), "\(none.complaint)")
        #expect(!none.complaint.contains("secret"))
        let collector = try RunningCollector(metricSet: setPath, store: database)
        let metric = try #require(set.metric(1))
        let record = ReportRecord(
            metric: 1, period: UTCDay(containing: Int64(time(nil))), fingerprint: metric.fingerprint, payload: [1])
        let loader = Loader(record, ports: [try #require(UInt16(collector.url.split(separator: ":").last ?? ""))])
        Thread.detachNewThread {
            while loader.acknowledged.count < 50 { usleep(1_000) }; loader.finish()
        }
        loader.run(seed: 0xE57)
        let count = loader.acknowledged.count
        let outcome = try run("dither", arguments + [database])
        #expect(outcome.status == 0, "\(outcome.complaint)")
        struct Answer: Decodable { var reports: Int }
        #expect(try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8)).reports == count)
        #expect(collector.stop() == 0)
        let refused = try run("dither", arguments + ["postgres://x:hunter2@localhost/y"])
        #expect(refused.status == 2 && !refused.complaint.contains("hunter2"))
        let nowhere = try run("dither", arguments + ["postgres://x@/y?host=/nowhere"])
        #expect(nowhere.status == 6, "\(nowhere.complaint)")
    }
}
