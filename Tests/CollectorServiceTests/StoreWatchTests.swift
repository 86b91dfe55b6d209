import Foundation
import GRDB
import Logging
import ReportFormat
import Synchronization
import TestSupport
import Testing

@testable import CollectorService

@Suite("What the log says of the store") struct StoreWatchTests {
    private final class Lines: Sendable {
        private let all = Mutex<[String]>([])

        var text: [String] { all.withLock { $0 } }

        var logger: Logger {
            Logger(label: "test") { [self] _ in
                LineLogHandler(.text, level: .debug, secondsSinceEpoch: { 0 }) { line in
                    self.all.withLock { $0.append(line) }
                }
            }
        }
    }

    @Test("A fault is told once, with what to do, and so is its end; batches leave no line, whatever becomes of them")
    func fault() async throws {
        let folder = try ScratchFolder(), metricSet = try testMetricSet(), lines = Lines()
        let path = folder.file("store.db")
        let store = try SQLiteReportStore(path: path, metricSet: metricSet, patienceInSeconds: 0.05)
        let intake = BatchIntake(
            metrics: ServedMetrics(MetricOffer(metricSet)), store: store, clock: TestClock().clock)
        let watch = StoreWatch(store, logger: lines.logger)
        #expect(await watch.ask() == nil && lines.text.isEmpty)
        // Frames in the log that come at known times would date the batches between them.
        let log = try Data(contentsOf: URL(filePath: path + "-wal"))
        for _ in 0..<5 { #expect(await watch.ask() == nil) }
        #expect(try Data(contentsOf: URL(filePath: path + "-wal")) == log)
        #expect(try Data(contentsOf: URL(filePath: path + ".lock")).isEmpty)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let holder = try DatabaseQueue(path: path, configuration: configuration)
        try holder.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        await #expect(throws: ProblemDetails.self) {
            try await intake.take(try simpleBatch(metricSet, number: 1).encoded)
        }
        #expect(lines.text.isEmpty)
        for _ in 0..<3 { #expect(await watch.ask() != nil) }
        #expect(lines.text.count == 1)
        #expect(lines.text.first?.hasPrefix("1970-01-01T00:00:00Z warning: nothing is stored: another program") == true)
        try holder.inDatabase { try $0.execute(sql: "ROLLBACK") }
        for _ in 0..<3 { #expect(await watch.ask() == nil) }
        #expect(lines.text.dropFirst() == ["1970-01-01T00:00:00Z notice: reports are stored again\n"])
    }
}
