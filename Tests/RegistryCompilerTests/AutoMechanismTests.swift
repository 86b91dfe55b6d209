import Foundation
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

@testable import RegistryCompiler

@Suite("A mechanism that is left to the compiler")
struct AutoMechanismTests {
    private func text(_ changes: [(String, String)] = []) throws -> String {
        let original = String(decoding: try Fixtures.bytes("registries/valid/auto.yaml"), as: UTF8.self)
        return changes.reduce(original) { $0.replacing($1.0, with: $1.1) }
    }

    private func load(_ text: String, lock: String? = nil) throws -> RegistrySource {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "metrics.yaml")
        if let lock { try folder.write(lock, to: "metrics.lock") }
        return try RegistrySource.load(path: folder.path("metrics.yaml"), today: testDay)
    }

    @Test("is chosen, told with its reason and the runner-up, and stands in the lock")
    func chosen() throws {
        let source = try load(try text())
        #expect(source.hasUnlockedChoices)
        let note = try #require(source.notes.first)
        #expect(note.message.hasPrefix("metric 'region': auto is "))
        #expect(note.message.contains("n·variance") && note.message.contains("runner-up"))
        let lines = source.updatedLock.encoded.split(separator: "\n")
        let mechanism = try #require(source.set.metrics.first).mechanism
        #expect(lines.count == 4 && lines[3].hasPrefix("auto 1 \(type(of: mechanism).identifier)"))
        #expect(source.reasons["region"]?.contains("n·variance") == true)
    }

    @Test("stays what the lock has for its version, without a note, and is chosen anew for another")
    func kept() throws {
        let first = try load(try text())
        // Another mechanism than the best, as if an older version had chosen.
        let explicit = try load(
            try text([
                ("mechanism: auto", "mechanism: basic"), ("    expected_devices: 100000\n", ""),
                ("    report_bytes: 16\n", ""), ("mechanism: basic", "mechanism: randomized_response"),
            ]))
        let lines = explicit.updatedLock.encoded + "auto 1 randomized_response\n"
        let kept = try load(try text(), lock: lines)
        #expect(kept.notes.isEmpty && !kept.hasUnlockedChoices && kept.lockNote == nil)
        #expect(kept.set.metrics[0].definitionHash == explicit.set.metrics[0].definitionHash)
        #expect(kept.updatedLock.encoded == lines)
        let raised = try load(try text([("version: 1", "version: 2")]), lock: lines)
        #expect(raised.hasUnlockedChoices && raised.lockNote != nil)
        #expect(
            type(of: raised.set.metrics[0].mechanism).identifier == type(of: first.set.metrics[0].mechanism).identifier)
    }

    @Test("that the lock names and that there is not, or not in this form, is refused where it stands")
    func unknown() throws {
        let lock = try load(try text()).updatedLock.encoded
        let lines = lock.split(separator: "\n").dropLast().map { $0 + "\n" }.joined() + "auto 1 no_such_mechanism\n"
        let error = #expect(throws: RegistryError.self) { try load(try text(), lock: lines) }
        guard case .refused(let findings)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(findings.count == 1 && findings[0].message.contains("the lock has the mechanism 'no_such_mechanism'"))
    }

    @Test(
        "that the lock keeps is refused where it breaks the budget, or has parameters that are none of it",
        arguments: [
            ("report_bytes: 16", "report_bytes: 1", "auto 1 optimized_local_hashing", "above its 'report_bytes' of 1"),
            ("", "", "auto 1 subset_selection foo=1", "'subset_selection foo=1', makes no mechanism"),
            ("", "", "auto 1 subset_selection subset_size=99", "makes no mechanism of this metric"),
        ])
    func unsound(before: String, after: String, line: String, words: String) throws {
        let lock = try load(try text()).updatedLock.encoded.split(separator: "\n").dropLast().map { $0 + "\n" }.joined()
        let changed = before.isEmpty ? try text() : try text([(before, after)])
        let error = #expect(throws: RegistryError.self) { try load(changed, lock: lock + line + "\n") }
        guard case .refused(let findings)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(findings.count == 1 && findings[0].message.contains(words), "\(findings)")
    }

    @Test(
        "reads back from a lock, and a line that is not canonical is none of a lock",
        arguments: [
            ("auto 1 count_mean_sketch rows=16 width=32", true), ("auto 1 count_mean_sketch width=32 rows=16", false),
            ("auto 2 randomized_response", false), ("auto 1", false), ("auto 1 x rows=", false),
            ("auto 1 x rows=1 rows=1", false), ("auto 1 x  rows=1", false), ("auto 1 x rows=-1", false),
        ])
    func lockLines(line: String, isRead: Bool) throws {
        let set = try MetricLock(of: try load(try text()).set)
        let encoded = set.encoded + line + "\n"
        let lock = try? MetricLock(decoding: Array(encoded.utf8), file: "m.lock")
        #expect((lock != nil) == isRead)
        if isRead { #expect(lock?.encoded == encoded) }
    }

    @Test("of a compiled set that is held against the lock keeps its line")
    func compiled() throws {
        let source = try load(try text())
        let updated = try source.updatedLock.updated(to: source.set)
        #expect(updated == source.updatedLock)
        let gone = try updated.updated(to: testMetricSet(metrics: [try categoryMetric()]))
        #expect(gone.entries.map(\.choice) == [nil, nil])
    }
}
