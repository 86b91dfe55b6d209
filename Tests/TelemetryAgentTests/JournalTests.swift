import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("The journal of what was sent")
struct JournalTests {
    private static let batch = BatchIdentifier(bytes: (0..<16).map { 0x10 + $0 })

    private static func events() throws -> [JournalEvent] {
        let batch = try #require(batch)
        return [
            .consentGiven, .sent(batch, body: [1, 2, 3]), .answered(batch, .failed(.transport(code: 7))),
            .answered(batch, .failed(.unavailable(status: 503, retryAfterSeconds: 30))),
            .answered(batch, .failed(.unavailable(status: 500, retryAfterSeconds: nil))),
            .answered(batch, .failed(.credential(status: 403))),
            .answered(batch, .failed(.notACollector(status: 302))), .answered(batch, .failed(.interrupted)),
            .answered(batch, .replaced(status: 413)),
            .answered(batch, .refused(status: 400, token: "malformed_batch")),
            .answered(
                batch, .delivered(status: 200, refused: [RefusedReport(index: 3, code: "too_late")])),
            .registryAccepted(sequence: 1 << 40, digest: [UInt8](repeating: 7, count: 32)),
            .registryRefused(reason: "older than the one in use"), .metricRetired(0x7FFF_FFFF),
        ]
    }

    private func journal(_ folder: TemporaryFolder) throws -> Journal {
        Journal(store: try SQLiteStore(path: folder.file("agent.db")))
    }

    private func append(_ journal: Journal, _ event: JournalEvent, at seconds: Int64) throws {
        try journal.store.transaction { () throws(AgentError) in try journal.append(event, at: seconds) }
    }

    @Test("Every event comes back as it was written, and no other bytes are an event")
    func coding() throws {
        for event in try Self.events() {
            #expect(JournalEvent(decoding: event.encoded) == event)
            for bytes in Mutations.truncations(of: event.encoded) where !bytes.isEmpty {
                if let other = JournalEvent(decoding: bytes) { #expect(other.encoded == bytes && other != event) }
            }
            for bytes in Mutations.changedBytes(of: event.encoded) {
                if let other = JournalEvent(decoding: bytes) { #expect(other.encoded == bytes && other != event) }
            }
        }
        for first in UInt8.min...UInt8.max where !(1...6).contains(first) {
            #expect(JournalEvent(decoding: [first]) == nil)
        }
    }

    @Test(
        "Any changed byte of any column, and any missing, added or exchanged row, is found", arguments: [false, true])
    func tampering(isTrimmed: Bool) throws {
        let folder = try TemporaryFolder()
        let journal = try journal(folder), store = journal.store
        var seconds = noon
        if isTrimmed {
            try append(journal, .consentGiven, at: noon - 200 * daySeconds)
            try append(journal, .consentGiven, at: noon - 199 * daySeconds)
        }
        for event in try Self.events() {
            seconds += 17
            try append(journal, event, at: seconds)
        }
        let rows = try store.journalRows()
        #expect(try journal.damage() == nil)
        #expect(rows.first?.content.isEmpty == isTrimmed)

        var missed: [String] = []
        func finds(_ what: String, _ change: () throws -> Void) throws {
            try store.database.execute("BEGIN")
            try change()
            if try journal.damage() == nil { missed.append(what) }
            try store.database.execute("ROLLBACK")
        }
        for row in rows {
            for (column, content) in [("content", row.content), ("hash", row.hash)] {
                for position in content.indices {
                    var changed = content
                    changed[position] ^= 1 << UInt8(position % 8)
                    try finds("\(column) \(row.sequence) byte \(position)") {
                        try store.database.run(
                            "UPDATE journal SET \(column) = ? WHERE sequence = ?",
                            [.bytes(changed), .integer(row.sequence)])
                    }
                }
            }
            for bit in 0..<63 {
                try finds("seconds \(row.sequence) bit \(bit)") {
                    try store.database.run(
                        "UPDATE journal SET seconds = ? WHERE sequence = ?",
                        [.integer(row.seconds ^ (1 << bit)), .integer(row.sequence)])
                }
            }
            try finds("renumbered \(row.sequence)") {
                try store.database.run("DELETE FROM journal WHERE sequence > ?", [.integer(row.sequence)])
                try store.database.run(
                    "UPDATE journal SET sequence = sequence + 100 WHERE sequence = ?", [.integer(row.sequence)])
                try store.database.run("UPDATE field SET value = value WHERE name = 'journal_head'")
            }
            try finds("without \(row.sequence)") {
                try store.database.run("DELETE FROM journal WHERE sequence = ?", [.integer(row.sequence)])
            }
            try finds("cut off after \(row.sequence)") {
                try store.database.run("DELETE FROM journal WHERE sequence >= ?", [.integer(row.sequence)])
            }
        }
        try finds("exchanged") {
            for (one, other) in [(4, 1_000), (5, 4), (1_000, 5)] {
                try store.database.execute("UPDATE journal SET sequence = \(other) WHERE sequence = \(one)")
            }
        }
        try finds("added") {
            try store.database.execute(
                "INSERT INTO journal (seconds, content, hash) SELECT seconds, content, hash FROM journal")
        }
        try finds("emptied") { try store.database.execute("DELETE FROM journal") }
        #expect(missed.isEmpty)
        #expect(try journal.damage() == nil)
    }

    @Test("It keeps at most a mebibyte and 90 days, drops the oldest, and still rests on what it dropped")
    func bounds() throws {
        let folder = try TemporaryFolder()
        let journal = try journal(folder)
        let batch = try #require(Self.batch)
        var body = [UInt8](repeating: 0, count: 100_000)
        for count in 1...30 {
            body[0] = UInt8(count)
            try append(journal, .sent(batch, body: body), at: noon + Int64(count))
            let sizes = try journal.store.journalSizes()
            #expect(sizes.reduce(0) { $0 + $1.byteCount } <= Journal.byteLimit)
            #expect(sizes.count == min(count, 10))
            #expect(try journal.damage() == nil)
        }
        // A body as large as can be stands alone if it has to.
        try append(journal, .sent(batch, body: [UInt8](repeating: 1, count: 2 << 20)), at: noon + 40)
        #expect(try journal.store.journalSizes().count == 1 && journal.damage() == nil)
        try append(journal, .consentGiven, at: noon + 89 * daySeconds)
        try append(journal, .consentGiven, at: noon + 91 * daySeconds)
        #expect(try journal.store.journalSizes().map(\.seconds) == [noon + 91 * daySeconds, noon + 89 * daySeconds])
        #expect(try journal.damage() == nil)
        #expect(try journal.entries().first?.event == .trimmed)
    }

    @Test("It tells of consent, of each batch byte for byte once, and of every attempt with what came of it")
    func contents() throws {
        let server = try RecordingServer { _, earlier in
            [
                .close, .problem(503, "overloaded", headers: "Retry-After: 5\r\n"),
                .answer(200, "application/json", #"{"rejected":[{"index":1,"code":"too_late"}]}"#),
            ][min(earlier, 2)]
        }
        defer { server.stop() }
        let test = try TestAgent(endpoint: server.url)
        let agent = test.open()
        try agent.setConsent(true)
        try agent.record(.category("JFK"), for: "home_airport")
        test.clock.advance(days: 1)
        _ = try agent.flush()
        _ = try agent.flush(now: true)
        test.clock.set(test.clock.secondsSinceEpoch() + 5)
        _ = try agent.flush(now: true)
        let events = try agent.journal().map(\.event)
        let body = try #require(server.requests.first?.body)
        let batch = try Batch(decoding: body).identifier
        #expect(
            events == [
                .consentGiven, .sent(batch, body: body),
                // CURLE_GOT_NOTHING: the connection ended without an answer.
                .answered(batch, .failed(.transport(code: 52))),
                .answered(batch, .failed(.unavailable(status: 503, retryAfterSeconds: 5))),
                .answered(batch, .delivered(status: 200, refused: [RefusedReport(index: 1, code: "too_late")])),
            ])
        #expect(Set(server.requests.map(\.body)) == [body])
        #expect(try agent.journalDamage() == nil)
        try agent.setConsent(true)
        #expect(try agent.journal().count == 5)
        // Withdrawing erases it.
        try agent.setConsent(false)
        #expect(try agent.journal().isEmpty && agent.journalDamage() == nil)
        try agent.setConsent(true)
        #expect(try agent.journal().map(\.event) == [.consentGiven])
        #expect(try agent.journalDamage() == nil)
    }

    @Test("What is split or freed of a retired metric is told as new batches")
    func replaced() throws {
        let server = try RecordingServer { request, _ in
            let metrics = (try? Batch(decoding: request.body).reports.map(\.metric)) ?? []
            return metrics.contains(3)
                ? .problem(410, "metric_retired", members: #","metric":3"#)
                : metrics.count > 1 ? .problem(413, "batch_too_large") : .answer(200)
        }
        defer { server.stop() }
        let test = try TestAgent(endpoint: server.url)
        let agent = test.open()
        try agent.setConsent(true)
        test.clock.advance(days: 1)
        _ = try agent.flush()
        let events = try agent.journal().map(\.event)
        let bodies = events.compactMap { if case .sent(_, let body) = $0 { body } else { nil } }
        #expect(bodies == server.requests.map(\.body) && bodies.count == 4)
        #expect(events.contains(.metricRetired(3)))
    }
}
