import CollectorService
import CollectorSettings
import Foundation
import HTTPTypes
import HummingbirdTesting
import ReportFormat
import TestSupport
import Testing

/// A small file system in memory, mounted on a scratch folder; only root may.
final class SmallFileSystem {
    let path: String
    private let folder: ScratchFolder

    static let isAvailable = geteuid() == 0 && (try? SmallFileSystem(byteCount: 65_536)) != nil

    struct CannotMount: Error {}

    init(byteCount: Int) throws {
        folder = try ScratchFolder()
        path = folder.path
        guard try Self.run("mount", "-t", "tmpfs", "-o", "size=\(byteCount)", "tmpfs", path) else {
            throw CannotMount()
        }
    }

    deinit { _ = try? Self.run("umount", "-l", path) }

    /// Takes all the space that is left.
    func fill() throws -> URL {
        let filler = URL(filePath: path).appending(path: "filler")
        _ = FileManager.default.createFile(atPath: filler.path(percentEncoded: false), contents: nil)
        let handle = try FileHandle(forWritingTo: filler)
        defer { try? handle.close() }
        while (try? handle.write(contentsOf: Data(count: 4_096))) != nil {}
        return filler
    }

    /// Mounts it with another option, `ro` or `rw`.
    func remount(_ option: String) throws {
        guard try Self.run("mount", "-o", "remount,\(option)", path) else { throw CannotMount() }
    }

    private static func run(_ command: String, _ arguments: String...) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

@Suite("A full disk") struct FullDiskTests {
    @Test(
        "Nothing is acknowledged that is not stored, senders are told to come back, and space heals it",
        .enabled(if: SmallFileSystem.isAvailable, "mounting a small file system takes root"),
        // The second has a log with room when the disk is full.
        arguments: [(byteCount: 1 << 20, batchCount: 1), (16 << 20, 40)])
    func fillsAndRecovers(byteCount: Int, batchCount: Int) async throws {
        let disk = try SmallFileSystem(byteCount: byteCount)
        let metricSet = try testMetricSet()
        let storePath = disk.path + "/store.db"
        let store = try SQLiteReportStore(path: storePath, metricSet: metricSet)
        let intake = BatchIntake(
            metrics: ServedMetrics(MetricOffer(metricSet)), store: store, clock: TestClock().clock)
        var acknowledged = try (0..<batchCount).map { try simpleBatch(metricSet, number: $0) }
        for batch in acknowledged { _ = try await intake.take(batch.encoded) }
        try await store.checkWritable()
        let log = try FileManager.default.attributesOfItem(atPath: storePath + "-wal")[.size] as? Int ?? 0
        #expect((log > 1 << 20) == (batchCount > 1), "room is a MiB")
        let filler = try disk.fill()
        // The log's last blocks may still take a few; then there is no more space.
        var refusal: ProblemDetails?, number = batchCount
        while refusal == nil, number < 1_000 {
            let batch = try simpleBatch(metricSet, number: number)
            do throws(ProblemDetails) {
                _ = try await intake.take(batch.encoded)
                acknowledged.append(batch)
            } catch { refusal = error }
            number += 1
        }
        #expect(refusal?.token == .storageUnavailable)
        #expect(refusal?.retryAfterSeconds == 30)
        await #expect(throws: StoreError.diskFull) { try await store.checkWritable() }
        let probe = try StoreProbe(path: storePath)
        for batch in acknowledged { #expect(try probe.knows(batch.identifier)) }
        #expect(try probe.count(of: "staged") == acknowledged.count)

        try FileManager.default.removeItem(at: filler)
        try await store.checkWritable()
        let refused = try simpleBatch(metricSet, number: number - 1)
        #expect(try await intake.take(refused.encoded).isEmpty)
        #expect(try probe.count(of: "staged") == acknowledged.count + 1)
        try await store.close()
    }

    @Test(
        "Uploads are answered with 503 and readiness fails while the disk is full",
        .enabled(if: SmallFileSystem.isAvailable, "mounting a small file system takes root"))
    func answers() async throws {
        let disk = try SmallFileSystem(byteCount: 1 << 20)
        let metricSet = try testMetricSet()
        let store = try SQLiteReportStore(path: disk.path + "/store.db", metricSet: metricSet)
        let drain = DrainSwitch()
        let intake = BatchIntake(
            metrics: ServedMetrics(MetricOffer(metricSet)), store: store, clock: TestClock().clock)
        _ = try disk.fill()
        while (try? await store.checkWritable()) != nil {}
        let uploads = CollectorUnderTest.application(UploadRoute(intake: intake, drain: drain))
        try await uploads.test(.router) { client in
            let response = try await client.upload(try simpleBatch(metricSet, number: 1).encoded)
            #expect(response.isProblem(.storageUnavailable))
            #expect(response.headers[.retryAfter] == "30")
        }
        let metrics = ServedMetrics(MetricOffer(metricSet))
        let configuration = CollectorConfiguration(
            metricSetPath: "none", storePath: disk.path + "/store.db",
            uploadAddress: ListenAddress(host: "127.0.0.1", port: 0))
        let reloader = Reloader(
            configuration, store: store, metrics: metrics, gatekeeper: Gatekeeper(), identity: nil,
            logger: CollectorUnderTest.silentLogger)
        let health = CollectorUnderTest.application(
            OperationsRoutes(
                store: store, watch: StoreWatch(store, logger: CollectorUnderTest.silentLogger), drain: drain,
                figures: IngestFigures(), clock: TestClock().clock, metrics: metrics, reloader: reloader))
        try await health.test(.router) { client in
            let ready = try await client.execute(uri: "/readyz", method: .get)
            #expect(ready.isProblem(.storageUnavailable))
        }
    }
}
