import ArgumentParser
import DecoderCommands
import Foundation
import GRDB
import MetricDefinitions
import NIOCore
import ReportFormat
import Reports
import StoreFormat
import Synchronization
import TestSupport
import Testing

@testable import Dashboard

/// A store with reports of one metric, and a clock that stands.
private final class Scene: Sendable {
    let folder: URL
    let seconds: Mutex<Int64>
    private let queue: DatabaseQueue
    private let metric: MetricDefinition

    /// - Parameter seconds: since 1970.
    init(at seconds: Int64) throws {
        self.seconds = Mutex(seconds)
        folder = FileManager.default.temporaryDirectory.appending(path: "dither-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        queue = try DatabaseQueue(path: folder.appending(path: "r.db").path(percentEncoded: false))
        metric = try booleanMetric(minimumReports: 100)
        let hash = Data(metric.definitionHash)
        try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            for statement in StoreSchema.statements(of: StoreSchema.version) { try database.execute(sql: statement) }
            try database.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationIdentifier)")
            try database.execute(sql: "PRAGMA user_version = \(StoreSchema.version)")
            try database.execute(sql: "INSERT INTO definition VALUES (1, 1, ?)", arguments: [hash])
        }
        try Data(try testMetricSet(metrics: [metric]).encoded()).write(to: folder.appending(path: "metrics.set"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// So many reports, half of them `true`.
    func add(_ count: Int, day: Int) throws {
        try queue.write { database in
            for key in 0..<count {
                try database.execute(
                    sql: "INSERT INTO staged VALUES (1, 1, ?, 0, ?, ?)",
                    arguments: [day, key, Data([UInt8(key % 2)])])
            }
        }
    }

    func maker() throws -> EditionMaker {
        func file(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }
        let options = try ReportOptions.parse(["--registry", file("metrics.set"), "--store", file("r.db")])
        return EditionMaker(try options.builder()) { [self] in seconds.withLock { $0 } }
    }
}

@Suite("Editions of a page")
struct EditionTests {
    private static let noon: Int64 = 1_780_272_000 + 43_200

    private func edition(_ outcome: EditionMaker.Outcome) throws -> Edition {
        guard case .edition(let edition) = outcome else {
            throw CommandError(.runtimeFailure, "\(outcome)")
        }
        return edition
    }

    @Test("There is another one when the store has other reports, or a day of UTC has closed, and only then")
    func changes() async throws {
        let scene = try Scene(at: Self.noon)
        try scene.add(300, day: 20_600)
        let maker = try scene.maker(), begun = Mutex(0)
        func look(after last: Edition?) async throws -> EditionMaker.Outcome {
            try await maker.next(after: last) { begun.withLock { $0 += 1 } }.outcome
        }
        func isUnchanged(_ last: Edition) async throws -> Bool {
            if case .unchanged = try await look(after: last) { true } else { false }
        }
        let first = try edition(try await look(after: nil))
        #expect(first.number == 1 && first.startInSeconds == Self.noon && first.files.count == 2)
        #expect(String(buffer: first.tail).contains("300 reports"))
        #expect(try await isUnchanged(first))
        // The last second of the day, and the first of the next.
        scene.seconds.withLock { $0 = Self.noon + 43_199 }
        #expect(try await isUnchanged(first) && begun.withLock { $0 } == 1)
        scene.seconds.withLock { $0 = Self.noon + 43_200 }
        let second = try edition(try await look(after: first))
        #expect(second.number == 2 && second.contents == first.contents)
        #expect(try await isUnchanged(second))
        try scene.add(200, day: 20_601)
        let third = try edition(try await look(after: second))
        #expect(third.number == 3 && String(buffer: third.tail).contains("500 reports"))
        #expect(third.files["metrics/departed_late/days.csv"]?.name == "departed_late-days.csv")
        #expect(try await isUnchanged(third) && begun.withLock { $0 } == 3)
    }

    @Test("A failure keeps the last one and its age, says since when, and is forgotten when it is over")
    func failures() async throws {
        let scene = try Scene(at: Self.noon)
        try scene.add(300, day: 20_600)
        let stand = Newsstand(everySeconds: 15)
        #expect(stand.look(atSeconds: Self.noon) == nil)
        stand.begin()
        stand.publish(try edition(try await scene.maker().next(after: nil) {}.outcome))
        let fresh = try #require(stand.look(atSeconds: Self.noon + 59))
        #expect(fresh.state == "current" && fresh.freshness.news == "")
        #expect(fresh.freshness.age == "Estimated on 2026-06-01 at 12:00 UTC, just now.")
        stand.begin()
        #expect(
            stand.look(atSeconds: Self.noon + 60)?.freshness.age
                == "Estimated on 2026-06-01 at 12:00 UTC, 1 minute ago; newer figures are being estimated.")
        stand.fail("r.db: locked.", atSeconds: Self.noon + 7200)
        stand.fail("r.db: gone.", atSeconds: Self.noon + 9000)
        let failing = try #require(stand.look(atSeconds: Self.noon + 172_800))
        #expect(failing.state == "failing" && failing.freshness.isAlarm && failing.edition.number == 1)
        #expect(failing.freshness.age.hasSuffix("2 days ago."))
        #expect(failing.freshness.news.hasPrefix("No newer figures since 2026-06-01 at 14:00 UTC: r.db: gone. "))
        stand.confirm()
        #expect(stand.look(atSeconds: Self.noon)?.state == "current")
        #expect(stand.look(atSeconds: Self.noon - 5)?.freshness.age.hasSuffix("just now.") == true, "a clock set back")
    }

    @Test("A look that nobody waits for any more keeps nobody")
    func cancellation() async throws {
        let scene = try Scene(at: Self.noon)
        let maker = try scene.maker(), gate = DispatchSemaphore(value: 0)
        let (begun, note) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await maker.next(after: nil) {
                note.yield()
                gate.wait()
            }
        }
        for await _ in begun { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        gate.signal()
    }
}
