import Foundation
import GRDB
import Mechanisms
import MetricDefinitions
import ReportFormat
import StoreFormat
import TestSupport

/// A folder with the files that the examples of the help texts name: registries, stores with two weeks of reports, keys,
/// lists of candidates, google/rappor's files.
final class Playground: Sendable {
    /// Made once; every test works on a copy.
    private static let original = Result { try Playground() }

    let workspace: Workspace
    var path: String { workspace.path }

    static func copy() throws -> Workspace {
        let source = try original.get().path, workspace = try Workspace()
        for name in try FileManager.default.contentsOfDirectory(atPath: source) {
            try FileManager.default.copyItem(atPath: source + "/" + name, toPath: workspace.file(name))
        }
        return workspace
    }

    private init() throws {
        workspace = try Workspace()
        _ = try workspace.write("metrics.yaml", Self.registry)
        _ = try workspace.write("airports.csv", "name,code\nAtlanta,ATL\nBoston,BOS\nNew York,JFK\n")
        _ = try workspace.write("destinations.csv", "value,count\nATL,700\nBOS,300\n")
        _ = try workspace.write("values.csv", "value,count\ntrue,400\nfalse,800\n")
        _ = try workspace.write("words.txt", "google.com\nabsent\n")
        let compiled = try run("dither", ["registry", "compile", file("metrics.yaml"), "-o", file("metrics.set")])
        guard compiled.status == 0 else { throw CollectorFailure(description: compiled.complaint) }
        try writeStore("reports.db")
        for copy in ["reports.sqlite", "east.sqlite", "west.sqlite"] {
            try FileManager.default.copyItem(atPath: file("reports.db"), toPath: file(copy))
        }
        try writeRapporFiles()
        try writeAssociationFiles()
    }

    private func file(_ name: String) -> String { workspace.file(name) }

    private static let registry = """
        registry: 1
        project: flights
        ceiling: { epsilon_per_day: 16, epsilon_lifetime: 1000 }
        agent: { enrolment_delay_hours: 0 }
        metrics:
          departed_late:
            id: 1
            version: 1
            description: Did the flight leave more than 15 minutes late?
            type: boolean
            mechanism: randomized_response
            epsilon: 1.0
            epsilon_lifetime: 120
            period: day
            when_absent: { value: false }
            release: { minimum_reports: 100 }
            owner: ops@airline.example
            expires: { never: A metric of the tests }
          destination:
            id: 2
            version: 1
            description: To which airport did the flight go?
            type: string
            mechanism: rappor
            bits: 16
            hashes: 2
            cohorts: 4
            f: 0.5
            p: 0.25
            q: 0.75
            max_reports: 365
            max_distinct_values: 3
            period: day
            when_absent: last
            candidates: { file: airports.csv, column: code }
            release: { minimum_reports: 100 }
            owner: ops@airline.example
            expires: { never: A metric of the tests }
          carrier:
            id: 3
            version: 1
            description: Which carrier flew?
            type: category
            values: [AA, B6, DL, UA, WN]
            mechanism: optimized_unary_encoding
            epsilon: 2.0
            epsilon_lifetime: 240
            period: day
            when_absent: none
            release: { minimum_reports: 100 }
            owner: ops@airline.example
            expires: { never: A metric of the tests }
          route:
            id: 4
            version: 1
            description: Which carrier flew the route, and was it late?
            type: pair
            first: { name: carrier, type: category, values: [AA, UA, DL], mechanism: randomized_response, epsilon: 2.0 }
            second: { name: late, type: boolean, mechanism: randomized_response, epsilon: 2.0 }
            epsilon_lifetime: 180
            period: day
            when_absent: none
            release: { minimum_reports: 100 }
            owner: ops@airline.example
            expires: { never: A metric of the tests }
          home:
            id: 5
            version: 1
            description: Where is the aircraft at home, and is it large?
            type: pair
            first: { name: airport, type: string, mechanism: rappor, bits: 16, hashes: 2, cohorts: 8, f: 0.5, p: 0.5, q: 0.75 }
            second: { name: large, type: category, values: [small, large], mechanism: randomized_response, memoize: true, epsilon: 1.0, epsilon_permanent: 2.0 }
            max_reports: 365
            max_distinct_values: 3
            period: day
            when_absent: last
            release: { minimum_reports: 100 }
            owner: ops@airline.example
            expires: { never: A metric of the tests }
          air_time:
            id: 7
            version: 1
            description: How many minutes was the flight in the air?
            type: number
            range: { low: 0, high: 720 }
            mechanism: square_wave
            buckets: 8
            epsilon: 1.0
            epsilon_lifetime: 120
            period: day
            when_absent: { value: 0 }
            release: { minimum_reports: 100 }
            owner: ops@airline.example
            expires: { never: A metric of the tests }

        """

    /// What the devices hold: so many of each of these.
    private func inputs(of metric: MetricDefinition) -> [MechanismInput] {
        func texts(_ names: [String]) -> [MechanismInput] { names.map { .text(Array($0.utf8)) } }
        let some: [MechanismInput] =
            switch metric.name {
            case "departed_late": [.item(0), .item(0), .item(1)]
            case "destination": texts(["ATL", "ATL", "BOS"])
            case "carrier": [.item(0), .item(1), .item(1), .item(4)]
            case "route": [.pair(.item(0), .item(0)), .pair(.item(1), .item(1))]
            case "home": texts(["ATL", "BOS"]).map { .pair($0, .item(1)) }
            default: [.place(1 << 30), .place(1 << 31)]
            }
        return (0..<240).map { some[$0 % some.count] }
    }

    /// Two weeks of reports from 2026-06-01 on, half of them sealed, by the schema alone.
    private func writeStore(_ name: String) throws {
        let set = try MetricSet(decoding: Array(try Data(contentsOf: URL(filePath: file("metrics.set")))))
        let queue = try DatabaseQueue(path: file(name))
        let first = UTCDay(containing: 1_780_272_000)
        try queue.write { database in
            for statement in StoreSchema.statements(of: StoreSchema.version) { try database.execute(sql: statement) }
            try database.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationIdentifier)")
            try database.execute(sql: "PRAGMA user_version = \(StoreSchema.version)")
            for (name, count) in [("batches", 70), ("reports", 20_160)] {
                try database.execute(
                    sql: "INSERT INTO counter VALUES (?, ?, ?)", arguments: [first.index, name, count])
            }
            for metric in set.metrics {
                try database.execute(
                    sql: "INSERT INTO definition (metric, version, hash) VALUES (?, ?, ?)",
                    arguments: [metric.identifier.value, metric.version, Data(metric.definitionHash)])
                for day in 0..<14 {
                    let payloads = try seededPayloads(
                        of: metric, about: inputs(of: metric), seed: UInt64(metric.identifier.value) << 8 | UInt64(day))
                    try insert(payloads, of: metric, day: first.advanced(by: day), isSealed: day < 7, database)
                }
            }
        }
        try queue.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file(name))
    }

    private func insert(
        _ payloads: [[UInt8]], of metric: MetricDefinition, day: UTCDay, isSealed: Bool, _ database: Database
    ) throws {
        let stored = payloads.map { metric.mechanism.stored(payload: $0) }
        for (partition, group) in Dictionary(grouping: stored, by: \.partition) {
            let head: [any DatabaseValueConvertible] = [metric.identifier.value, metric.version, day.index, partition]
            guard isSealed else {
                for (_, payload) in group {
                    let key = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM staged") ?? 0
                    try database.execute(
                        sql:
                            "INSERT INTO staged (metric, version, day, shape_key, key, payload) VALUES (?, ?, ?, ?, ?, ?)",
                        arguments: StatementArguments(head + [key, Data(payload)]))
                }
                continue
            }
            let chunk = try Chunk(sealing: group.map(\.rest))
            try database.execute(
                sql: """
                    INSERT INTO chunk (metric, version, day, shape_key, stride, count, checksum, payloads)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: StatementArguments(
                    head + [chunk.stride, chunk.count, Data(chunk.checksum), Data(chunk.payloads)]))
        }
    }

    /// google/rappor's files, of the fixtures of its decoder.
    private func writeRapporFiles() throws {
        for (name, fixture) in [
            ("params.csv", "params.csv"), ("map.csv", "map.csv"), ("counts.csv", "python-counts.csv"),
            ("cohorts.csv", "python-reports.csv"),
        ] {
            try FileManager.default.copyItem(
                atPath: Fixtures.url("rappor/\(fixture)").path(percentEncoded: false), toPath: file(name))
        }
    }

    /// Reports about two variables, a Bloom filter of each device's word and a truth value, as their clients send them.
    private func writeAssociationFiles() throws {
        let cohorts = try String(contentsOfFile: file("cohorts.csv"), encoding: .utf8).split(
            whereSeparator: \.isNewline
        )
        .dropFirst()
        let rows = cohorts.enumerated().map { row, line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            return "\(cells[0]),\(cells[1]),\(cells[4]),\(row % 3 == 0 ? 1 : 0)\n"
        }
        _ = try workspace.write("two_variables.csv", "client,cohort,domain,flag..HTTPS\n" + rows.joined())
        try FileManager.default.copyItem(atPath: file("map.csv"), toPath: file("domain_map.csv"))
    }
}
