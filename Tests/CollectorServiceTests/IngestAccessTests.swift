import CollectorService
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import MetricDefinitions
import NIOCore
import ReportFormat
import TestSupport
import Testing

@Suite("Batches under tokens and quotas") struct IngestAccessTests {
    private let collector: CollectorUnderTest
    private let quotas = IngestQuotas()
    private let secret: TokenSecret
    private let token: AccessToken

    init() throws {
        collector = try CollectorUnderTest()
        secret = try TokenSecret()
        token = try #require(
            AccessToken(role: .ingest, name: "fleet", dailyQuota: 5, digest: try secret.digest))
    }

    private func application(retired: Set<UInt32> = []) -> some ApplicationProtocol {
        let intake = BatchIntake(
            metrics: ServedMetrics(MetricOffer(collector.metricSet)), store: collector.store,
            clock: collector.clock.clock, quotas: quotas, retiredMetrics: retired)
        return CollectorUnderTest.application(
            UploadRoute(intake: intake, drain: collector.drain, gatekeeper: Gatekeeper(AccessControl([token]))))
    }

    private func batch(_ number: Int, days: ClosedRange<Int>, metric: UInt32 = 1) throws -> [UInt8] {
        let reports = try days.map { try report(collector.metricSet, day: testDay.advanced(by: -$0)) }
        return try Batch(identifier: try batchIdentifier(number), reports: reports).encoded
    }

    private func post(_ bytes: [UInt8], _ client: any TestClientProtocol, _ token: String?) async throws -> TestResponse
    {
        var headers: HTTPFields = [.contentType: WireLimits.mediaType]
        if let token { headers[.authorization] = "Bearer \(token)" }
        return try await client.execute(
            uri: "/v1/reports", method: .post, headers: headers, body: ByteBuffer(bytes: bytes))
    }

    /// The body of the answer to a batch under the token.
    private func answer(_ number: Int, _ days: ClosedRange<Int>, _ client: any TestClientProtocol) async throws
        -> String
    {
        try await post(try batch(number, days: days), client, secret.text).text
    }

    private static let complete = "{\"rejected\":[]}"

    @Test("Without the token, or with another, nothing is stored and 401 names the scheme")
    func unauthorized() async throws {
        try await application().test(.router) { client in
            for shown in [nil, "dither_00", secret.text + "0"] {
                let response = try await post(try batch(1, days: 0...0), client, shown)
                #expect(response.isProblem(.unauthorized) && response.headers[.wwwAuthenticate] == "Bearer")
                #expect(!response.text.contains("dither_"))
            }
            #expect(try await answer(1, 0...0, client) == Self.complete)
        }
    }

    @Test("Reports above the quota are rejected one by one, and the next day has a quota of its own")
    func quota() async throws {
        let over = "{\"rejected\":[{\"index\":2,\"code\":\"over_quota\"},{\"index\":3,\"code\":\"over_quota\"}]}"
        try await application().test(.router) { client in
            var answers = [try await answer(1, 0...2, client), try await answer(2, 3...6, client)]
            answers.append(try await answer(3, 0...0, client))
            #expect(answers == [Self.complete, over, "{\"rejected\":[{\"index\":0,\"code\":\"over_quota\"}]}"])
            collector.clock.set(testDay.advanced(by: 1))
            // What was over the quota stays so when it is sent again.
            answers = [try await answer(4, 0...4, client), try await answer(2, 3...6, client)]
            #expect(answers == [Self.complete, over])
        }
        #expect(try StoreProbe(path: collector.storePath).count(of: "staged") == 10)
    }

    @Test("A repeated batch takes nothing from the quota, and neither does a report that is not stored")
    func repetition() async throws {
        try await application().test(.router) { client in
            let late = "{\"rejected\":[{\"index\":2,\"code\":\"too_late\"},{\"index\":3,\"code\":\"too_late\"}]}"
            for _ in 0..<4 {
                let text = try await answer(1, 30...33, client)
                #expect(text == late)
            }
        }
        #expect(quotas.used(on: testDay) == ["fleet": 2])
    }

    @Test("What cannot be stored is given back to the quota")
    func unavailable() async throws {
        try await collector.store.close()
        try await application().test(.router) { client in
            let response = try await post(try batch(1, days: 0...2), client, secret.text)
            #expect(response.isProblem(.storageUnavailable))
        }
        #expect(quotas.used(on: testDay).values.allSatisfy { $0 == 0 })
    }

    @Test("A clock that is set back gives no quota a second time, and a restart resumes what was used")
    func days() throws {
        #expect(quotas.take(4, of: token, on: testDay) == 4)
        #expect(quotas.take(4, of: token, on: testDay.advanced(by: -1)) == 1)
        let successor = IngestQuotas()
        successor.resume(quotas.used(on: testDay), on: testDay)
        #expect(successor.take(4, of: token, on: testDay) == 0)
        #expect(successor.take(4, of: nil, on: testDay) == 4)
    }

    @Test("A batch with a report of a retired metric is answered 410 with the metric, and nothing of it is stored")
    func retired() async throws {
        try await application(retired: [2_000]).test(.router) { client in
            let definition = try #require(collector.metricSet.metric(1))
            let gone = ReportRecord(
                metric: 2_000, period: testDay, fingerprint: definition.fingerprint, payload: [1])
            let mixed = try Batch(
                identifier: try batchIdentifier(1), reports: [try report(collector.metricSet), gone])
            let response = try await post(mixed.encoded, client, secret.text)
            #expect(response.status.code == 410 && response.headers[.contentType] == "application/problem+json")
            #expect(response.text.hasPrefix("{\"type\":\"urn:dither:error:gone\""))
            #expect(response.text.hasSuffix(",\"metric\":2000}"))
        }
        #expect(try StoreProbe(path: collector.storePath).count(of: "batch") == 0)
        #expect(quotas.used(on: testDay).isEmpty)
    }

    @Test(
        "A batch that was stored before its metric was retired gets its first answer: its sender makes no other of it")
    func retiredLater() async throws {
        let bytes = try batch(1, days: 0...0)
        try await application().test(.router) { client in
            let response = try await post(bytes, client, secret.text)
            #expect(response.status.code == 200)
        }
        try await application(retired: [1]).test(.router) { client in
            #expect(try await post(bytes, client, secret.text).text == Self.complete)
            let response = try await post(try batch(2, days: 0...0), client, secret.text)
            #expect(response.status.code == 410)
        }
    }
}
