import Foundation
import MetricDefinitions
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("A host that forks")
struct PreforkTests {
    private let children = 8

    @Test("has eight children on one state folder that take turns: no call fails, and a metric keeps one slot a day")
    func turns() throws {
        let programs = try DevicePrograms(
            try testMetricSet(metrics: [try booleanMetric(), try rapporMetric(bits: 256)]),
            endpoint: "http://127.0.0.1:9")
        #expect(try programs.agent("on").status == 0)
        let rounds = isThorough ? 50 : 5
        for round in 1...rounds {
            let outcome = try programs.host(
                "fork", "\(children)", "open", "string", "destination", "Reykjavík", "boolean", "departed_late", "1",
                "flush", "60000", "boolean", "departed_late", "0", "close")
            #expect(outcome.status == 0 && outcome.complaint.isEmpty, "\(outcome)")
            let lines = outcome.output.split(separator: "\n").map(String.init)
            #expect(lines.count == 6 * children)
            // A flush may say that reports wait: there is no collector.
            let unexpected = lines.filter { !$0.hasSuffix(" 0") && !$0.hasSuffix("flush 2") }
            #expect(unexpected.isEmpty, "round \(round): \(unexpected)")
            let store = try #require(try programs.store())
            let slots = try store.slots()
            #expect(slots.map(\.metric).sorted() == Array(Set(slots.map(\.metric))).sorted())
            #expect(slots.count == 2)
            #expect(try store.ledger().map(\.reports) == [1, 1])
            // One secret: whoever recorded the value, the permanent response to it is one.
            #expect(Set(slots.compactMap(\.memo)).count == 1)
        }
    }

    @Test("has children that make the secret at the same time, and all of them get the same one")
    func consentInChildren() throws {
        for _ in 0..<(isThorough ? 50 : 4) {
            let programs = try DevicePrograms(
                try testMetricSet(metrics: [try booleanMetric(), try rapporMetric(bits: 256)]),
                endpoint: "http://127.0.0.1:9")
            let outcome = try programs.host(
                "fork", "\(children)", "open", "on", "string", "destination", "Reykjavík", "close")
            let unexpected = outcome.output.split(separator: "\n").filter { !$0.hasSuffix(" 0") }
            #expect(outcome.status == 0 && unexpected.isEmpty, "\(outcome)")
            let store = try #require(try programs.store())
            #expect(try store.slots().count == 1 && store.ledger().map(\.reports).sorted() == [0, 1])
            #expect(programs.stateFiles().filter { $0.hasPrefix(".secret") }.isEmpty)
        }
    }

    @Test("gets DITHER_E_FORKED for an agent of its parent, which goes on undisturbed")
    func borrowed() throws {
        let programs = try DevicePrograms(try testMetricSet(), endpoint: "http://127.0.0.1:9")
        let outcome = try programs.host(
            "open", "on", "borrow", "9", "boolean", "departed_late", "1", "flush", "100", "on", "off", "status",
            "close", "boolean", "departed_late", "1", "flush", "60000", "status", "close")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        let borrowed = lines.filter { $0.hasPrefix("0 ") }
        #expect(outcome.status == 0 && borrowed.count == 6, "\(outcome)")
        #expect(borrowed.allSatisfy { $0.contains(" -3 ") }, "\(borrowed)")
        let own = lines.filter { !$0.hasPrefix("0 ") }
        #expect(own == ["open 0", "on 0", "boolean 0", "flush 0", "status 1", "close 0"], "\(own)")
        #expect(try #require(try programs.store()).ledger().map(\.reports).reduce(0, +) == 1)
    }
}
