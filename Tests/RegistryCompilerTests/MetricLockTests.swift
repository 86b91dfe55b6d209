import Foundation
import MetricDefinitions
import TestSupport
import Testing

@testable import RegistryCompiler

@Suite("Locks")
struct MetricLockTests {
    /// The metric that the lock knows, under what the registry says in its place.
    struct Rule: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let changes: [String: String]
        var name = "departed_late"
        var isRetired = false
        /// Where and what, or `nil` if the lock has nothing against it.
        let finding: String?
    }

    static let rules = [
        Rule(testDescription: "nothing changed", changes: [:], finding: nil),
        Rule(testDescription: "texts and gate", changes: ["description": "Later?", "owner": "me"], finding: nil),
        Rule(testDescription: "version raised", changes: ["version": "6", "epsilon": "0.5"], finding: nil),
        Rule(testDescription: "version raised alone", changes: ["version": "9"], finding: nil),
        Rule(
            testDescription: "ε changed", changes: ["epsilon": "0.999"], finding: "7: has changed, and its version is 5"
        ),
        Rule(testDescription: "cap changed", changes: ["epsilon_lifetime": "121"], finding: "7: has changed"),
        Rule(testDescription: "absence changed", changes: ["when_absent": "none"], finding: "7: has changed"),
        Rule(
            testDescription: "version lowered", changes: ["version": "4"], finding: "7: has version 4, and the lock 5"),
        Rule(testDescription: "renamed", changes: [:], name: "left_late", finding: "6: has id 1 for 'departed_late'"),
        Rule(testDescription: "id changed", changes: ["id": "2"], finding: "5: has the name 'departed_late' for id 1"),
        Rule(
            testDescription: "retired id", changes: [:], isRetired: true,
            finding: "6: is retired: it was 'departed_late'"),
        Rule(
            testDescription: "retired id, other name", changes: [:], name: "x", isRetired: true,
            finding: "6: is retired"),
        Rule(
            testDescription: "retired name", changes: ["id": "2"], isRetired: true,
            finding: "5: has the name 'departed_late' for id 1"),
    ]

    @Test("The lock objects to a reused identity or name and to a change under the same version", arguments: rules)
    func rule(_ rule: Rule) throws {
        let base = registry(["version": "5"])
        let known = try RegistryCompiler.metricSet(of: Array(base.utf8), file: "m.yaml", today: testDay)
        var entries = try MetricLock(of: known).entries
        entries[0].isRetired = rule.isRetired
        let lock = MetricLock(project: "flights", entries: entries)
        let text = registry(["version": "5"].merging(rule.changes) { $1 }, name: rule.name)
        let checked = try RegistryCompiler.compile(Array(text.utf8), file: "m.yaml", today: testDay, expiry: .refuse)
        let found = try lock.findings(about: checked, lockPath: "m.lock")
        #expect(found.count == (rule.finding == nil ? 0 : 1))
        if let finding = rule.finding {
            let parts = finding.split(separator: ": ", maxSplits: 1)
            #expect("\(found.first?.position.line ?? 0)" == parts[0])
            #expect(found.first?.message.contains(parts[1]) == true, "\(found)")
        }
    }

    @Test(
        "A change of what a mechanism takes needs a new version; one of the candidates does not",
        arguments: [
            ("rappor", "bits: 16", "bits: 32", true), ("rappor", "hashes: 2", "hashes: 1", true),
            ("rappor", "cohorts: 4", "cohorts: 8", true), ("rappor", "f: 0.5", "f: 0.6", true),
            ("rappor", "lists/airports.csv", "lists/all.csv", false), ("rappor", ", column: iata", "", false),
            ("count-mean-sketch", "rows: 1024", "rows: 512", true),
            ("count-mean-sketch", "width: 256", "width: 512", true),
            ("count-mean-sketch", "value: \"\"", "value: \" \"", true),
            ("one-bit-mean", "high: 720", "high: 721", true), ("one-bit-mean", "low: -40", "low: -40.5", true),
        ])
    func mechanismKeys(name: String, before: String, after: String, isRefused: Bool) throws {
        let text = String(decoding: try Fixtures.bytes("registries/valid/\(name).yaml"), as: UTF8.self)
        let known = try RegistryCompiler.metricSet(of: Array(text.utf8), file: "m.yaml", today: testDay)
        let lock = try MetricLock(of: known)
        let changed = text.replacing(before, with: after, maxReplacements: 1)
        try #require(changed != text)
        let checked = try RegistryCompiler.compile(
            Array(changed.utf8), file: "m.yaml", today: testDay, expiry: .refuse)
        let found = try lock.findings(about: checked, lockPath: "m.lock")
        #expect(found.map { $0.message.contains("has changed, and its version is 1") } == (isRefused ? [true] : []))
    }

    @Test("A lock belongs to one project")
    func project() throws {
        let folder = try TemporaryFolder()
        try folder.write(registry(project: "trains"), to: "metrics.yaml")
        try folder.write("dither-lock 1\nproject flights\n", to: "metrics.lock")
        let error = #expect(throws: RegistryError.self) {
            try RegistrySource.load(path: folder.path("metrics.yaml"), today: testDay)
        }
        guard case .refused(let findings) = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(findings.count == 1 && findings[0].message.contains("belongs to project 'flights', not 'trains'"))
        #expect(findings[0].position == SourcePosition(line: 2, column: 10))
    }

    @Test("A metric that is gone stays in the lock as retired, also over later updates")
    func retirement() throws {
        let both = try testMetricSet()
        let one = try testMetricSet(metrics: [try categoryMetric()])
        let lock = try MetricLock(of: both).updated(to: one).updated(to: one)
        #expect(lock.entries.map(\.isRetired) == [true, false, true])
        #expect(lock.entries.map(\.identifier) == [1, 2, 3])
    }

    @Test("A lock's text is canonical, with one line per metric, and reads back")
    func text() throws {
        let set = try testMetricSet()
        let lock = try MetricLock(of: set).updated(to: try testMetricSet(metrics: [try booleanMetric()]))
        let lines = lock.encoded.split(separator: "\n")
        #expect(lines.prefix(2) == ["dither-lock 1", "project flights"] && lines.count == 5)
        #expect(lines[2].hasPrefix("metric 1 departed_late version 1 sha256 "))
        #expect(lines[3].hasPrefix("retired 2 carrier version 1 sha256 "))
        #expect(try MetricLock(decoding: Array(lock.encoded.utf8), file: "m.lock") == lock)
    }

    @Test("A lock whose line ends a version control system has changed is the same lock")
    func carriageReturns() throws {
        let lock = try MetricLock(of: try testMetricSet())
        let changed = Array(lock.encoded.replacing("\n", with: "\r\n").utf8)
        #expect(try MetricLock(decoding: changed, file: "m.lock") == lock)
    }

    @Test("Every truncation and every changed byte of a lock is refused, or is another canonical lock")
    func damage() throws {
        let bytes = Array(try MetricLock(of: try testMetricSet()).encoded.utf8)
        var variants = bytes.indices.map { Array(bytes.prefix($0)) }
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            variants.append(changed)
        }
        for variant in variants {
            guard let lock = try? MetricLock(decoding: variant, file: "m.lock") else { continue }
            #expect(Array(lock.encoded.utf8) == variant)
        }
    }

    @Test(
        "A malformed lock is refused with the line",
        arguments: [
            ("", 1), ("dither-lock 2\nproject p\n", 1), ("dither-lock 1\n", 2), ("dither-lock 1\nprojekt p\n", 2),
            ("dither-lock 1\nproject p\n<<<<<<< ours\n", 3),
            ("dither-lock 1\nproject p\nmetric 1 a version 1 sha256 00\n", 3),
            ("dither-lock 1\nproject p\nmetric 0 a version 1 sha256 \(String(repeating: "0", count: 64))\n", 3),
            ("dither-lock 1\nproject p\nmetric 1 a version 1 sha256 \(String(repeating: "A", count: 64))\n", 3),
            ("dither-lock 1\nproject p\nmetric 1  a version 1 sha256 \(String(repeating: "0", count: 64))\n", 3),
            ("dither-lock 1\nproject p\nmetric 1 a version 1 sha256 \(String(repeating: "0", count: 64))", 3),
        ])
    func malformed(text: String, line: Int) throws {
        let error = #expect(throws: RegistryError.self) { try MetricLock(decoding: Array(text.utf8), file: "m.lock") }
        guard case .refused(let findings) = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(findings.first?.position.line == line && findings.first?.file == "m.lock")
    }

    @Test("Lines out of order, and an id or a name that is there twice, are refused")
    func order() throws {
        let digest = String(repeating: "0", count: 64)
        for (first, second) in [("2 a", "1 b"), ("1 a", "1 b"), ("1 a", "2 a")] {
            let text =
                "dither-lock 1\nproject p\nmetric \(first) version 1 sha256 \(digest)\n"
                + "retired \(second) version 1 sha256 \(digest)\n"
            let error = #expect(throws: RegistryError.self) {
                try MetricLock(decoding: Array(text.utf8), file: "m.lock")
            }
            guard case .refused(let findings) = error else { return #expect(Bool(false), "\(error as Any)") }
            #expect(findings.map(\.position.line) == [4])
        }
    }

    @Test("The lock beside a registry is read, one that is named must exist, and an old one is noted")
    func places() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("metrics.yaml")
        try folder.write(registry(), to: "metrics.yaml")
        let first = try RegistrySource.load(path: path, today: testDay)
        #expect(first.lock == nil && first.lockPath == folder.path("metrics.lock") && first.lockNote == nil)
        let named = folder.path("other.lock")
        #expect(throws: RegistryError.unreadable(path: named, errno: ENOENT)) {
            try RegistrySource.load(path: path, today: testDay, lock: .file(named, mustExist: true))
        }
        try MetricLock(of: first.set).write(to: folder.path("metrics.lock"))
        #expect(try RegistrySource.load(path: path, today: testDay).lock?.entries.count == 1)
        try folder.write(registry(["version": "2", "epsilon": "2.0"]), to: "metrics.yaml")
        let ahead = try RegistrySource.load(path: path, today: testDay)
        #expect(ahead.lockNote?.severity == .note)
        try folder.write(registry(["epsilon": "2.0"]), to: "metrics.yaml")
        #expect(throws: RegistryError.self) { try RegistrySource.load(path: path, today: testDay) }
        #expect(try folder.names == ["metrics.lock", "metrics.yaml"])
    }

    @Test(
        "The lock's name is the registry's with another extension",
        arguments: [
            ("metrics.yaml", "metrics.lock"), ("a.b/metrics", "a.b/metrics.lock"), ("a/.yaml", "a/.yaml.lock"),
            ("./x.y.yml", "./x.y.lock"), ("/metrics.yaml", "/metrics.lock"),
        ])
    func lockPath(registry: String, lock: String) {
        #expect(RegistrySource.lockPath(beside: registry) == lock)
    }
}
