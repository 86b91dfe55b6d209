import Foundation
import GRDB
import Testing

@Suite("Faults that an operator relieves while the collector runs", .serialized) struct RelievedFaultTests {
    /// How soon after its relief a fault is over.
    private static let recoveryLimit = Duration.seconds(5)

    @Test(
        "On a full disk senders are told to come back, and space heals it",
        .enabled(if: SmallFileSystem.isAvailable || mustBeComplete, "mounting a small file system takes root"),
        .timeLimit(.minutes(5)))
    func fullDisk() throws {
        let disk = try SmallFileSystem(byteCount: 2 << 20)
        let site = try CollectorSite()
        site.storeFolder = disk.path
        let device = try Device(site, collector: try site.start())
        try device.send(20)
        let filler = try disk.fill()
        try device.sendUntilRefused()
        try FileManager.default.removeItem(atPath: filler)
        try device.recover(within: Self.recoveryLimit)
        try device.finish()
    }

    /// A kernel refuses to remount what is open for writing, unless it found the file system faulty itself. So what the
    /// collector then gets from its system calls comes from a library that is preloaded.
    @Test("A file system that becomes read-only is survived, and is used again when it is not", .timeLimit(.minutes(5)))
    func readOnly() throws {
        let site = try CollectorSite()
        let mark = site.folder + "/read-only"
        let environment = try FaultyDisk(readOnlyWhile: mark).environment(for: site)
        let device = try Device(site, collector: try site.start(environment: environment))
        try device.send(20)
        guard FileManager.default.createFile(atPath: mark, contents: nil) else { throw TortureFailure("no mark") }
        try device.sendUntilRefused()
        try FileManager.default.removeItem(atPath: mark)
        try device.recover(within: Self.recoveryLimit)
        try device.finish()
    }

    @Test(
        "A store on a read-only file system is refused, and stays as it is",
        .enabled(if: SmallFileSystem.isAvailable || mustBeComplete, "mounting a small file system takes root"),
        .timeLimit(.minutes(5)))
    func readOnlyAtStart() throws {
        let disk = try SmallFileSystem(byteCount: 2 << 20)
        let site = try CollectorSite()
        site.storeFolder = disk.path
        let device = try Device(site, collector: try site.start())
        try device.send(20)
        #expect(device.collector.stop() == 0)
        let before = try Data(contentsOf: URL(filePath: site.store))
        try #require(disk.makeReadOnly())
        let refused = try site.start(awaitingListener: false)
        let status = refused.wait()
        #expect((1...8).contains(status))
        let log = try String(contentsOfFile: site.log, encoding: .utf8)
        #expect(log.contains("--store") || log.contains(site.store) || log.contains(disk.path), "\(log)")
        #expect(try Data(contentsOf: URL(filePath: site.store)) == before)
    }

    /// 60 seconds in the long form; until the first refusal in the short one.
    @Test("While another program locks the store senders are told to come back", .timeLimit(.minutes(5)))
    func locked() throws {
        let site = try CollectorSite()
        let device = try Device(site, collector: try site.start())
        try device.send(20)
        let other = try DatabaseQueue(path: site.store)
        try other.inDatabase { connection in
            try connection.inTransaction(.exclusive) {
                let end = ContinuousClock.now + .seconds(isThorough ? 60 : 0)
                repeat { try device.sendUntilRefused() } while ContinuousClock.now < end
                return .rollback
            }
        }
        try other.close()
        try device.recover(within: Self.recoveryLimit)
        try device.finish()
    }
}

/// One device, which sends a batch after another to one collector and remembers which were taken.
private final class Device {
    let collector: CollectorProcess
    private let site: CollectorSite
    private var connection: Connection?
    private var acknowledged: [UInt64] = []
    private var next: UInt64 = 0

    init(_ site: CollectorSite, collector: CollectorProcess) throws { (self.site, self.collector) = (site, collector) }

    /// Sends so many batches, which must be taken.
    func send(_ count: Int) throws {
        for _ in 0..<count { #expect(try post().isAcknowledgement) }
    }

    /// Sends until the answer is 503 that names a time to come back.
    func sendUntilRefused() throws {
        for _ in 0..<10_000 {
            let answer = try post()
            guard !answer.isAcknowledgement else { continue }
            #expect(answer.status == 503)
            #expect(answer.head.lowercased().contains("retry-after: "))
            return
        }
        throw TortureFailure("10,000 batches were taken")
    }

    /// Sends until a batch is taken, which must be soon.
    func recover(within limit: Duration) throws {
        let start = ContinuousClock.now
        while !(try post().isAcknowledgement) {
            guard start.duration(to: .now) < limit else { throw TortureFailure("no recovery within \(limit)") }
            sched_yield()
        }
        print("recovered after \(start.duration(to: .now))")
        try send(20)
    }

    /// Stops the collector and looks at its store.
    func finish() throws {
        #expect(collector.stop() == 0)
        let outcome = Loader.Outcome(acknowledged: acknowledged, end: next, refusalCount: 0, surprises: [])
        let complaint = try StoreAudit(site).complaint(about: outcome)
        #expect(complaint == nil)
    }

    /// A batch that was refused is sent again, as devices do.
    private func post() throws -> Answer {
        if connection == nil { connection = Connection(port: collector.port) }
        guard let answer = connection?.post(try site.reports.batch(next)) else {
            throw TortureFailure("the collector does not answer")
        }
        if answer.head.lowercased().contains("connection: close") { connection = nil }
        if answer.isAcknowledgement {
            acknowledged.append(next)
            next += 1
        }
        return answer
    }
}
