import Foundation
import LocalPrivacy
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import RegistryCompiler

@Suite("Compiled sets")
struct CompiledSetTests {
    private func compiled() throws -> [UInt8] {
        let bytes = try Fixtures.bytes("registries/valid/every-form.yaml")
        return try RegistryCompiler.metricSet(of: bytes, file: "m.yaml", today: testDay).encoded()
    }

    @Test("A compiled set loads where a registry does, and says the same")
    func load() throws {
        let folder = try TemporaryFolder()
        let yaml = Fixtures.url("registries/valid/every-form.yaml").path(percentEncoded: false)
        let source = try RegistrySource.load(path: yaml, today: testDay)
        let byteCount = try CompiledSet.write(source.set, to: folder.path("metrics.set"))
        let loaded = try RegistrySource.load(path: folder.path("metrics.set"), today: testDay)
        #expect(try loaded.set.encoded() == source.set.encoded())
        #expect(try loaded.set.encoded().count == byteCount)
        #expect(loaded.lockPath == nil && loaded.lock == nil)
        #expect(try folder.names == ["metrics.set"])
    }

    @Test("Compiling twice gives equal bytes, and replaces the file as a whole")
    func deterministic() throws {
        let folder = try TemporaryFolder()
        try folder.write("what was there before, and longer than nothing", to: "metrics.set")
        let set = try MetricSet(decoding: try compiled())
        _ = try CompiledSet.write(set, to: folder.path("metrics.set"))
        #expect(Array(try Data(contentsOf: folder.url.appending(path: "metrics.set"))) == (try compiled()))
    }

    @Test("Every truncation and every changed byte of a compiled set is refused")
    func damage() throws {
        let bytes = try compiled()
        var accepted: [Int] = []
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1 << UInt8(index % 8)
            if (try? MetricSet(decoding: changed)) != nil { accepted.append(index) }
            if (try? MetricSet(decoding: Array(bytes.prefix(index)))) != nil { accepted.append(index) }
        }
        #expect(accepted.isEmpty)
    }

    @Test("A damaged set is refused by its path and its reason")
    func damagedFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("metrics.set")
        var bytes = try compiled()
        bytes[bytes.count - 1] ^= 1
        try Data(bytes).write(to: folder.url.appending(path: "metrics.set"))
        #expect(throws: RegistryError.compiledSet(path: path, .checksumMismatch)) {
            try RegistrySource.load(path: path, today: testDay)
        }
    }

    @Test("An expired metric of a compiled set is refused or noted as in a registry")
    func expiry() throws {
        let folder = try TemporaryFolder()
        let last = testDay.advanced(by: -1)
        let set = try testMetricSet(metrics: [try booleanMetric(expiry: .lastDay(last))])
        _ = try CompiledSet.write(set, to: folder.path("m.set"))
        #expect(throws: RegistryError.self) { try RegistrySource.load(path: folder.path("m.set"), today: testDay) }
        let noted = try RegistrySource.load(path: folder.path("m.set"), today: testDay, expiry: .note)
        #expect(noted.notes.count == 1)
        #expect(try RegistrySource.load(path: folder.path("m.set"), today: last).notes.isEmpty)
    }

    @Test("A ceiling above what agents allow is no set, however it is made")
    func ceilings() throws {
        #expect(throws: MetricSetError.self) { try testMetricSet(dayCeilingThousandths: 16_001) }
        #expect(throws: MetricSetError.self) { try testMetricSet(lifetimeCeilingThousandths: 1_000_001) }
        #expect(throws: Never.self) { try testMetricSet() }
    }

    @Test("Files that are missing, folders, or cannot be replaced are named with the system's reason")
    func files() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path("none.yaml")
        #expect(throws: RegistryError.unreadable(path: missing, errno: ENOENT)) {
            try RegistrySource.load(path: missing, today: testDay)
        }
        #expect(throws: RegistryError.unreadable(path: folder.path(""), errno: EISDIR)) {
            try RegistrySource.load(path: folder.path(""), today: testDay)
        }
        let unwritable = folder.path("no/such/folder.set")
        #expect(throws: RegistryError.unwritable(path: unwritable, errno: ENOENT)) {
            try CompiledSet.write(try testMetricSet(), to: unwritable)
        }
        #expect(try folder.names.isEmpty)
    }
}
