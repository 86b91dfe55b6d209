import CollectorService
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ReportFormat
import Synchronization
import TestSupport
import Testing

@Suite("The limit of an upload") struct UploadLimitTests {
    private static let head =
        "POST /v1/reports HTTP/1.1\r\nHost: collector\r\nContent-Type: \(WireLimits.mediaType)\r\n"

    private static func port(of url: String) throws -> UInt16 {
        try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
    }

    @Test(
        "A body that announces more than the limit is refused before any of it is sent",
        arguments: [
            "262145", "67108864", "9223372036854775807",
        ])
    func announced(_ byteCount: String) async throws {
        let collector = try RunningCollector()
        let answer = try await collector.run { url in
            let port = try Self.port(of: url)
            return await onBlockingThread {
                let connection = RawConnection(port: port)
                _ = connection?.send(Array("\(Self.head)Content-Length: \(byteCount)\r\n\r\n".utf8))
                return connection?.readToEnd() ?? ""
            }
        }
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.contains("urn:dither:error:batch_too_large"))
        #expect(answer.lowercased().contains("connection: close"))
    }

    @Test("A chunked body of 64 MB is refused once it passes the limit, and the rest is not read")
    func chunked() async throws {
        let collector = try RunningCollector()
        let (sentByteCount, answer) = try await collector.run { url in
            let port = try Self.port(of: url)
            return await onBlockingThread {
                guard let connection = RawConnection(port: port) else { return (0, "") }
                var sent = 0
                let part = Array("10000\r\n".utf8) + [UInt8](repeating: 0, count: 65_536) + Array("\r\n".utf8)
                guard connection.send(Array("\(Self.head)Transfer-Encoding: chunked\r\n\r\n".utf8)) else {
                    return (0, "")
                }
                while sent < 64 << 20, !connection.hasAnswer, connection.send(part) { sent += 65_536 }
                return (sent, connection.readToEnd())
            }
        }
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.contains("urn:dither:error:batch_too_large"))
        // The limit, and what fills the socket buffers of both sides before the answer is seen.
        #expect(sentByteCount < 16 << 20)
    }

    @Test("Of an endless body, no more parts are asked for than the first that passes the limit")
    func endless() async throws {
        /// Parts of one kilobyte without end, counted.
        struct Endless: AsyncSequence, Sendable {
            struct Iterator: AsyncIteratorProtocol {
                let counter: Counter
                mutating func next() async -> ByteBuffer? {
                    counter.count.withLock { $0 += 1 }
                    return ByteBuffer(repeating: 0, count: 1_024)
                }
            }
            let counter: Counter
            func makeAsyncIterator() -> Iterator { Iterator(counter: counter) }
        }
        final class Counter: Sendable { let count = Mutex(0) }
        let counter = Counter()
        let request = Request(
            head: HTTPRequest(method: .post, scheme: "http", authority: "collector", path: "/v1/reports"),
            body: RequestBody(asyncSequence: Endless(counter: counter)))
        await #expect(throws: ProblemDetails.self) { try await UploadBody.read(request) }
        #expect(counter.count.withLock { $0 } == WireLimits.batchByteCount / 1_024 + 1)
    }

    @Test("A sender that waits to be asked for a body is asked, and told of a refusal without being asked")
    func expectation() async throws {
        var collector = try RunningCollector()
        // All tests together may keep this one from sending for longer than a sender may take.
        collector.configuration.limits.requestSeconds = 600
        let bytes = try simpleBatch(collector.metricSet, number: 1).encoded
        let answers = try await collector.run { url in
            let port = try Self.port(of: url)
            return await onBlockingThread {
                let patient = RawConnection(port: port)
                _ = patient?.send(
                    Array(
                        "\(Self.head)Connection: close\r\nExpect: 100-continue\r\nContent-Length: \(bytes.count)\r\n\r\n"
                            .utf8))
                let invitation = patient?.read(upTo: "\r\n\r\n") ?? ""
                _ = patient?.send(bytes)
                let refused = RawConnection(port: port)
                _ = refused?.send(
                    Array("\(Self.head)Expect: 100-continue\r\nContent-Length: 1000000000\r\n\r\n".utf8))
                return [invitation, patient?.readToEnd() ?? "", refused?.readToEnd() ?? ""]
            }
        }
        #expect(answers[0].hasPrefix("HTTP/1.1 100 "))
        #expect(answers[1].hasPrefix("HTTP/1.1 200 "))
        #expect(answers[2].hasPrefix("HTTP/1.1 413 "))
    }

    @Test("A sender that stops half-way is no batch, and the collector goes on")
    func aborted() async throws {
        let collector = try RunningCollector()
        let bytes = try simpleBatch(collector.metricSet, number: 1).encoded
        let answer = try await collector.run { url in
            let port = try Self.port(of: url)
            return await onBlockingThread {
                do {
                    let connection = RawConnection(port: port)
                    _ = connection?.send(Array("\(Self.head)Content-Length: 256\r\n\r\n".utf8) + bytes.prefix(100))
                }
                let connection = RawConnection(port: port)
                _ = connection?.send(
                    Array("\(Self.head)Connection: close\r\nContent-Length: 256\r\n\r\n".utf8) + bytes)
                return connection?.readToEnd() ?? ""
            }
        }
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(try StoreProbe(path: collector.configuration.storePath).count(of: "batch") == 1)
    }
}
