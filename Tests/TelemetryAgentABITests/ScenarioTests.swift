import Foundation
import MetricDefinitions
import TestSupport
import Testing

@Suite("A host in C", .serialized)
struct ScenarioTests {
    @Test("has the metric set of these tests as a fixture")
    func metricSet() throws {
        let encoded = try hostMetricSet().encoded()
        if ProcessInfo.processInfo.environment["DITHER_WRITE_GOLDENS"] == "1" {
            try Data(encoded).write(to: HostProgram.metrics)
        }
        #expect(try [UInt8](Data(contentsOf: HostProgram.metrics)) == encoded, "DITHER_WRITE_GOLDENS=1 writes it")
    }

    @Test("finds after a fork that the parent's agents are the parent's, and may open its own")
    func fork() throws { try HostProgram.run("fork", count: 5) }

    @Test("may fork workers on one state folder while its own threads are in the midst of their work")
    func prefork() throws { try HostProgram.run("prefork", count: 5) }

    @Test("may have 64 agents open, and never sees a handle twice")
    func handles() throws {
        try HostProgram.run("handles", count: 10, for: try testMetricSet(metrics: [try booleanMetric()]))
    }

    @Test("may close an agent under threads that record, flush and close it too")
    func race() throws { try HostProgram.run("race", count: 30) }

    @Test("gets an answer also where a signal handler records in the midst of recording")
    func signal() throws { try HostProgram.run("signal", count: 5) }

    @Test("finds no copy of a recorded value in its memory once the agent has taken it over")
    func canary() throws { try HostProgram.run("canary", count: 100_000) }

    @Test("grows by no more than a MiB, and by no descriptor and no thread, over a million events")
    func memory() throws { try HostProgram.run("memory", count: 1_000_000) }

    @Test("may call whatever it likes in any order")
    func sequences() throws { try HostProgram.run("sequences", count: 20_000) }
}
