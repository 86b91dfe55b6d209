import Foundation
import GRDB
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("Pairs from a shell to a store")
struct PairEndToEndTests {
    private let registry = """
        registry: 1
        project: flights
        ceiling: { epsilon_per_day: 16, epsilon_lifetime: 1000 }
        agent: { enrolment_delay_hours: 0 }
        metrics:
          route:
            id: 1
            version: 1
            description: Which carrier flew the route, and was it late?
            type: pair
            first: { name: carrier, type: category, values: [AA, UA, DL], mechanism: randomized_response, epsilon: 4.0 }
            second: { name: late, type: boolean, mechanism: randomized_response, epsilon: 4.0 }
            epsilon_lifetime: 180
            period: day
            when_absent: none
            release: { minimum_reports: 1 }
            owner: ops@airline.example
            expires: { never: A metric of the tests }
          home:
            id: 2
            version: 1
            description: Where is the aircraft at home, and how large is it?
            type: pair
            first: { name: airport, type: string, mechanism: rappor, bits: 16, hashes: 2, cohorts: 8, f: 0.5, p: 0.5, q: 0.75 }
            second: { name: size, type: category, values: [small, large], mechanism: randomized_response, memoize: true, epsilon: 1.0, epsilon_permanent: 2.0 }
            max_reports: 365
            max_distinct_values: 3
            period: day
            when_absent: last
            release: { minimum_reports: 1 }
            owner: ops@airline.example
            expires: { never: A metric of the tests }
        """

    /// The payloads of a metric in a store, sealed or staged, as partition and rest.
    private func payloads(ofMetric metric: UInt32, inStore path: String) throws -> [(partition: Int, rest: [UInt8])] {
        try DatabaseQueue(path: path).read { database in
            var found: [(partition: Int, rest: [UInt8])] = []
            for row in try Row.fetchAll(
                database, sql: "SELECT shape_key, payload FROM staged WHERE metric = ?", arguments: [Int(metric)])
            {
                found.append((row["shape_key"], Array(row["payload"] as Data)))
            }
            for row in try Row.fetchAll(
                database, sql: "SELECT shape_key, stride, payloads FROM chunk WHERE metric = ?",
                arguments: [Int(metric)])
            {
                let (stride, bytes) = (row["stride"] as Int, Array(row["payloads"] as Data))
                for start in Swift.stride(from: 0, to: bytes.count, by: stride) {
                    found.append((row["shape_key"], Array(bytes[start..<start + stride])))
                }
            }
            return found
        }
    }

    @Test("What devices record arrives, is stored by cohort, and splits into the reports of both halves")
    func walking() throws {
        let workspace = try Workspace()
        let registryPath = try workspace.write("metrics.yaml", registry)
        let metricSet = workspace.file("metrics.set")
        let compiled = try run("dither", ["registry", "compile", registryPath, "-o", metricSet])
        try #require(compiled.status == 0, "\(compiled.complaint)")
        let set = try MetricSet(decoding: Array(try Data(contentsOf: URL(filePath: metricSet))))
        let collector = try RunningCollector(metricSet: metricSet, store: workspace.file("reports.db"))
        for index in 0..<3 {
            let agent = AgentProcess(
                metricSet: metricSet, endpoint: collector.url, state: workspace.file("state-\(index)"))
            #expect(try agent("on").status == 0)
            let recorded = try agent("record", "route", "UA", "true")
            #expect(recorded.status == 0, "\(recorded.complaint)")
            #expect(try agent("record", "home", "--stdin", input: "Reykjavík\tsmall\nJFK\tlarge\n").status == 0)
            if index == 0 { try expectWords(of: agent, metricSet: metricSet) }
            let flushed = try agent("flush", "--close-period", "--format", "csv")
            #expect(flushed.output == "acknowledged,rejected,waiting,next_attempt\n2,0,0,\n", "\(flushed.complaint)")
        }
        for (identifier, byteCounts) in [(UInt32(1), (1, 1)), (2, (3, 1))] {
            let pair = try #require(set.metric(identifier)?.mechanism as? any PairRandomizer)
            let stored = try payloads(ofMetric: identifier, inStore: collector.store)
            #expect(stored.count == 3)
            for payload in stored {
                let (first, second) = try pair.reports(inPartition: payload.partition, rest: payload.rest)
                #expect((first.count, second.count) == byteCounts)
                if identifier == 2 { #expect(Int(first[0]) == payload.partition && payload.partition < 8) }
            }
        }
        for command in ["estimate", "compare"] {
            var words = [command, "--registry", registryPath, "--store", collector.store, "--metric", "route"]
            if command == "compare" { words += ["--to", "2026-01-01", "--versus-from", "2026-01-02"] }
            let refused = try run("dither", words)
            #expect(refused.status == 2 && refused.complaint.contains("dither associate"), "\(refused.complaint)")
        }
        #expect(collector.stop() == 0)
    }

    /// The agent's own words about pairs: what waits, what is wrong with a value, and what is asked.
    private func expectWords(of agent: AgentProcess, metricSet: String) throws {
        let shown = try agent("show", "--format", "csv").output.split(separator: "\n")
        #expect(shown.contains { $0.hasPrefix("route,") && $0.contains(" and ") }, "\(shown)")
        let dry = try agent("dry-run")
        #expect(dry.status == 0, "\(dry.complaint)")
        for words in [["route", "UA"], ["route", "CANARY", "true"], ["route", "UA", "maybe"], ["route", "UA true"]] {
            let refused = try run(
                "dither-agent",
                ["--metrics", metricSet, "--endpoint", agent.endpoint, "--state", agent.state, "record"] + words)
            #expect(refused.status == 2 && refused.complaint.contains("route"), "\(words)")
            #expect(!refused.complaint.contains("CANARY"))
        }
        #expect(try agent("record", "home", "--stdin", input: "no tab\n").status == 2)
        let explained = try run("dither-agent", ["--metrics", metricSet, "explain", "route"])
        #expect(explained.output.contains("These two are reported together"))
        #expect(explained.output.contains("carrier by randomized_response with epsilon 4.000"))
        #expect(explained.output.contains("Epsilon of one report is 8.000."))
    }

    @Test("A fleet of known pairs can be posted, and is not estimated on the spot")
    func simulated() throws {
        let workspace = try Workspace()
        let registryPath = try workspace.write("metrics.yaml", registry)
        let values = try workspace.write("values.csv", "value,count\nUA\ttrue,30\nAA\tfalse,10\n,5\n")
        let metricSet = workspace.file("metrics.set")
        try #require(try run("dither", ["registry", "compile", registryPath, "-o", metricSet]).status == 0)
        let words = ["simulate", "--registry", registryPath, "--metric", "route", "--values", values]
        let refused = try run("dither", words)
        #expect(refused.status == 2 && refused.complaint.contains("dither associate"), "\(refused.complaint)")
        let collector = try RunningCollector(metricSet: metricSet, store: workspace.file("reports.db"))
        let posted = try run("dither", words + ["--to", collector.url, "--connections", "4"])
        #expect(posted.status == 0, "\(posted.complaint)")
        #expect(collector.stop() == 0)
        #expect(try payloads(ofMetric: 1, inStore: collector.store).count == 45)
    }
}
