import CollectorService
import Foundation
import ReportFormat
import TestSupport
import Testing

@Suite("The limits of a listener") struct ListenerLimitTests {
    private static func port(of url: String) throws -> UInt16 {
        try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
    }

    private static func head(_ fields: String = "", method: String = "POST", path: String = "/v1/reports") -> [UInt8] {
        Array("\(method) \(path) HTTP/1.1\r\nHost: collector\r\n\(fields)\r\n".utf8)
    }

    @Test(
        "A head that does not come, and a body that does not, end the connection without an answer",
        arguments: [
            "", "POST /v1/re", "GET /v1/registry HTTP/1.1\r\nHost: collector\r\n",
            "POST /v1/reports HTTP/1.1\r\nHost: c\r\nContent-Type: \(WireLimits.mediaType)\r\nContent-Length: 256\r\n\r\nDTHR",
        ])
    func overdue(_ beginning: String) async throws {
        var collector = try RunningCollector()
        collector.configuration.limits.requestSeconds = 1
        let answer = try await collector.run { url in
            let port = try Self.port(of: url)
            return await onBlockingThread {
                let connection = RawConnection(port: port)
                _ = connection?.send(Array(beginning.utf8))
                return connection?.readToEnd() ?? "no connection"
            }
        }
        #expect(answer.isEmpty)
    }

    @Test("An answered connection that sends nothing more is ended after its idle time")
    func idle() async throws {
        var collector = try RunningCollector()
        collector.configuration.limits.idleSeconds = 1
        let answer = try await collector.run { url in
            let port = try Self.port(of: url)
            return await onBlockingThread {
                let connection = RawConnection(port: port)
                _ = connection?.send(Self.head(method: "GET", path: "/v1/registry"))
                return connection?.readToEnd() ?? ""
            }
        }
        #expect(answer.hasPrefix("HTTP/1.1 404 ") && answer.contains("no_registry"))
    }

    @Test("With every connection taken by senders of nothing, a good client is served, and they make room")
    func exhaustion() async throws {
        var collector = try RunningCollector()
        collector.configuration.limits.connectionCount = 8
        let bytes = try simpleBatch(collector.metricSet, number: 1).encoded
        let answer = try await collector.run { url in
            let port = try Self.port(of: url)
            return await onBlockingThread {
                let idlers = (0..<40).compactMap { _ in
                    let idler = RawConnection(port: port)
                    return idler?.send(Array("POST /v1/re".utf8)) == true ? idler : nil
                }
                let connection = RawConnection(port: port)
                _ = connection?.send(
                    Self.head(
                        "Connection: close\r\nContent-Type: \(WireLimits.mediaType)\r\nContent-Length: \(bytes.count)\r\n"
                    )
                        + bytes)
                let answer = connection?.readToEnd() ?? ""
                return "\(idlers.count) \(answer)"
            }
        }
        #expect(answer.hasPrefix("40 HTTP/1.1 200 "))
    }

    @Test("One address gets no more connections than its share", .timeLimit(.minutes(10)))
    func share() async throws {
        var collector = try RunningCollector()
        collector.configuration.limits.connectionCountPerAddress = 2
        // A busy machine may take its time until one is refused, for which the other two wait.
        collector.configuration.limits.requestSeconds = 300
        let answers = try await collector.run { url in
            let port = try Self.port(of: url)
            return await onBlockingThread {
                // Which of the three comes last to the count is the server's affair.
                let connections = (0..<3).compactMap { _ in RawConnection(port: port) }
                while !connections.contains(where: \.hasAnswer) { usleep(1_000) }
                for connection in connections {
                    _ = connection.send(Self.head("Connection: close\r\n", method: "GET", path: "/v1/registry"))
                }
                return connections.map { $0.readToEnd() }
            }
        }
        #expect(answers.count { $0.hasPrefix("HTTP/1.1 404 ") } == 2 && answers.count(where: \.isEmpty) == 1)
    }

    @Test(
        "A head of more than 8 KiB is answered 431, one that is no HTTP 400, and none of them by a word on a batch",
        arguments: [
            ("GET /v1/registry HTTP/1.1\r\nX: \(String(repeating: "a", count: 8_300))\r\n\r\n", "431"),
            ("GET /\(String(repeating: "a", count: 8_300)) HTTP/1.1\r\n\r\n", "431"),
            (
                "GET / HTTP/1.1\r\n" + (0..<40).map { "X\($0): \(String(repeating: "a", count: 250))\r\n" }.joined()
                    + "\r\n", "431"
            ),
            ("GET / HTTP/1.1\r\n" + (0..<200).map { "X\($0): 1\r\n" }.joined() + "\r\n", "431"),
            ("\u{16}\u{03}\u{01} nonsense\r\n\r\n", "400"),
            ("GET / HTTP/9.9\r\n\r\n", "400"),
            ("POST /v1/reports HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "400"),
        ])
    func heads(_ text: String, _ status: String) async throws {
        let collector = try RunningCollector()
        let answer = try await collector.run { url in
            let port = try Self.port(of: url)
            return await onBlockingThread {
                let connection = RawConnection(port: port)
                _ = connection?.send(Array(text.utf8))
                return connection?.readToEnd() ?? ""
            }
        }
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(40))")
        #expect(!answer.contains("urn:dither") && answer.lowercased().contains("connection: close"))
    }

    @Test("Requests above the rate are answered 429 with the time to wait, batches and registry alike")
    func rate() async throws {
        var collector = try RunningCollector()
        collector.configuration.limits.requestCountPerMinute = 2
        let answers = try await collector.run { url in
            let port = try Self.port(of: url)
            return await onBlockingThread {
                (0..<4).map { number in
                    let connection = RawConnection(port: port)
                    let path = number == 2 ? "/v1/reports" : "/v1/registry"
                    _ = connection?.send(Self.head("Connection: close\r\n", method: "GET", path: path))
                    return connection?.readToEnd() ?? ""
                }
            }
        }
        #expect(answers.map { $0.prefix(12) } == ["HTTP/1.1 404", "HTTP/1.1 404", "HTTP/1.1 429", "HTTP/1.1 429"])
        for answer in answers[2...] {
            #expect(answer.contains("urn:dither:error:rate_limited"))
            #expect(answer.lowercased().contains("retry-after: 60\r\n"))
        }
    }
}
