import Foundation
import GRDB
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

private let strace = "/usr/bin/strace"

/// A collector process under strace, which has system calls fail or kill, and a client of it.
private final class FaultyCollector {
    private let process = Process()
    /// Where batches go; `nil` if the process ended before it listened.
    private(set) var url: String?

    init(_ workspace: Workspace, injecting fault: String) throws {
        process.executableURL = URL(filePath: strace)
        process.arguments =
            ["-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=\(fault)"]
            + [Executables.path("dither-collector"), "serve", "--metrics", workspace.file("metrics.set")]
            + ["--store", workspace.file("r.db"), "--listen", "127.0.0.1:0"]
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
        try process.run()
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let part = output.fileHandleForReading.availableData
            guard !part.isEmpty else { return }
            line += part
        }
        url = String(decoding: line, as: UTF8.self).split(separator: " ").last.map { String($0.dropLast()) }
    }

    /// Waits for the end; gives the exit status.
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}

@Suite("A disk that fails", .enabled(if: FileManager.default.isExecutableFile(atPath: strace), "there is no strace"))
struct StoreFaultTests {
    /// Posts a batch; gives the status, or 0 if the connection broke.
    private func post(_ file: String, to url: String) throws -> Int {
        let outcome = try run(
            "/usr/bin/curl",
            [
                "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "20", "-H",
                "Content-Type: \(WireLimits.mediaType)", "--data-binary", "@\(file)", "\(url)/v1/reports",
            ])
        return Int(outcome.output) ?? 0
    }

    private func prepare(_ workspace: Workspace, batchCount: Int) throws -> [String] {
        let set = try testMetricSet()
        try Data(set.encoded()).write(to: URL(filePath: workspace.file("metrics.set")))
        let collector = try RunningCollector(
            metricSet: workspace.file("metrics.set"), store: workspace.file("r.db"))
        try #require(collector.stop() == 0)
        let definition = try #require(set.metric(1))
        let today = UTCDay(containing: Int64(Date().timeIntervalSince1970))
        return try (0..<batchCount).map { number in
            var noise = SeededNoise(seed: UInt64(number) &+ 0xFA17)
            let identifier = try #require(BatchIdentifier(bytes: noise.bytes(count: BatchIdentifier.byteCount)))
            let batch = try Batch(
                identifier: identifier,
                reports: [
                    ReportRecord(metric: 1, period: today, fingerprint: definition.fingerprint, payload: [1])
                ])
            let file = workspace.file("batch-\(number)")
            try Data(batch.encoded).write(to: URL(filePath: file))
            return file
        }
    }

    @Test(
        "After a synchronisation that failed nothing is acknowledged, the process ends with 1, and nothing is lost or double",
        arguments: [1])
    func failedSynchronisation(callNumber: Int) throws {
        let workspace = try Workspace()
        let files = try prepare(workspace, batchCount: 24)
        let faulty = try FaultyCollector(workspace, injecting: "fdatasync:error=EIO:when=\(callNumber)")
        var acknowledged: [Int] = []
        if let url = faulty.url {
            for (number, file) in files.enumerated() {
                let status = try post(file, to: url)
                guard status == 200 else {
                    #expect([503, 0].contains(status))
                    break
                }
                acknowledged.append(number)
            }
        }
        #expect(acknowledged.count < files.count, "the fault was never met")
        #expect(faulty.end() == 1)

        let sound = try RunningCollector(metricSet: workspace.file("metrics.set"), store: workspace.file("r.db"))
        let count = try DatabaseQueue(path: workspace.file("r.db")).read {
            try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM staged") ?? -1
        }
        // The batch that the fault hit may be there, though nobody was told.
        #expect(count == acknowledged.count || count == acknowledged.count + 1)
        for file in files { #expect(try post(file, to: sound.url) == 200) }
        #expect(sound.stop() == 0)
        let verification = try run("dither-collector", ["verify", "--store", workspace.file("r.db")])
        #expect(verification.status == 0)
        #expect(verification.output.contains(" \(files.count) staged reports, \(files.count) batches"))
    }

    @Test("A migration that is killed at any write leaves version 1 or the present one, whole", arguments: 1...40)
    func killedMigration(callNumber: Int) throws {
        let workspace = try Workspace()
        let store = workspace.file("r.db")
        try Data(Fixtures.bytes("stores/version-1.db")).write(to: URL(filePath: store))
        _ = try run(
            strace,
            ["-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64,fdatasync,unlink,ftruncate", "-e"]
                + ["inject=pwrite64,fdatasync,unlink,ftruncate:signal=KILL:when=\(callNumber)"]
                + [Executables.path("dither-collector"), "migrate", "--store", store])
        let serving = try run("dither-collector", ["migrate", "--store", store])
        #expect(serving.status == 0, "\(serving.complaint)")
        let verification = try run("dither-collector", ["verify", "--store", store])
        #expect(
            verification.output
                == "sound: version 2, 2 chunks with 120 reports, 120 staged reports, 60 batches\n")
    }
}
