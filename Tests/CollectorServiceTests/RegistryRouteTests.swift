import CollectorService
import Foundation
import HTTPTypes
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

/// An answer as it came over the wire.
private struct RawAnswer {
    var status: Int
    var headers: [String: String] = [:]
    var body: String

    init?(_ text: String) {
        let parts = text.components(separatedBy: "\r\n\r\n")
        let lines = parts[0].components(separatedBy: "\r\n")
        guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        self.status = status
        body = parts.dropFirst().joined(separator: "\r\n\r\n")
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1).map(String.init)
            if pair.count == 2 { headers[pair[0].lowercased()] = pair[1].trimmingCharacters(in: .whitespaces) }
        }
    }
}

@Suite("GET /v1/registry") struct RegistryRouteTests {
    /// Sends each of the requests to a real collector, on a connection of its own, and gives the answers.
    private func answers(
        publishing signed: SignedMetricSet?, to requests: [String]
    ) async throws -> [RawAnswer] {
        var collector = try RunningCollector()
        if let signed {
            collector.configuration.signedSetPath = try collector.folder.write(signed.encoded, to: "metrics.signed")
        }
        let texts = try await collector.run { url in
            let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
            return await onBlockingThread {
                requests.map { request in
                    let connection = RawConnection(port: port)
                    _ = connection?.send(Array((request + "Host: c\r\nConnection: close\r\n\r\n").utf8))
                    return connection?.readToEnd() ?? ""
                }
            }
        }
        return try texts.map { try #require(RawAnswer($0), "\($0)") }
    }

    private static let get = "GET /v1/registry HTTP/1.1\r\n"

    @Test("Gives the file's bytes with their type, a strong tag that is their SHA-256, and how long they are good")
    func whole() async throws {
        let set = try testMetricSet(), signed = try signedSet(set, sequence: 3, keys: [1, 2])
        let folder = try ScratchFolder()
        var collector = try RunningCollector()
        collector.configuration.signedSetPath = try collector.folder.write(signed.encoded, to: "metrics.signed")
        let (body, headers) = (folder.file("body"), folder.file("headers"))
        let code = try await collector.run { url in
            await onBlockingThread {
                // The first answer goes where this function sends it, the second to the file.
                TestCertificate.curl(["-o", body, "-D", headers, "\(url)/v1/registry", "\(url)/v1/registry"])
            }
        }
        #expect(code == "200200")
        let received = Array(try Data(contentsOf: URL(filePath: body)))
        #expect(received == signed.encoded)
        let key = try signingKey(1).publicKey()
        let verified = try SignedMetricSet(decoding: received)
            .verified(trusting: [key], afterSequence: 2, afterRotation: 0)
        #expect(try verified.set.encoded() == set.encoded())
        let text = try String(contentsOfFile: headers, encoding: .utf8).lowercased()
        let digest = hexadecimal(try sha256(received))
        for line in [
            "content-type: application/vnd.dither.registry.v1\r\n", "etag: \"\(digest)\"\r\n",
            "cache-control: public, max-age=3600\r\n", "content-length: \(received.count)\r\n",
        ] { #expect(text.contains(line), "\(line)") }
        for name in ["set-cookie", "vary", "last-modified", "server"] { #expect(!text.contains(name)) }
    }

    @Test("Answers 304 to who has the bytes: by the tag, a weak one, one of a list, or any")
    func notModified() async throws {
        let signed = try signedSet(try testMetricSet())
        let tag = "\"\(hexadecimal(try sha256(signed.encoded)))\""
        let known = [
            tag, "W/\(tag)", "\"x\", \(tag)", "\"x\",\(tag) ,\"y\"", "*", " * ", "\"x\"\r\nIf-None-Match: \(tag)",
        ]
        let unknown = ["\"x\"", tag.dropLast() + "0\"", String(tag.dropFirst().dropLast()), "", "\"*\"", "**"]
        let answers = try await answers(
            publishing: signed, to: (known + unknown).map { Self.get + "If-None-Match: \($0)\r\n" })
        for (value, answer) in zip(known, answers) {
            #expect(answer.status == 304 && answer.body.isEmpty, "\(value)")
            #expect(answer.headers["etag"] == tag && answer.headers["cache-control"] == "public, max-age=3600")
            #expect(answer.headers["content-type"] == nil)
        }
        for (value, answer) in zip(unknown, answers.dropFirst(known.count)) {
            #expect(answer.status == 200 && !answer.body.isEmpty, "\(value)")
        }
    }

    @Test("Answers HEAD as GET without the body, and other methods with 405 and those that are allowed")
    func methods() async throws {
        let signed = try signedSet(try testMetricSet())
        let lines = ["HEAD", "GET", "POST", "PUT", "DELETE"].map { "\($0) /v1/registry HTTP/1.1\r\n" }
        let answers = try await answers(publishing: signed, to: lines)
        #expect(answers[0].status == 200 && answers[0].body.isEmpty && answers[1].status == 200)
        let dateless = answers.map { $0.headers.filter { $0.key != "date" } }
        #expect(dateless[0] == dateless[1])
        #expect(dateless[0]["content-length"] == String(signed.encoded.count))
        for answer in answers.dropFirst(2) {
            #expect(answer.status == 405 && answer.headers["allow"] == "GET, HEAD")
            #expect(answer.body.hasPrefix("{\"type\":\"urn:dither:error:method_not_allowed\""))
        }
    }

    @Test("Gives everyone the same, whatever else a request says")
    func sameForAll() async throws {
        let requests = [
            Self.get, "GET /v1/registry?device=1 HTTP/1.1\r\n", Self.get + "User-Agent: x\r\nCookie: a=b\r\n",
            Self.get + "Accept: text/html\r\nAccept-Encoding: gzip\r\nAccept-Language: de\r\n",
        ]
        let answers = try await answers(publishing: try signedSet(try testMetricSet()), to: requests)
        for answer in answers {
            #expect(answer.status == 200 && answer.body == answers[0].body)
            #expect(answer.headers.filter { $0.key != "date" } == answers[0].headers.filter { $0.key != "date" })
        }
    }

    @Test("Says with 404 no_registry that nothing is published")
    func none() async throws {
        let answers = try await answers(
            publishing: nil, to: [Self.get, Self.get + "If-None-Match: *\r\n", "HEAD /v1/registry HTTP/1.1\r\n"])
        for answer in answers {
            #expect(answer.status == 404 && answer.headers["content-type"] == "application/problem+json")
        }
        #expect(answers[0].body.hasPrefix("{\"type\":\"urn:dither:error:no_registry\",\"title\":\""))
        #expect(answers[2].body.isEmpty)
    }

    @Test("A body that is announced too long ends the connection, and batches go on being accepted")
    func bodies() async throws {
        let answers = try await answers(
            publishing: nil,
            to: [
                Self.get + "Content-Length: 99999999\r\n",
                "POST /v1/reports HTTP/1.1\r\nContent-Type: \(WireLimits.mediaType)\r\nContent-Length: 0\r\n",
            ])
        #expect(answers[0].status == 404 && answers[0].headers["connection"] == "close")
        #expect(answers[1].status == 400)
    }
}

@Suite("The signed set that a collector is to publish") struct PublishedRegistryTests {
    private func refusal(of bytes: [UInt8]?) throws -> CollectorError? {
        let collector = try RunningCollector(), folder = collector.folder
        var configuration = collector.configuration
        configuration.signedSetPath = try bytes.map { try folder.write($0, to: "x") } ?? folder.file("none")
        let refusal: CollectorError?
        do throws(CollectorError) {
            _ = try CollectorServer(configuration, logger: CollectorUnderTest.silentLogger)
            refusal = nil
        } catch { refusal = error }
        #expect((refusal == nil) == FileManager.default.fileExists(atPath: configuration.storePath))
        #expect(refusal.map { $0.exitCode == 4 && $0.description.hasPrefix("--signed-metrics ") } ?? true)
        return refusal
    }

    @Test("May have fewer metrics than the collector takes, and lower caps")
    func accepted() throws {
        let reduced = try testMetricSet(metrics: [try booleanMetric(lifetimeThousandths: 5000)])
        #expect(try refusal(of: try signedSet(reduced).encoded) == nil)
    }

    @Test("Is refused with 4 where it is missing, unsigned, damaged, too large or of another project")
    func refused() throws {
        let signed = try signedSet(try testMetricSet()).encoded
        guard case .signedSetUnreadable? = try refusal(of: nil) else { throw Unexpected() }
        for (bytes, expected) in [
            (try testMetricSet().encoded(), SignedMetricSetError.wrongMagic),
            (Array(signed.dropLast()) + [signed[signed.count - 1] ^ 1], .wrongSetSignature),
            (signed + [UInt8](repeating: 0, count: 2 << 20), .tooLarge(byteCount: 0)),
            (try signedSet(try testMetricSet(project: "trains")).encoded, .otherProject),
        ] {
            guard case .signedSetInvalid(_, let error)? = try refusal(of: bytes) else { throw Unexpected() }
            if case .tooLarge = expected {
                guard case .tooLarge = error else { throw Unexpected() }
            } else {
                #expect(error == expected)
            }
        }
    }

    @Test("Is refused with 4 where it asks for reports that the collector would refuse")
    func unknownMetrics() throws {
        for metric in [
            try booleanMetric(version: 2), try booleanMetric(epsilonThousandths: 900), try booleanMetric(identifier: 9),
        ] {
            guard
                case .signedSetUnknownMetric(_, "departed_late")? = try refusal(
                    of: try signedSet(try testMetricSet(metrics: [metric])).encoded)
            else { throw Unexpected() }
        }
    }

    struct Unexpected: Error {}
}
