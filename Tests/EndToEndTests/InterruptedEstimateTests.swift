import Foundation
import GRDB
import MetricDefinitions
import TestSupport
import Testing

@Suite("An estimate that is interrupted")
struct InterruptedEstimateTests {
    @Test(
        "at the store ends with status 130, has written nothing, and leaves the store as it was",
        .timeLimit(.minutes(10)))
    func interruption() throws {
        let workspace = try Workspace(), (registry, store) = (workspace.file("metrics.set"), workspace.file("r.db"))
        let set = try testMetricSet()
        try Data(set.encoded()).write(to: URL(filePath: registry))
        let collector = try RunningCollector(metricSet: registry, store: store)
        try #require(collector.stop() == 0)
        // Held exclusively, the store is waited for: long enough to be interrupted there.
        let holder = try DatabaseQueue(path: store)
        try holder.inDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = DELETE")
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
        }
        let before = try Data(contentsOf: URL(filePath: store))

        // On a machine that is busy the signal may come when the store has been waited for in vain, which is 6.
        var (status, written): (Int32, Data) = (6, Data())
        while status == 6 {
            (status, written) = try interruptedAtStore(
                store, ["--registry", registry, "--store", store, "--metric", try #require(set.metric(1)).name])
        }
        #expect(status == 130 && written.isEmpty)
        #expect(try Data(contentsOf: URL(filePath: store)) == before)
        try holder.close()
    }

    /// Runs an estimate and interrupts it once it has opened the store.
    ///
    /// - Returns: its status, and what it wrote.
    private func interruptedAtStore(_ store: String, _ options: [String]) throws -> (Int32, Data) {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: Executables.path("dither"))
        process.arguments = ["estimate"] + options
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let descriptors = "/proc/\(process.processIdentifier)/fd"
        let resolved = URL(filePath: store).resolvingSymlinksInPath().path(percentEncoded: false)
        func isAtStore() -> Bool {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: descriptors)) ?? []
            return names.contains {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(descriptors)/\($0)")) == resolved
            }
        }
        while process.isRunning, !isAtStore() { usleep(1000) }
        kill(process.processIdentifier, SIGINT)
        let written = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationReason == .exit ? process.terminationStatus : -1, written)
    }
}
