import Foundation
import TestSupport
import Testing

@Suite("Simulated fleets")
struct SimulateTests {
    private static let registry = Fixtures.packageRoot.appending(path: "clients/examples/flights/metrics.yaml")
        .path(percentEncoded: false)
    private static let columns = "value,truth,estimate,standard_error,low,high,p_value,detected"

    private func simulate(_ metric: String, _ values: String, _ more: [String]) throws -> Outcome {
        try run(
            "dither",
            ["simulate", "--registry", Self.registry, "--metric", metric, "--values", values, "--format", "csv"] + more)
    }

    private func rows(_ outcome: Outcome) -> [[String]] {
        outcome.output.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test("Rows count as they stand, an empty value as the metric says, and one seed gives one output")
    func categories() throws {
        let workspace = try Workspace()
        let values = try workspace.write("late.csv", "value,count\ntrue,300\nfalse,650\n,50\n")
        let outcome = try simulate("departed_late", values, ["--seed", "7"])
        #expect(outcome.status == 0 && outcome.complaint.isEmpty, "\(outcome.complaint)")
        #expect(outcome.output.hasPrefix(Self.columns + "\n"))
        #expect(rows(outcome).map { Array($0.prefix(2)) } == [["false", "700"], ["true", "300"]])
        #expect(try simulate("departed_late", values, ["--seed", "7"]).output == outcome.output)
        #expect(try simulate("departed_late", values, ["--seed", "8"]).output != outcome.output)
    }

    @Test("Strings are estimated over the candidates given, drawn devices are as many as asked for")
    func strings() throws {
        let workspace = try Workspace()
        let values = try workspace.write("destinations.csv", "value\r\nORD\r\nATL\r\n\"ORD\"\r\n")
        let candidates = try workspace.write("candidates.csv", "name,code\nChicago,ORD\nAtlanta,ATL\nNowhere,XXX\n")
        for metric in ["destination", "route"] {
            let outcome = try simulate(
                metric, values, ["--devices", "600", "--seed", "1", "--candidates", "\(candidates):code"])
            #expect(outcome.status == 0, "\(outcome.complaint)")
            let rows = rows(outcome)
            #expect(rows.map { $0[0] } == ["ORD", "ATL", "XXX"] + (metric == "route" ? ["(none)"] : []))
            #expect(rows.compactMap { Int($0[1]) }.reduce(0, +) == 600 && rows[2][1] == "0")
            #expect(rows.allSatisfy { $0.count == 8 })
        }
    }

    @Test("A number has one row, its mean; numbers outside the range count as its nearer end, and are counted")
    func numbers() throws {
        let workspace = try Workspace()
        let values = try workspace.write("minutes.csv", "value,count\n100,300\n1000.5,100\n-3,100\n,100\n")
        let outcome = try simulate("air_time", values, ["--seed", "3"])
        #expect(outcome.status == 0, "\(outcome.complaint)")
        #expect(outcome.complaint.contains("200 devices are outside the range"))
        let rows = rows(outcome)
        #expect(rows.count == 1 && rows[0][0] == "mean" && rows[0][6...] == ["", ""])
        let truth = try #require(Double(rows[0][1])), sum = 300.0 * 100 + 100 * 720
        #expect(abs(truth - sum / 600) < 1e-5)
    }

    @Test("Of devices that are drawn, those outside the range are counted as drawn, and no row tells them from the end")
    func clippedDraws() throws {
        let workspace = try Workspace()
        let values = try workspace.write("minutes.csv", "value,count\n10,5\n9999,1000\n720,1000\n")
        let outcome = try simulate("air_time", values, ["--seed", "3", "--devices", "10"])
        let noted = outcome.complaint.split(separator: " ").compactMap { Int($0) }
        #expect(outcome.status == 0 && noted.count == 1 && noted[0] <= 10, "\(outcome.complaint)")
        // A narrow range keeps its digits.
        let registry = try workspace.write(
            "metrics.yaml",
            String(contentsOfFile: Self.registry, encoding: .utf8).replacing("high: 720", with: "high: 0.0001"))
        let narrow = try run(
            "dither",
            [
                "simulate", "--registry", registry, "--metric", "air_time", "--values",
                try workspace.write("narrow.csv", "value,count\n0.00005,500\n"), "--seed", "1", "--format", "csv",
            ])
        let row = try #require(rows(narrow).first)
        let error = try #require(Double(row[3]))
        #expect((1e-6...1e-5).contains(error), "\(narrow)")
    }

    @Test("Empty values are no event, as Python and as cut write them, and of many candidates people see fifty")
    func emptyValuesAndLongLists() throws {
        let workspace = try Workspace()
        let quoted = try workspace.write("quoted.csv", "\"value\",\"count\"\n\"\",\"10\"\n\"JFK-LAX\",\"20\"\n")
        let outcome = try simulate("route", quoted, ["--seed", "3"])
        let rows = rows(outcome).filter { $0[1] != "0" }
        #expect(rows.map { Array($0.prefix(2)) } == [["JFK-LAX", "20"], ["(none)", "10"]], "\(outcome.complaint)")
        let page = try run(
            "dither",
            ["simulate", "--registry", Self.registry, "--metric", "route", "--values", quoted, "--seed", "3"])
        #expect(page.output.contains("50 of 225 values are shown") && page.output.contains("JFK-LAX     20"))
    }

    @Test("Over periods each device reports as often, and the JSON says how much there was")
    func periods() throws {
        let workspace = try Workspace()
        let values = try workspace.write("late.csv", "value,count\ntrue,20\nfalse,30\n")
        let outcome = try simulate("departed_late", values, ["--periods", "4", "--format", "json"])
        struct Answer: Decodable {
            struct Row: Decodable { var value: Bool, truth: Int, detected: Bool }
            var devices, periods, reports: Int
            var rows: [Row]
        }
        let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
        #expect(answer.devices == 50 && answer.periods == 4 && answer.reports == 200)
        #expect(answer.rows.map(\.truth) == [120, 80])
    }

    @Test("With --to every device posts its own batch, and the collector's store holds as many reports")
    func posting() throws {
        let workspace = try Workspace()
        let set = workspace.file("metrics.set")
        #expect(try run("dither", ["registry", "compile", Self.registry, "-o", set]).status == 0)
        let collector = try RunningCollector(metricSet: set, store: workspace.file("reports.db"))
        let values = try workspace.write("routes.csv", "value,count\nJFK-LAX,700\nEWR-ORD,500\n")
        let outcome = try simulate("route", values, ["--to", collector.url, "--connections", "4", "--periods", "2"])
        #expect(outcome.status == 0, "\(outcome.complaint)")
        #expect(outcome.output.hasPrefix("devices,acknowledged,reports,rejected,retries,seconds,throughput\n"))
        #expect(rows(outcome).first?.prefix(4) == ["1200", "1200", "2400", "0"])
        let candidates = try workspace.write("candidates.csv", "route\nJFK-LAX\nEWR-ORD\nLGA-ORD\n")
        let estimate = try run(
            "dither",
            [
                "estimate", "--registry", set, "--store", collector.store, "--metric", "route", "--candidates",
                candidates, "--format", "json",
            ])
        #expect(estimate.status == 0, "\(estimate.complaint)")
        #expect(estimate.output.contains("\"reports\": 2400,"))
        #expect(collector.stop() == 0)
        let unreachable = try simulate("route", values, ["--to", "http://127.0.0.1:9", "--devices", "1"])
        #expect(unreachable.status == 6 && unreachable.complaint.contains("Is the collector running?"))
    }

    @Test("What cannot be simulated is refused, with the line of a file or the option that is wrong")
    func refusals() throws {
        let workspace = try Workspace()
        let values = try workspace.write("late.csv", "value\ntrue\n")
        func refused(_ metric: String, _ values: String, _ more: [String], _ status: Int32, _ words: String) throws {
            let outcome = try simulate(metric, values, more)
            #expect(outcome.status == status && outcome.output.isEmpty, "\(outcome)")
            #expect(outcome.complaint.contains(words), "\(outcome.complaint)")
        }
        try refused("departed_late", values, ["--seed", "1", "--to", "http://127.0.0.1:9"], 2, "never seeded")
        for url in ["x", "ftp://127.0.0.1", "http://example.com"] {
            try refused("departed_late", values, ["--to", url], 2, "--to '\(url)'")
        }
        try refused("departed", values, [], 2, "departed_late")
        try refused("departed_late", values, ["--periods", "121"], 2, "120")
        try refused("departed_late", values, ["--devices", "0"], 2, "--devices")
        try refused("departed_late", workspace.file("none.csv"), [], 1, "none.csv")
        let bad = try workspace.write("bad.csv", "value,count\ntrue,1\nmaybe,2\n")
        try refused("departed_late", bad, [], 4, "bad.csv:3:1: ")
        let negative = try workspace.write("negative.csv", "value,count\ntrue,-1\n")
        try refused("departed_late", negative, [], 4, "negative.csv:2:6: ")
        let empty = try workspace.write("empty.csv", "value,count\ntrue,0\n")
        try refused("departed_late", empty, [], 4, "no device")
    }
}
