import CollectorService
import Foundation
import GRDB
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("The doctor") struct DoctorTests {
    private static let now = testDay.startInSeconds + 3_600

    /// What the doctor finds wrong or doubtful, by subject.
    private func complaints(_ doctor: StoreDoctor) -> [String: [DoctorFinding.Verdict]] {
        Dictionary(grouping: doctor.findings().filter { $0.verdict != .fine }, by: \.subject)
            .mapValues { $0.map(\.verdict) }
    }

    /// A doctor for a store; what depends on the machine that runs the tests is left out of its complaints.
    private func complaints(
        about path: String, now: Int64 = now, _ change: (inout StoreDoctor) -> Void = { _ in }
    ) -> [String: [DoctorFinding.Verdict]] {
        var doctor = StoreDoctor(storePath: path, now: now)
        change(&doctor)
        return complaints(doctor).filter { $0.key != "space" && $0.key != "file system" }
    }

    private func makePrivate(_ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    @Test("A sound store with its collector running gives no complaint, and neither does a place without a store")
    func sound() async throws {
        let collector = try CollectorUnderTest()
        _ = try await collector.intake.take(simpleBatch(collector.metricSet, number: 1).encoded)
        try makePrivate(collector.storePath)
        let set = try collector.folder.write(try collector.metricSet.encoded(), to: "metrics.set")
        #expect(complaints(about: collector.storePath) { $0.metricSetPath = set }.isEmpty)
        let lock = StoreDoctor(storePath: collector.storePath, now: Self.now).findings().first { $0.subject == "lock" }
        #expect(lock?.sentence == "a collector has the store")
        #expect(complaints(about: collector.folder.file("none.db")).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: collector.folder.file("none.db.lock")))
    }

    @Test("Wrong permissions, leftovers, another definition and a wrong clock are each named")
    func complaints() async throws {
        let collector = try CollectorUnderTest()
        _ = try await collector.intake.take(simpleBatch(collector.metricSet, number: 1).encoded)
        let path = collector.storePath
        func mode(_ mode: Int) throws {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
        try mode(0o644)
        #expect(complaints(about: path) == ["permissions": [.warning]])
        try mode(0o666)
        #expect(complaints(about: path) == ["permissions": [.failure]])
        try mode(0o600)
        _ = try collector.folder.write([1], to: "store.db.restoring")
        _ = try collector.folder.write([1], to: "store.db.replaced")
        #expect(complaints(about: path) == ["leftovers": [.warning, .warning]])
        for name in ["restoring", "replaced"] { try FileManager.default.removeItem(atPath: path + "." + name) }
        #expect(complaints(about: path, now: 3_600) == ["clock": [.failure]])
        let early = testDay.advanced(by: -10).startInSeconds
        #expect(complaints(about: path, now: early) == ["clock": [.failure]])
        let other = try testMetricSet(metrics: [try booleanMetric(epsilonThousandths: 900)])
        let set = try collector.folder.write(try other.encoded(), to: "other.set")
        #expect(complaints(about: path) { $0.metricSetPath = set } == ["metrics": [.failure]])
        #expect(complaints(about: collector.folder.file("nowhere/store.db"))["permissions"] == [.failure])
    }

    @Test("What is no store, and a store of version 1, are named")
    func stores() throws {
        let folder = try ScratchFolder()
        let text = try folder.write(Array(String(repeating: "text\n", count: 300).utf8), to: "text.db")
        try makePrivate(text)
        #expect(complaints(about: text) == ["store": [.failure]])
        let empty = try folder.write([], to: "empty.db")
        try makePrivate(empty)
        #expect(complaints(about: empty) == ["store": [.failure]])
        let first = try folder.write(try Fixtures.bytes("stores/version-1.db"), to: "first.db")
        try makePrivate(first)
        #expect(complaints(about: first, now: 1_795_300_000) == ["store": [.warning]])
    }

    @Test("A certificate is named before it ends and after, and a key that anyone may read")
    func certificate() throws {
        let folder = try ScratchFolder()
        let (certificate, key) = try TestCertificate.make(in: folder, name: "server")
        func verdicts(daysFromNow days: Int64) -> [String: [DoctorFinding.Verdict]] {
            complaints(about: folder.file("none.db"), now: Int64(Date().timeIntervalSince1970) + days * 86_400) {
                ($0.certificatePath, $0.keyPath) = (certificate, key)
            }
        }
        try makePrivate(key)
        // It is valid for two days from now, and told of two weeks before its end.
        #expect(verdicts(daysFromNow: 0) == ["certificate": [.warning]])
        #expect(verdicts(daysFromNow: 3) == ["certificate": [.failure]])
        #expect(verdicts(daysFromNow: -20) == ["certificate": [.failure]])
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        #expect(verdicts(daysFromNow: 0)["key"] == [.failure])
        #expect(complaints(about: folder.file("none.db")) { $0.certificatePath = key } == ["certificate": [.failure]])
    }
}
