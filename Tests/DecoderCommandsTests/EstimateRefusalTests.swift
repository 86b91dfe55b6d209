import DecoderCommands
import Foundation
import GRDB
import MetricDefinitions
import RegistryCompiler
import ReportFormat
import StoreFormat
import TestSupport
import Testing

@Suite("An estimate that cannot be had is refused with its status and the remedy")
struct EstimateRefusalTests {
    @Test("below the release gate nothing but the reason is told, in every format")
    func gate() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [600, 399])])
        let result = try estimated(EstimateRequest(metric: "departed_late"), from: store, metrics: [metric])
        #expect(!result.hasReleasedGroup)
        #expect(result.rendered(as: .csv).isEmpty && result.rendered(as: .table).isEmpty)
        #expect(
            result.withheldReasons == [
                "departed_late: fewer than 1000 reports, the metric's minimum_reports, so nothing is shown"
            ])
        let json = result.rendered(as: .json)
        #expect(json.contains("\"withheld\"") && !json.contains("999") && !json.contains("rows"))
        #expect(!json.contains("notes") && !json.contains("from"))
        try store.stage([[0]], of: metric, day: testDay(1))
        let enough = try estimated(EstimateRequest(metric: "departed_late"), from: store, metrics: [metric])
        #expect(enough.hasReleasedGroup && enough.withheldReasons.isEmpty)
    }

    @Test("a metric that the registry does not have is status 2 and lists those it has")
    func unknownMetric() throws {
        let metrics = [try booleanMetric(), try categoryMetric()]
        let store = try StoreFixture()
        #expect(
            throws: CommandError(
                .usage, "the registry has no metric 'carriers'. It has: departed_late, carrier")
        ) { try estimated(EstimateRequest(metric: "carriers"), from: store, metrics: metrics) }
    }

    @Test("candidates of a metric whose values are declared are status 2")
    func superfluousCandidates() throws {
        let file = try TemporaryFile("value\ntrue\n")
        let list = try CandidateList(reading: CandidateSource(path: file.path, column: nil))
        let error = try #require(throws: CommandError.self) {
            try estimated(
                EstimateRequest(metric: "departed_late"), from: try StoreFixture(), metrics: [try booleanMetric()],
                candidates: list)
        }
        #expect(
            error
                == CommandError(
                    .usage,
                    "--candidates: departed_late is a boolean, and only values of a string are looked for. Leave it out."
                ))
    }

    @Test("reports under other parameters are status 4, and no estimate is made of them")
    func otherParameters() throws {
        let (collected, read) = (try booleanMetric(), try booleanMetric(epsilonThousandths: 999))
        let store = try storeOfReports(of: collected, sealed: [(1, [600, 500])])
        let error = try #require(
            throws: CommandError.self
        ) {
            try estimated(EstimateRequest(metric: "departed_late"), from: store, metrics: [read])
        }
        #expect(error.status == .validationFailed)
        #expect(error.message.contains("differ between the registry (\(read.fingerprint))"))
        #expect(error.message.contains("(\(collected.fingerprint))"))
    }

    @Test("without reports, in the range or at all, the status is 3 and the message says what there is")
    func noReports() throws {
        let metric = try booleanMetric(), other = try booleanMetric(version: 2)
        let store = try storeOfReports(of: metric, sealed: [(2, [600, 500]), (4, [600, 500])])
        let late = EstimateRequest(metric: "departed_late", from: testDay(5))
        let cases: [(EstimateRequest, MetricDefinition, String)] = [
            (late, metric, "It has some on others; change --from or --to."),
            (EstimateRequest(metric: "departed_late"), other, "only of version 1"),
            (EstimateRequest(metric: "carrier"), try categoryMetric(), "has no reports of carrier, version 1. Devices"),
        ]
        for (request, metric, words) in cases {
            let error = try #require(throws: CommandError.self) {
                try estimated(request, from: store, metrics: [metric])
            }
            #expect(error.status == .insufficientData && error.message.contains(words), "\(error.message)")
        }
    }

    @Test("only the days of the range count, both ends included")
    func range() throws {
        let metric = try booleanMetric(minimumReports: 1)
        let store = try storeOfReports(
            of: metric, sealed: [(1, [1, 0]), (2, [2, 0]), (3, [4, 0])], staged: [(4, [8, 0])])
        for (from, to, expected) in [(2, 3, 6), (1, 1, 1), (3, 9, 12)] {
            let request = EstimateRequest(metric: "departed_late", from: testDay(from), to: testDay(to))
            let result = try estimated(request, from: store, metrics: [metric])
            #expect(result.groups.map { $0.estimates?.reportCount } == [expected])
        }
    }

    @Test("a locked store is status 6; a damaged one, one of another version and no store are status 8")
    func unusableStores() throws {
        let metric = try booleanMetric()
        let locked = try storeOfReports(of: metric, sealed: [(1, [600, 500])])
        try locked.queue.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
        try locked.queue.inDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT") }
        let damaged = try storeOfReports(of: metric, sealed: [(1, [600, 500])])
        try damaged.execute("UPDATE chunk SET payloads = zeroblob(1100)")
        let outside = try storeOfReports(of: metric, sealed: [(1, [600, 500, 1])])
        let partitioned = try storeOfReports(of: metric, sealed: [(1, [600, 500])])
        try partitioned.seal([1], of: metric, day: testDay(1), partition: 1)
        let newer = try StoreFixture(schemaVersion: StoreSchema.version + 1), other = try StoreFixture(identifier: 1)
        let cases: [(StoreFixture, DecoderCommands.ExitStatus, String)] = [
            (locked, .transientFailure, "locked by another process. Try again"),
            (damaged, .storeUnusable, "chunk 1 is not what was sealed. Restore the store from a backup."),
            (outside, .storeUnusable, "a report of 2026-06-01 holds a value that the metric does not have"),
            (partitioned, .storeUnusable, "a report of 2026-06-01 holds a value that the metric does not have"),
            (newer, .storeUnusable, "a store of version 3, and this is for version 2"),
            (other, .storeUnusable, "is no store. Name the file or the database that the collector writes."),
        ]
        for (store, status, words) in cases {
            let error = try #require(
                throws: CommandError.self
            ) {
                try estimated(EstimateRequest(metric: "departed_late"), from: store, metrics: [metric])
            }
            #expect(error.status == status && error.message.contains("\(store.path): "))
            #expect(error.message.contains(words), "\(error.message)")
        }
    }

    @Test("notes tell of pooling, staleness, an expired metric and other versions")
    func notes() throws {
        let expiring = try memoizedMetric(minimumReports: 1, expiry: .lastDay(testDay(10)))
        let store = try storeOfReports(of: expiring, sealed: [(1, [5, 5, 5, 5]), (2, [5, 5, 5, 5])])
        try store.seal(payloads([3]), of: try memoizedMetric(version: 2), day: testDay(3))
        let request = EstimateRequest(metric: "home_airport")
        let notes = try estimated(request, from: store, metrics: [expiring], today: testDay(11)).notes
        for words in [
            "more than 3 distinct values", "its reports share noise", "The metric ended on 2026-06-10.",
            "reports of version 2, which are not counted",
        ] {
            #expect(notes.contains { $0.contains(words) }, "\(words)")
        }
        let before = try estimated(request, from: store, metrics: [expiring], today: testDay(10)).notes
        #expect(!before.contains { $0.contains("ended") })
        let single = EstimateRequest(metric: "home_airport", byPeriod: true)
        #expect(try !estimated(single, from: store, metrics: [expiring]).notes.contains { $0.contains("Pooled") })
    }
}
