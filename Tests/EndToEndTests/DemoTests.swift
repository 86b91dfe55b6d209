import Foundation
import TestSupport
import Testing

@Suite("The demo")
struct DemoTests {
    @Test("A thousand flights go through a collector that is killed half-way, and come out as many")
    func smallFleet() throws {
        let workspace = try Workspace()
        let destinations = ["ATL", "BOS", "LAX", "MCO", "ORD"]
        var lines = ["tail_number,origin,destination,departure_delay_minutes,air_time_minutes"]
        for flight in 0..<1500 {
            // The last destination is no candidate, and none of a fiftieth of the flights was ever recorded.
            let (delay, minutes) = (String(flight % 5 * 10 - 5), String(40 + flight % 300))
            let isKnown = flight % 50 != 0
            lines.append(
                "N\(flight),JFK,\(destinations[flight % 5]),\(isKnown ? delay : ""),\(isKnown ? minutes : "")")
        }
        let events = try workspace.write("flights.csv", lines.joined(separator: "\n") + "\n")
        let airports = ["faa"] + destinations.dropLast() + ["XNA"]
        _ = try workspace.write("airports.csv", airports.map { $0 + "\n" }.joined())
        _ = try workspace.write("routes.csv", "route\n" + destinations.map { "JFK-\($0)\n" }.joined())
        // A smaller sketch: that of the example takes a debug build its time.
        let example = Fixtures.packageRoot.appending(path: "clients/examples/flights/metrics.yaml")
        let registry = try workspace.write(
            "metrics.yaml", String(contentsOf: example, encoding: .utf8).replacing("rows: 65536", with: "rows: 256"))
        let outcome = try run(
            "dither",
            [
                "demo", "--registry", registry, "--events", events, "--collector",
                Executables.path("dither-collector"), "--connections", "8", "--report", "\(workspace.path)/report.html",
            ])
        #expect(outcome.status == 0, "\(outcome.complaint)")
        #expect(outcome.output.contains("6000 reports acknowledged and counted: none lost, none twice."))
        #expect(outcome.output.contains("killed with -9"))
        #expect(outcome.output.contains("for any browser: file://") && outcome.output.contains("/report.html"))
        let page = try String(contentsOfFile: "\(workspace.path)/report.html", encoding: .utf8)
        #expect(page.contains("4 shown") && page.contains("<bdi>ATL</bdi>") && page.hasSuffix("</html>\n"))
        #expect(outcome.output.contains("of 4   not among the candidates 1"), "\(outcome.output)")
        #expect(outcome.output.contains("of 5\n") && outcome.output.contains("minutes in the air   truth 186."))
    }

    @Test("A file that holds no flights is named, and no collector is left behind")
    func noFlights() throws {
        let workspace = try Workspace()
        let events = try workspace.write("flights.csv", "a,b\n1,2\n")
        let registry = Fixtures.packageRoot.appending(path: "clients/examples/flights/metrics.yaml")
        let outcome = try run(
            "dither",
            [
                "demo", "--registry", registry.path(percentEncoded: false), "--events", events, "--collector",
                "/nonexistent/collector",
            ])
        #expect(outcome.status == 4)
        #expect(outcome.complaint.contains("departure_delay_minutes"))
    }
}
