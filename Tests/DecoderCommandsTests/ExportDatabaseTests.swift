import Foundation
import GRDB
import TestSupport
import Testing

@testable import DecoderCommands

@Suite("An exported database is one that any SQL tool can query")
struct ExportDatabaseTests {
    private func exported(_ fixture: ExportFixture, _ document: ExportDocument) throws -> DatabaseQueue {
        let path = fixture.store.file("out.sqlite")
        try ExportDatabase(document: document).write(to: path)
        return try DatabaseQueue(path: path)
    }

    @Test("It names its version and what it is, is sound, and its rows are those of the JSON")
    func rows() throws {
        let fixture = try ExportFixture(), document = try fixture.document()
        try exported(fixture, document).read { database in
            #expect(try Int.fetchOne(database, sql: "PRAGMA user_version") == ExportDocument.schemaVersion)
            #expect(try Int32.fetchOne(database, sql: "PRAGMA application_id") == ExportSchema.applicationIdentifier)
            #expect(try String.fetchOne(database, sql: "PRAGMA integrity_check") == "ok")
            #expect(try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").isEmpty)
            let metadata = try Row.fetchAll(database, sql: "SELECT key, value FROM dither_export")
            let pairs = Dictionary(uniqueKeysWithValues: metadata.map { ($0[0] as String, $0[1] as String) })
            #expect(pairs["schema"] == "dither.export/1" && pairs["project"] == "flights" && pairs["by"] == "all")
            let expected = try #require(try document.parsedJSON()["rows"] as? [[String: Any]])
            let rows = try Row.fetchAll(database, sql: "SELECT * FROM estimate ORDER BY id")
            #expect(rows.count == expected.count)
            for (row, object) in zip(rows, expected) {
                for name in ExportRow.columns {
                    let stored = (row[name] as DatabaseValue)
                    switch object[name] {
                    case let text as String: #expect(String.fromDatabaseValue(stored) == text, "\(name)")
                    case let truth as Bool where name == "value":
                        #expect(String.fromDatabaseValue(stored) == String(truth))
                    case let number as NSNumber: #expect(Double.fromDatabaseValue(stored) == number.doubleValue)
                    default: #expect(stored.isNull, "\(name)")
                    }
                }
            }
        }
    }

    @Test("Texts are there byte by byte, those with U+0000 too; no event is NULL")
    func texts() throws {
        let (fixture, candidates) = try ExportFixture.texts()
        let values = try exported(fixture, try fixture.document(candidates: [candidates])).read { database in
            try Row.fetchAll(database, sql: "SELECT CAST(value AS BLOB), typeof(value) FROM estimate ORDER BY id")
                .map { row in (row[0] as Data?).map { String(decoding: $0, as: UTF8.self) } }
        }
        #expect(values == ExportFixture.hostile + [nil])
    }

    @Test("A row that no export writes is refused by the tables themselves")
    func checks() throws {
        let fixture = try ExportFixture()
        let queue = try exported(fixture, try fixture.document())
        for change in [
            "low = NULL", "high = low - 1", "kind = 'guess'", "detected = 2", "reports = 0", "reports = 'many'",
            "estimate = 'high'", "first_day = 'June'", "last_day = '2020-01-01'", "p_value = 1.5", "level = 0.5",
            "value = NULL, kind = 'mean'", "confidence = 1", "standard_error = -1", "metric = NULL",
        ] {
            #expect(throws: DatabaseError.self, "\(change)") {
                try queue.write { try $0.execute(sql: "UPDATE estimate SET \(change) WHERE id = 1") }
            }
        }
        try queue.write { try $0.execute(sql: "UPDATE estimate SET low = low - 1 WHERE id = 1") }
    }

    @Test("What was there is replaced as a whole, is whole for who reads it meanwhile, and nothing is left beside it")
    func replacement() throws {
        let fixture = try ExportFixture(), document = try fixture.document()
        let old = try exported(fixture, document)
        let folder = fixture.store.folder.path(percentEncoded: false)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        try old.read { database in
            let before = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM estimate")
            try ExportDatabase(document: try fixture.document(byPeriod: true)).write(
                to: fixture.store.file("out.sqlite"))
            #expect(try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM estimate") == before)
        }
        let new = try DatabaseQueue(path: fixture.store.file("out.sqlite"))
        #expect(
            try new.read { try String.fetchOne($0, sql: "SELECT value FROM dither_export WHERE key = 'by'") }
                == "period")
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder)) == Set(names))
        let error = try #require(throws: CommandError.self) {
            try ExportDatabase(document: document).write(to: folder + "/none/out.sqlite")
        }
        #expect(error.status == .runtimeFailure)
        let device = try #require(throws: CommandError.self) {
            try ExportDatabase(document: document).write(to: "/dev/null")
        }
        #expect(device.status == .usage)
    }
}
