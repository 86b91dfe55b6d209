import CollectorService
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ReportFormat
import TestSupport
import Testing

@Suite("POST /v1/reports") struct UploadRouteTests {
    @Test("A sound batch is answered with no rejections, in exactly these bytes, and is stored")
    func accepted() async throws {
        let collector = try CollectorUnderTest()
        try await collector.uploads.test(.router) { client in
            let response = try await client.upload(try simpleBatch(collector.metricSet, number: 1).encoded)
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "application/json")
            #expect(response.text == "{\"rejected\":[]}")
        }
        #expect(try StoreProbe(path: collector.storePath).stagedPayloads() == [[1]])
    }

    @Test("The answer carries no header beyond type, length and date")
    func minimalHeaders() async throws {
        let collector = try CollectorUnderTest()
        try await collector.uploads.test(.router) { client in
            let response = try await client.upload(try simpleBatch(collector.metricSet, number: 1).encoded)
            let names = Set(response.headers.map { $0.name.canonicalName })
            #expect(names.isSubset(of: ["content-type", "content-length", "date"]))
        }
    }

    @Test("Rejected reports are listed by index and code, and only the others are stored")
    func rejections() async throws {
        let collector = try CollectorUnderTest()
        let good = try report(collector.metricSet, payload: [0])
        var unknown = good
        unknown.metric = 77
        let late = try report(collector.metricSet, metric: 2, day: testDay.advanced(by: -40), payload: [3])
        let batch = try Batch(identifier: try batchIdentifier(1), reports: [unknown, good, late])
        try await collector.uploads.test(.router) { client in
            let response = try await client.upload(batch.encoded)
            #expect(response.status == .ok)
            #expect(
                response.text
                    == "{\"rejected\":[{\"index\":0,\"code\":\"unknown_metric\"},{\"index\":2,\"code\":\"too_late\"}]}")
        }
        #expect(try StoreProbe(path: collector.storePath).stagedPayloads() == [[0]])
    }

    /// A request that is refused whole.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var method = HTTPRequest.Method.post
        var path = "/v1/reports"
        var headers: HTTPFields = [.contentType: WireLimits.mediaType]
        var byteCount: Int? = 256
        var expected: ProblemDetails.Token
    }

    static let refusals = [
        Refusal(testDescription: "another path", path: "/v1/report", expected: .notFound),
        Refusal(testDescription: "the root", method: .get, path: "/", byteCount: nil, expected: .notFound),
        Refusal(testDescription: "health on this listener", method: .get, path: "/healthz", expected: .notFound),
        Refusal(testDescription: "GET", method: .get, byteCount: nil, expected: .methodNotAllowed),
        Refusal(testDescription: "PUT", method: .put, expected: .methodNotAllowed),
        Refusal(testDescription: "no media type", headers: [:], expected: .unsupportedMediaType),
        Refusal(
            testDescription: "JSON", headers: [.contentType: "application/json"], expected: .unsupportedMediaType),
        Refusal(
            testDescription: "gzip", headers: [.contentType: WireLimits.mediaType, .contentEncoding: "gzip"],
            expected: .unsupportedEncoding),
        Refusal(testDescription: "zeros", expected: .malformedBatch),
        Refusal(testDescription: "nothing", byteCount: nil, expected: .malformedBatch),
        Refusal(testDescription: "no size class", byteCount: 300, expected: .malformedBatch),
        Refusal(
            testDescription: "one byte too many", byteCount: WireLimits.batchByteCount + 1, expected: .batchTooLarge),
    ]

    @Test(
        "What is no upload of a batch is refused with its token and status, and nothing is stored", arguments: refusals)
    func refused(_ refusal: Refusal) async throws {
        let collector = try CollectorUnderTest()
        try await collector.uploads.test(.router) { client in
            let response = try await client.execute(
                uri: refusal.path, method: refusal.method, headers: refusal.headers,
                body: refusal.byteCount.map { ByteBuffer(repeating: 0, count: $0) })
            #expect(response.isProblem(refusal.expected), "\(response.status) \(response.text)")
            if refusal.expected == .methodNotAllowed { #expect(response.headers[.allow] == "POST") }
        }
        #expect(try StoreProbe(path: collector.storePath).count(of: "batch") == 0)
    }

    @Test(
        "The identity encoding and a parameter of the media type, also after white space, change nothing",
        arguments: ["; v=1", " ; v=1", "\t ;v=1", " ", ";"])
    func harmlessHeaders(_ parameters: String) async throws {
        let collector = try CollectorUnderTest()
        let bytes = try simpleBatch(collector.metricSet, number: 1).encoded
        try await collector.uploads.test(.router) { client in
            let response = try await client.execute(
                uri: "/v1/reports", method: .post,
                headers: [.contentType: WireLimits.mediaType + parameters, .contentEncoding: "identity"],
                body: ByteBuffer(bytes: bytes))
            #expect(response.status == .ok)
        }
    }

    @Test("HEAD is answered with the status of the refusal and no body", arguments: ["/", "/healthz", "/v1/reports"])
    func head(_ path: String) async throws {
        let collector = try RunningCollector()
        let answer = try await collector.run { url in
            let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
            return await onBlockingThread {
                let connection = RawConnection(port: port)
                let head = "HEAD \(path) HTTP/1.1\r\nHost: collector\r\nConnection: close\r\n\r\n"
                _ = connection?.send(Array(head.utf8))
                return connection?.readToEnd() ?? ""
            }
        }
        #expect(answer.hasPrefix(path == "/v1/reports" ? "HTTP/1.1 405 " : "HTTP/1.1 404 "))
        #expect(answer.lowercased().contains("content-type: application/problem+json"))
        #expect(answer.hasSuffix("\r\n\r\n"), "nothing follows the headers")
    }

    @Test("The largest batch there can be is accepted")
    func largestBatch() async throws {
        let collector = try CollectorUnderTest()
        // Fifteen payloads of the longest kind take more than half of the largest size class.
        let reports = try (0..<15).map { offset in
            try report(
                collector.metricSet, day: testDay.advanced(by: -offset), payload: [UInt8](repeating: 1, count: 16_384))
        }
        let batch = try Batch(identifier: try batchIdentifier(1), reports: reports)
        #expect(batch.encoded.count == WireLimits.batchByteCount)
        try await collector.uploads.test(.router) { client in
            let response = try await client.upload(batch.encoded)
            #expect(response.status == .ok)
            #expect(response.text.contains("\"index\":14,\"code\":\"malformed\""))
        }
    }

    @Test("While the collector is being stopped, uploads are sent away with a time to come back")
    func draining() async throws {
        let collector = try CollectorUnderTest()
        collector.drain.turn()
        try await collector.uploads.test(.router) { client in
            let response = try await client.upload(try simpleBatch(collector.metricSet, number: 1).encoded)
            #expect(response.isProblem(.shuttingDown))
            #expect(response.headers[.retryAfter] == "5")
            #expect(response.headers[.connection] == "close")
        }
        #expect(try StoreProbe(path: collector.storePath).count(of: "batch") == 0)
    }

    @Test(
        "Every problem has a body of RFC 9457 that is JSON and names its own status",
        arguments: ProblemDetails.Token.allCases)
    func problemBodies(_ token: ProblemDetails.Token) throws {
        let problem = ProblemDetails(token, detail: "A sentence.")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(problem.json.utf8)) as? [String: any Sendable])
        #expect(Set(object.keys) == ["type", "title", "status", "detail"])
        #expect(object["type"] as? String == "urn:dither:error:\(token.rawValue)")
        #expect(object["status"] as? Int == problem.status)
        #expect((problem.retryAfterSeconds != nil) == [429, 503].contains(problem.status))
    }
}
