import Foundation
import GRDB
import Testing

/// A registry and a store whose reports are known, so that what is drawn of them is always the same.
struct DrawingStore {
    static let names = [
        "AA", "B6", "漢字 wide", "e\u{301}tude", "👩‍👧 family", "<script>alert(1)</script>", "=HYPERLINK(1)", "مرحبا",
        "]]>&\"",
    ]

    /// How many reports name each value, and none, on the days from 2026-06-01 on; on the third too few, on the fifth none.
    static let counts = [
        [700, 500, 300, 200, 150, 250, 120, 160, 140, 200], [760, 480, 310, 190, 140, 260, 110, 170, 130, 190],
        [70, 50, 30, 20, 15, 25, 12, 16, 14, 20], [820, 460, 290, 210, 160, 240, 130, 150, 120, 210], [],
        [900, 440, 300, 200, 150, 250, 125, 155, 140, 205],
    ]

    let workspace: Workspace
    var registry: String { workspace.file("metrics.yaml") }
    var store: String { workspace.file("reports.db") }

    init() throws {
        workspace = try Workspace()
        let values = Self.names.map { "\"\($0.replacing("\"", with: "\\\""))\"" }
        _ = try workspace.write(
            "metrics.yaml",
            """
            registry: 1
            project: drawn
            ceiling: { epsilon_per_day: 16, epsilon_lifetime: 1000 }
            metrics:
              carrier:
                id: 1
                version: 1
                description: Which carrier flew?
                type: category
                values: [\(values.joined(separator: ", "))]
                mechanism: randomized_response
                epsilon: 2.0
                epsilon_lifetime: 400
                period: day
                when_absent: none
                release: { minimum_reports: 1000 }
                owner: ops@airline.example
                expires: { never: "A metric of the tests." }
              air_time:
                id: 2
                version: 1
                description: How many minutes was it in the air?
                type: number
                range: { low: -10, high: 30 }
                mechanism: one_bit_mean
                epsilon: 1.0
                epsilon_lifetime: 200
                period: day
                when_absent: { value: 0 }
                release: { minimum_reports: 1000 }
                owner: ops@airline.example
                expires: { never: "A metric of the tests." }

            """)
        let set = workspace.file("metrics.set")
        let compiled = try run("dither", ["registry", "compile", registry, "-o", set])
        try #require(compiled.status == 0, "\(compiled.complaint)")
        // The collector makes the store, and says in it under which definitions it counts.
        let collector = try RunningCollector(metricSet: set, store: store)
        try #require(collector.stop() == 0)
        try DatabaseQueue(path: store).write { database in
            for (day, counts) in Self.counts.enumerated() {
                try Self.add(counts, of: 1, on: 20_605 + day, to: database)
                let reports = counts.reduce(0, +)
                try Self.add([reports * 5 / 8, reports * 3 / 8], of: 2, on: 20_605 + day, to: database)
            }
        }
    }

    private static func add(_ counts: [Int], of metric: Int, on day: Int, to database: Database) throws {
        var key = 0
        for (value, count) in counts.enumerated() {
            for _ in 0..<count {
                try database.execute(
                    sql: "INSERT INTO staged (metric, version, day, shape_key, key, payload) VALUES (?, 1, ?, 0, ?, ?)",
                    arguments: [metric, day, key, Data([UInt8(value)])])
                key += 1
            }
        }
    }

    func arguments(_ command: String, _ more: String) -> [String] {
        [command, "--registry", registry, "--store", store]
            + more.split(separator: " ").map { String($0).replacing("DIR", with: workspace.path) }
    }
}
