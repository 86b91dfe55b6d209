import Foundation
import GRDB
import ReportFormat

/// What lies in a store, report by report.
struct StoreAudit {
    /// How often each serial number is stored.
    private(set) var counts: [UInt64: Int] = [:]
    /// Payloads that nobody sent, or that lie under another day than their own.
    private(set) var strangers = 0
    /// What SQLite finds about the file: `ok`.
    let integrity: String
    private(set) var chunkCount = 0

    /// Reads a store that no collector has.
    init(_ site: CollectorSite) throws {
        let database = try DatabaseQueue(path: site.store)
        defer { try? database.close() }
        let verdict = try database.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
        integrity = verdict ?? ""
        guard integrity == "ok" else { return }
        let (staged, sealed) = try database.read { connection in
            (
                try Row.fetchAll(connection, sql: "SELECT day, payload FROM staged"),
                try Row.fetchAll(connection, sql: "SELECT day, payloads, stride, count FROM chunk")
            )
        }
        chunkCount = sealed.count
        for row in staged { count(Array(Data.fromDatabaseValue(row[1]) ?? Data()), day: row[0], site.reports) }
        for row in sealed {
            let payloads = Array(Data.fromDatabaseValue(row[1]) ?? Data())
            guard let stride = Int.fromDatabaseValue(row[2]), let count = Int.fromDatabaseValue(row[3]), stride > 0,
                payloads.count == stride * count
            else {
                strangers += 1
                continue
            }
            for start in Swift.stride(from: 0, to: payloads.count, by: stride) {
                self.count(Array(payloads[start..<start + stride]), day: row[0], site.reports)
            }
        }
    }

    private mutating func count(_ payload: [UInt8], day: DatabaseValue, _ reports: NumberedReports) {
        guard let serial = NumberedReports.serial(of: payload),
            UInt32.fromDatabaseValue(day) == reports.day(of: serial).index
        else {
            strangers += 1
            return
        }
        counts[serial, default: 0] += 1
    }

    /// The reports of acknowledged batches that are not stored.
    func lost(of acknowledged: [UInt64]) -> [UInt64] {
        acknowledged.flatMap { number in Self.serials(of: number).filter { counts[$0] == nil } }
    }

    /// The reports that are stored more than once.
    var doubled: [UInt64] { counts.filter { $0.value > 1 }.map(\.key) }

    /// The batches of which a part is stored, among those with numbers below one.
    func torn(below end: UInt64) -> [UInt64] {
        (0..<end).filter { number in
            let stored = Self.serials(of: number).count { counts[$0] != nil }
            return stored != 0 && stored != Int(NumberedReports.reportsPerBatch)
        }
    }

    private static func serials(of number: UInt64) -> Range<UInt64> {
        number * NumberedReports.reportsPerBatch..<(number + 1) * NumberedReports.reportsPerBatch
    }

    /// What is wrong, in words; `nil` if every acknowledged report is stored, none twice, and no batch in part.
    func complaint(about outcome: Loader.Outcome) -> String? {
        var wrong: [String] = []
        let lost = lost(of: outcome.acknowledged)
        if integrity != "ok" { wrong.append("integrity_check: \(integrity)") }
        if !lost.isEmpty { wrong.append("\(lost.count) acknowledged reports are lost, the first \(lost[0])") }
        if !doubled.isEmpty { wrong.append("\(doubled.count) reports are stored twice, one of them \(doubled[0])") }
        let torn = torn(below: outcome.end)
        if !torn.isEmpty { wrong.append("\(torn.count) batches are stored in part, the first \(torn[0])") }
        if strangers > 0 { wrong.append("\(strangers) payloads were sent by nobody") }
        if !outcome.surprises.isEmpty { wrong.append("answers: \(outcome.surprises.prefix(3))") }
        return wrong.isEmpty ? nil : wrong.joined(separator: "; ")
    }
}
