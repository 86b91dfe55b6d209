import Foundation
import TestSupport
import Testing

@Suite("The demo")
struct DemoTests {
    @Test("A thousand flights go through a collector that is killed half-way, and come out as many")
    func smallFleet() throws {
        let workspace = try Workspace()
        var lines = ["tail_number,departure_delay_minutes"]
        for flight in 0..<1500 { lines.append("N\(flight),\(flight % 50 == 0 ? "" : String(flight % 5 * 10 - 5))") }
        let events = try workspace.write("flights.csv", lines.joined(separator: "\n") + "\n")
        let registry = Fixtures.packageRoot.appending(path: "clients/examples/flights/metrics.yaml")
        let outcome = try run(
            "dither",
            [
                "demo", "--registry", registry.path(percentEncoded: false), "--events", events, "--collector",
                Executables.path("dither-collector"), "--connections", "8",
            ])
        #expect(outcome.status == 0, "\(outcome.complaint)")
        #expect(outcome.output.contains("1500 reports acknowledged and counted: none lost, none twice."))
        #expect(outcome.output.contains("killed with -9"))
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
        #expect(outcome.status == 1)
        #expect(outcome.complaint.contains("departure_delay_minutes"))
    }
}
