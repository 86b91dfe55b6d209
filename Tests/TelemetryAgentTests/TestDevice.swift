import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import SecureRandomness
import Synchronization
import TestSupport

@testable import TelemetryAgent

/// 2026-03-01T12:00:00Z, noon of an ordinary day.
let noon: Int64 = 1_772_366_400
let daySeconds: Int64 = 86_400

/// A clock that stands still until it is set.
final class ManualClock: AgentClock {
    private let seconds: Mutex<Int64>

    init(_ seconds: Int64 = noon) { self.seconds = Mutex(seconds) }

    func secondsSinceEpoch() -> Int64 { seconds.withLock { $0 } }

    func set(_ value: Int64) { seconds.withLock { $0 = value } }

    func advance(days: Int64) { seconds.withLock { $0 += days * daySeconds } }
}

/// A folder of its own for one test, removed with it.
final class TemporaryFolder {
    let path: String

    init() throws {
        // In memory where the system offers it: these tests commit thousands of times.
        let shared = URL(filePath: "/dev/shm")
        let isShared = FileManager.default.isWritableFile(atPath: shared.path)
        let parent = isShared ? shared : FileManager.default.temporaryDirectory
        let url = parent.appending(path: "dither-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = url.path(percentEncoded: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
}

/// The two places where a device can keep its state; the rules must be the same.
enum StoreKind: String, CaseIterable {
    case memory, sqlite
}

/// A device on a store of either kind.
struct TestDevice {
    let device: Device
    let folder: TemporaryFolder?

    init(_ kind: StoreKind, _ metricSet: MetricSet, secret: SecretKey? = nil) throws {
        let secret = try secret ?? SecretKey.random()
        switch kind {
        case .memory:
            folder = nil
            device = try Device(metricSet: metricSet, secret: secret, store: MemoryStore())
        case .sqlite:
            let folder = try TemporaryFolder()
            self.folder = folder
            device = try Device(
                metricSet: metricSet, secret: secret, store: try SQLiteStore(path: folder.file("agent.db")))
        }
    }

    /// The same state under another metric set.
    init(_ other: TestDevice, metricSet: MetricSet, secret: SecretKey) throws {
        folder = other.folder
        device = try Device(metricSet: metricSet, secret: secret, store: other.device.store)
    }

    func enrol(at seconds: Int64 = noon) throws {
        try device.store.transaction { () throws(AgentError) in try device.enrol(at: seconds) }
    }

    func record(_ input: MechanismInput, _ metric: MetricDefinition, at seconds: Int64 = noon) throws(AgentError) {
        try device.store.transaction { () throws(AgentError) in
            try device.record(input, for: metric, at: seconds)
        }
    }

    /// Closes the periods before the day of `seconds`, or that day too.
    func close(at seconds: Int64 = noon, closingToday: Bool = false) throws {
        try device.store.transaction { () throws(AgentError) in
            let today = try device.today(at: seconds)
            try device.closePeriods(through: closingToday ? today : today.advanced(by: -1), today: today)
        }
    }

    func queued() throws -> [ReportRecord] { try device.store.oldestQueued(limit: .max).map(\.record) }

    func entry(_ metric: MetricDefinition) throws -> LedgerEntry? {
        try device.store.ledgerEntry(metric: metric.identifier.value, version: metric.version)
    }
}

/// The category that a report names.
func category(of record: ReportRecord, in metric: MetricDefinition) throws -> Int {
    try CategoryReport(decoding: record.payload.span, shape: metric.itemLabels.count).category
}
