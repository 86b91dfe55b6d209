import CollectorService
import Foundation
import GRDB
import MetricDefinitions
import PostgresClient
import ReportFormat
import StoreFormat
import StoreReader
import TestSupport

/// The stores that there are. What holds for one holds for the other, so most tests run on both.
enum StoreKind: String, CaseIterable, Sendable {
    case sqlite, postgres
}

/// Where a store is, or will be: a file or a database of its own.
struct StorePlace: Sendable {
    let kind: StoreKind
    /// What `--store` would say.
    let location: String
    private let folder: ScratchFolder

    init(_ kind: StoreKind) throws {
        self.kind = kind
        folder = try ScratchFolder()
        location =
            switch kind {
            case .sqlite: folder.file("store.db")
            case .postgres: try PostgresServer.shared.get().makeDatabase()
            }
    }

    /// Opens the store as a collector does.
    func open(_ metricSet: MetricSet? = nil) throws -> any ReportStore {
        let metricSet = try metricSet ?? testMetricSet()
        switch kind {
        case .sqlite: return try SQLiteReportStore(path: location, metricSet: metricSet)
        case .postgres:
            return try PostgresReportStore(try PostgresAddress(location), metricSet: metricSet)
        }
    }

    /// Looks into the tables.
    func probe() throws -> any StoreProbing {
        switch kind {
        case .sqlite: try StoreProbe(path: location)
        case .postgres: try PostgresProbe(location)
        }
    }

    /// Reads the store as a decoder does.
    func snapshot() throws -> any StoreSnapshot {
        switch kind {
        case .sqlite: try SQLiteSnapshot(path: location)
        case .postgres: try PostgresSnapshot(try PostgresAddress(location))
        }
    }

    /// Changes the tables as an operator with a shell can. A blob is written `BLOB(0a0b)`.
    func execute(_ statement: String) throws {
        switch kind {
        case .sqlite:
            let statement = statement.replacing(#/BLOB\(([0-9a-f]*)\)/#) { "x'\($0.1)'" }
            try DatabaseQueue(path: location).write { try $0.execute(sql: statement) }
        case .postgres:
            let statement = statement.replacing(#/BLOB\(([0-9a-f]*)\)/#) { "'\\x\($0.1)'::bytea" }
            let connection = try PostgresServer.shared.get().connection(to: location)
            try connection.execute("SET search_path = dither")
            try connection.execute(statement)
        }
    }
}

/// The parts of a collector around a store of a kind, with a clock that the test sets.
struct StoreUnderTest {
    let place: StorePlace
    let metricSet: MetricSet
    let store: any ReportStore
    let clock = TestClock()

    init(_ kind: StoreKind) throws { try self.init(try StorePlace(kind)) }

    init(_ place: StorePlace, _ metricSet: MetricSet? = nil) throws {
        self.place = place
        self.metricSet = try metricSet ?? testMetricSet()
        store = try place.open(self.metricSet)
    }

    var intake: BatchIntake {
        BatchIntake(metrics: ServedMetrics(MetricOffer(metricSet)), store: store, clock: clock.clock)
    }

    func probe() throws -> any StoreProbing { try place.probe() }
}
