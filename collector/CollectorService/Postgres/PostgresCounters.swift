internal import PostgresClient
internal import ReportFormat

/// The numbers of a UTC day in a database: what was stored under tokens with a quota, by all its collectors.
///
/// The day's other numbers, which a file keeps, are left out: every commit of every collector would wait for their rows.
enum PostgresCounters {
    /// Adds what was stored of new batches, as part of their transaction.
    static func add(_ batches: [AdmittedBatch], to connection: PostgresConnection) throws {
        var counts: [UTCDay: [String: Int]] = [:]
        for batch in batches {
            guard let token = batch.quotaToken else { continue }
            counts[batch.arrivalDay, default: [:]][token, default: 0] += batch.reports.count
        }
        // Days and names in one order everywhere, so that no two collectors wait for each other.
        for (day, tokens) in counts.sorted(by: { $0.key < $1.key }) {
            let tokens = tokens.sorted { $0.key < $1.key }
            try connection.execute(
                """
                INSERT INTO counter (day, name, value)
                SELECT $1, convert_from(name, 'UTF8'), value FROM unnest($2::bytea[], $3::bigint[]) AS added (name, value)
                ON CONFLICT (day, name) DO UPDATE SET value = counter.value + excluded.value
                """,
                [
                    .integer(Int64(day.index)),
                    .byteStrings(tokens.map { Array(DailyCounter.granted(token: $0.key).name.utf8) }),
                    .integers(tokens.map { Int64($0.value) }),
                ])
        }
    }

    /// What was stored on a day under each token with a quota.
    static func granted(on day: UTCDay, in connection: PostgresConnection) throws -> [String: Int] {
        let rows = try connection.execute(
            "SELECT name, value FROM counter WHERE day = $1", [.integer(Int64(day.index))])
        var granted: [String: Int] = [:]
        for row in 0..<rows.rowCount {
            let count = try rows.integer(row, 1, of: "the table counter")
            guard (0...DailyCounter.countLimit).contains(count) else {
                throw PostgresError.unexpectedAnswer(about: "the table counter")
            }
            guard let token = DailyCounter.token(inName: try rows.text(row, 0, of: "the table counter")) else {
                continue
            }
            granted[token] = Int(count)
        }
        return granted
    }
}
