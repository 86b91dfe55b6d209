import CollectorService
import Foundation
import HTTPTypes
import HummingbirdTesting
import MetricDefinitions
import ReportFormat
import Testing

@Suite("What operators have done") struct OperatorActionsTests {
    /// The status of each route of the operations listener under a role, in the order of ``routes``.
    private static let expected: [(AccessRole?, [Int])] = [
        (nil, [200, 200, 401, 401, 401, 401]), (.ingest, [200, 200, 403, 403, 403, 403]),
        (.read, [200, 200, 200, 200, 403, 403]), (.operate, [200, 200, 200, 200, 409, 200]),
    ]

    private static let routes: [(method: HTTPRequest.Method, path: String)] = [
        (.get, "/healthz"), (.get, "/readyz"), (.get, "/metrics"), (.get, "/v1/status"), (.post, "/v1/reload"),
        (.post, "/v1/seal"),
    ]

    @Test("Each role reaches what it is for, on every route: the whole matrix")
    func matrix() async throws {
        let collector = try CollectorUnderTest()
        let keys = try AccessControlTests.Keys()
        let routes = collector.operations(Gatekeeper(AccessControl(keys.tokens)))
        try await routes.test(.router) { client in
            for (role, statuses) in Self.expected {
                for (route, status) in zip(Self.routes, statuses) {
                    let response = try await client.execute(
                        uri: route.path, method: route.method, headers: keys.headers(role))
                    #expect(response.status.code == status, "\(String(describing: role)) \(route.path)")
                }
            }
        }
    }

    @Test("Without tokens nobody makes the collector do anything, and only this machine reads")
    func withoutTokens() async throws {
        let collector = try CollectorUnderTest()
        for isLocal in [true, false] {
            try await collector.operations(isLocal: isLocal).test(.router) { client in
                for path in ["/metrics", "/v1/status"] {
                    #expect(try await client.execute(uri: path, method: .get).status == (isLocal ? .ok : .forbidden))
                }
                for path in ["/v1/reload", "/v1/seal"] {
                    #expect(try await client.execute(uri: path, method: .post).isProblem(.forbidden))
                    let read = try await client.execute(uri: path, method: .get)
                    #expect(read.isProblem(.methodNotAllowed) && read.headers[.allow] == "POST")
                }
            }
        }
    }

    @Test("A reload takes a sound set, keeps the old one otherwise, and says which")
    func reload() async throws {
        let collector = try CollectorUnderTest()
        let keys = try AccessControlTests.Keys([.operate])
        let path = collector.folder.file("metrics.set")
        let routes = collector.operations(Gatekeeper(AccessControl(keys.tokens)), metricSetPath: path)
        try await routes.test(.router) { client in
            try Data("no set".utf8).write(to: URL(filePath: path))
            let kept = try await client.execute(
                uri: "/v1/reload", method: .post, headers: keys.headers(.operate))
            #expect(kept.status == .conflict && kept.text.contains("\(path) is not a sound metric set"))
            try Data(try collector.metricSet.encoded()).write(to: URL(filePath: path))
            let renewed = try await client.execute(
                uri: "/v1/reload", method: .post, headers: keys.headers(.operate))
            #expect(renewed.status == .ok && renewed.text == "{\"kept\":[],\"renewed\":[\"metrics\"]}\n")
        }
    }

    @Test("Sealing folds the days that are over into chunks and leaves today's reports")
    func seal() async throws {
        let collector = try CollectorUnderTest()
        let keys = try AccessControlTests.Keys([.operate])
        let group = ReportGroup(metric: 1, version: 1, day: testDay.advanced(by: -1))
        for number in 0..<4 {
            var own = group
            if number == 3 { own.day = testDay }
            let reports = [AdmittedReport(group: own, payload: [UInt8(number)])]
            _ = try await collector.store.store(
                AdmittedBatch(try batchIdentifier(number), reports: reports, arrivingOn: testDay))
        }
        try await collector.operations(Gatekeeper(AccessControl(keys.tokens))).test(.router) { client in
            let sealed = try await client.execute(uri: "/v1/seal", method: .post, headers: keys.headers(.operate))
            #expect(sealed.status == .ok && sealed.text == "{\"chunks\":1}\n")
        }
        let probe = try StoreProbe(path: collector.storePath)
        #expect(try probe.count(of: "chunk") == 1 && probe.count(of: "staged") == 1)
    }

    @Test("A daily quota holds over a restart")
    func quotaAfterRestart() async throws {
        let collector = try CollectorUnderTest()
        let group = ReportGroup(metric: 1, version: 1, day: testDay)
        for number in 0..<3 {
            var batch = AdmittedBatch(
                try batchIdentifier(number), reports: [AdmittedReport(group: group, payload: [1])],
                arrivingOn: testDay)
            batch.quotaToken = number == 2 ? "other" : "fleet"
            _ = try await collector.store.store(batch)
        }
        #expect(try await collector.store.granted(on: testDay) == ["fleet": 2, "other": 1])
        #expect(try await collector.store.granted(on: testDay.advanced(by: 1)).isEmpty)
        let quotas = IngestQuotas()
        quotas.resume(try await collector.store.granted(on: testDay), on: testDay)
        let token = try #require(
            AccessToken(role: .ingest, name: "fleet", dailyQuota: 3, digest: [UInt8](repeating: 1, count: 32)))
        #expect(quotas.take(5, of: token, on: testDay) == 1)
    }
}
