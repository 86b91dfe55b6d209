import Foundation
import MetricDefinitions
import TestSupport
import Testing

private let strace = "/usr/bin/strace"

@Suite(
    "An estimate that is interrupted",
    .enabled(if: FileManager.default.isExecutableFile(atPath: strace), "there is no strace"))
struct InterruptedEstimateTests {
    @Test("while it reads ends with status 130, has written nothing, and leaves the store as it was")
    func interruption() throws {
        let workspace = try Workspace(), (registry, store) = (workspace.file("metrics.set"), workspace.file("r.db"))
        let set = try testMetricSet()
        try Data(set.encoded()).write(to: URL(filePath: registry))
        let collector = try RunningCollector(metricSet: registry, store: store)
        try #require(collector.stop() == 0)
        let before = try Data(contentsOf: URL(filePath: store))
        let name = try #require(set.metric(1)).name
        let arguments = [
            Executables.path("dither"), "estimate", "--registry", registry, "--store", store, "--metric", name,
        ]
        // The signal comes with the first read of the store: SIGINT as a terminal sends it.
        let trace = ["-f", "-qq", "-o", "/dev/null", "-P", store, "-e", "trace=pread64"]
        let outcome = try run(strace, trace + ["-e", "inject=pread64:signal=SIGINT:when=1"] + arguments)
        #expect(outcome.status == 130 && outcome.output.isEmpty && outcome.complaint.isEmpty)
        #expect(try Data(contentsOf: URL(filePath: store)) == before)
        // The store has no reports, which is what it is told that is not interrupted.
        #expect(try run(strace, trace + arguments).status == 3)
    }
}
