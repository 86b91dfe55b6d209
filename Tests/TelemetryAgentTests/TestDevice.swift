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
    private let state: Mutex<(seconds: Int64, uptime: Uptime)>

    init(_ seconds: Int64 = noon) { state = Mutex((seconds, Uptime(seconds: 100, boot: 1))) }

    func secondsSinceEpoch() -> Int64 { state.withLock { $0.seconds } }

    func uptime() -> Uptime? { state.withLock { $0.uptime } }

    /// Sets the calendar; no time passes.
    func set(_ value: Int64) { state.withLock { $0.seconds = value } }

    /// Lets days pass while the machine is on.
    func advance(days: Int64) {
        state.withLock { state in
            state.seconds += days * daySeconds
            state.uptime.seconds += days * daySeconds
        }
    }

    /// Lets days pass while the machine is off, and starts it.
    func sleep(days: Int64) {
        state.withLock { state in
            state.seconds += days * daySeconds
            state.uptime = Uptime(seconds: 10, boot: state.uptime.boot + 1)
        }
    }
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

/// A machine that has run since 1970: its uptime is the latest moment of the calls.
final class UptimeOfMoments: Sendable {
    private let seconds = Mutex<Int64>(0)

    var reading: @Sendable () -> Uptime? { { Uptime(seconds: self.seconds.withLock { $0 }, boot: 1) } }

    func reach(_ moment: Int64) { seconds.withLock { $0 = max($0, moment) } }
}

/// A device on a store of either kind.
struct TestDevice {
    let device: Device
    let folder: TemporaryFolder?
    /// Keeps step with the moments of the calls, so that the device believes them however far apart they are.
    private let uptime = UptimeOfMoments()

    init(
        _ kind: StoreKind, _ metricSet: MetricSet, secret: SecretKey? = nil,
        uptime reading: (@Sendable () -> Uptime?)? = nil
    ) throws {
        let reading = reading ?? uptime.reading
        let secret = try secret ?? SecretKey.random()
        switch kind {
        case .memory:
            folder = nil
            device = try Device(metricSet: metricSet, secret: secret, store: MemoryStore(), uptime: reading)
        case .sqlite:
            let folder = try TemporaryFolder()
            self.folder = folder
            device = try Device(
                metricSet: metricSet, secret: secret, store: try SQLiteStore(path: folder.file("agent.db")),
                uptime: reading)
        }
    }

    /// The same state under another metric set.
    init(_ other: TestDevice, metricSet: MetricSet, secret: SecretKey) throws {
        folder = other.folder
        device = try Device(
            metricSet: metricSet, secret: secret, store: other.device.store, uptime: uptime.reading)
    }

    func enrol(at seconds: Int64 = noon) throws {
        uptime.reach(seconds)
        try device.store.transaction { () throws(AgentError) in try device.enrol(at: seconds) }
    }

    func record(_ input: MechanismInput, _ metric: MetricDefinition, at seconds: Int64 = noon) throws(AgentError) {
        uptime.reach(seconds)
        try device.store.transaction { () throws(AgentError) in
            try device.record(input, for: metric, at: seconds)
        }
    }

    /// Closes the periods before the day of `seconds`, or that day too.
    func close(at seconds: Int64 = noon, closingToday: Bool = false) throws {
        uptime.reach(seconds)
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
