import CollectorService
import CollectorSettings
import Foundation
import MetricDefinitions
import ReportFormat
import StoreFormat
import TestSupport
import Testing

@Suite("A whole collector") struct CollectorServerTests {
    private func refusal(of configuration: CollectorConfiguration) -> CollectorError? {
        do throws(CollectorError) {
            _ = try CollectorServer(configuration, logger: CollectorUnderTest.silentLogger)
            return nil
        } catch { return error }
    }

    @Test("It announces the URL with the port that was picked, stores what it acknowledged, and stops when told")
    func life() async throws {
        let collector = try RunningCollector()
        let bytes = try simpleBatch(collector.metricSet, number: 1).encoded
        let (url, status) = try await collector.run { url in
            (url, try await post(bytes, to: url))
        }
        #expect(url.hasPrefix("http://127.0.0.1:") && !url.hasSuffix(":0"))
        #expect(status == 200)
        // The log was moved into the store, so the file alone holds all.
        #expect(!FileManager.default.fileExists(atPath: collector.configuration.storePath + "-wal"))
        #expect(try StoreProbe(path: collector.configuration.storePath).stagedPayloads() == [[1]])
    }

    @Test("It listens on an IPv6 address and writes it in brackets")
    func ipv6() async throws {
        var collector = try RunningCollector()
        collector.configuration.uploadAddress = try #require(ListenAddress("[::1]:0"))
        let url = try await collector.run { $0 }
        #expect(url.hasPrefix("http://[::1]:"))
    }

    @Test("It continues on the store of its predecessor and keeps counting a batch once")
    func restart() async throws {
        let collector = try RunningCollector()
        for number in [1, 1, 2] {
            let bytes = try simpleBatch(collector.metricSet, number: number).encoded
            #expect(try await collector.run { try await post(bytes, to: $0) } == 200)
        }
        #expect(try StoreProbe(path: collector.configuration.storePath).count(of: "staged") == 2)
    }

    @Test("A start does the work of the day: it seals what its predecessor left of days that are over")
    func dayWorkAtStart() async throws {
        let collector = try RunningCollector()
        do {
            let store = try SQLiteReportStore(
                path: collector.configuration.storePath, metricSet: collector.metricSet)
            let group = ReportGroup(metric: 1, version: 1, day: testDay.advanced(by: -5))
            let reports = [AdmittedReport(group: group, payload: [1]), AdmittedReport(group: group, payload: [0])]
            try await store.store(AdmittedBatch(try batchIdentifier(1), reports: reports, arrivingOn: testDay))
            try await store.close()
        }
        _ = try await collector.run { $0 }
        let probe = try StoreProbe(path: collector.configuration.storePath)
        #expect(try probe.chunks().map(\.chunk.count) == [2])
        #expect(try probe.count(of: "staged") == 0)
    }

    @Test("A metric set that is missing, cut, or of another kind is refused with 4 and the command that makes one")
    func metricSets() throws {
        var configuration = try RunningCollector().configuration
        let folder = try ScratchFolder()
        configuration.storePath = folder.file("store.db")
        let sound = try testMetricSet().encoded()
        configuration.metricSetPath = folder.file("none.set")
        let missing = refusal(of: configuration)
        #expect(missing == .metricSetUnreadable(path: configuration.metricSetPath))
        configuration.metricSetPath = try folder.write(Array(sound.dropLast()), to: "cut.set")
        let cut = refusal(of: configuration)
        #expect(cut == .metricSetInvalid(path: configuration.metricSetPath, .checksumMismatch))
        configuration.metricSetPath = try folder.write(Array("registry: 1\n".utf8), to: "metrics.yaml")
        let source = refusal(of: configuration)
        #expect(source == .metricSetInvalid(path: configuration.metricSetPath, .wrongMagic))
        for error in [missing, cut, source] {
            #expect(error?.exitCode == 4)
            #expect(error?.description.contains("dither registry compile") == true)
        }
        #expect(!FileManager.default.fileExists(atPath: configuration.storePath), "nothing was made for a bad set")
    }

    @Test("Certificate and key that are missing or do not belong together are refused by name")
    func tlsFiles() throws {
        let collector = try RunningCollector()
        let folder = collector.folder
        var configuration = collector.configuration
        let (certificate, key) = try TestCertificate.make(in: folder, name: "server")
        let (_, otherKey) = try TestCertificate.make(in: folder, name: "other")
        configuration.tls = .init(certificatePath: folder.file("none.pem"), keyPath: key)
        #expect(refusal(of: configuration) == .certificateUnreadable(path: folder.file("none.pem")))
        configuration.tls = .init(certificatePath: certificate, keyPath: certificate)
        #expect(refusal(of: configuration) == .keyUnreadable(path: certificate))
        configuration.tls = .init(certificatePath: certificate, keyPath: otherKey)
        #expect(refusal(of: configuration) == .tlsRefused(certificatePath: certificate, keyPath: otherKey))
        configuration.tls = .init(certificatePath: certificate, keyPath: key)
        #expect(refusal(of: configuration) == nil)
        // It is valid for two days from now.
        let now = CollectorClock.system.now
        #expect(CollectorServer.problems(with: configuration, now: now).isEmpty)
        let problems = CollectorServer.problems(with: configuration, now: now + 3 * 86_400)
        let ends = [0, 1].map { UTCDay(containing: now + 2 * 86_400 + $0) }
        #expect(problems.count == 1 && ends.contains { problems == [.certificateEnded(path: certificate, $0)] })
        #expect(problems.allSatisfy { $0.exitCode == 4 })
    }

    @Test("With certificate and key it announces https and speaks TLS")
    func tls() async throws {
        var collector = try RunningCollector()
        let (certificate, key) = try TestCertificate.make(in: collector.folder, name: "server")
        collector.configuration.tls = .init(certificatePath: certificate, keyPath: key)
        let batch = try collector.folder.write(
            try simpleBatch(collector.metricSet, number: 1).encoded, to: "batch.bin")
        let status = try await collector.run { url in
            #expect(url.hasPrefix("https://127.0.0.1:"))
            return await onBlockingThread {
                TestCertificate.curl([
                    "--cacert", certificate, "--data-binary", "@\(batch)", "-H",
                    "Content-Type: \(WireLimits.mediaType)", "\(url)/v1/reports",
                ])
            }
        }
        #expect(status == "200")
    }

    @Test("An address that another collector listens on is refused with 6")
    func addressInUse() async throws {
        let collector = try RunningCollector()
        let second = try RunningCollector()
        let error = try await collector.run { url -> CollectorError? in
            var blocked = second
            let address = ListenAddress(String(url.dropFirst("http://".count)))
            blocked.configuration.uploadAddress = try #require(address)
            do { _ = try await blocked.run { $0 } } catch let error as CollectorError { return error }
            return nil
        }
        guard case .cannotListen(_, let errno) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(errno == EADDRINUSE)
        #expect(error?.exitCode == 6)
    }

    @Test("A file in the place of a Unix socket is refused with 6 and left alone")
    func fileInPlaceOfSocket() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(Array("a file".utf8), to: "socket")
        var collector = try RunningCollector()
        collector.configuration.uploadAddress = try #require(ListenAddress("unix:\(path)"))
        do {
            _ = try await collector.run { $0 }
            Issue.record("listens on a file")
        } catch let error as CollectorError {
            #expect(error.exitCode == 6)
            #expect("\(error)".contains("where there is nothing yet"))
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "a file")
    }

    @Test("When the health listener cannot have its address, batches are not announced either")
    func operationsAddressInUse() async throws {
        let collector = try RunningCollector()
        var second = try RunningCollector()
        let error = try await collector.run { [second] url -> (any Error)? in
            var blocked = second
            blocked.configuration.operationsAddress = ListenAddress(String(url.dropFirst("http://".count)))
            do {
                let announced = try await blocked.run { $0 }
                Issue.record("announced \(announced)")
            } catch { return error }
            return nil
        }
        second.configuration.operationsAddress = ListenAddress("127.0.0.1:0")
        guard case CollectorError.cannotListen(_, EADDRINUSE)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await second.run { $0 }.hasPrefix("http://127.0.0.1:"))
    }

    @Test(
        "Every way not to start has its documented exit code",
        arguments: [
            (CollectorError.store(.locked(path: "s")), Int32(6)),
            (.store(.busy(resultCode: 5)), 6),
            (.store(.notAStore(path: "s")), 8),
            (.store(.wrongVersion(path: "s", actual: 2, expected: 1)), 8),
            (.store(.alteredTables(path: "s")), 8),
            (.store(.damaged(resultCode: 11)), 8),
            (.store(.definitionConflict(metric: 1, version: 1)), 4),
            (.store(.diskFull), 1),
            (.cannotListen(ListenAddress(host: "h", port: 1), errno: 98), 6),
            (.keyUnreadable(path: "k"), 4),
        ])
    func exitCodes(_ error: CollectorError, _ expected: Int32) {
        #expect(error.exitCode == expected)
        #expect(!error.description.isEmpty)
    }
}

/// Posts a batch with a plain HTTP client and gives the status.
private func post(_ bytes: [UInt8], to url: String) async throws -> Int {
    let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
    let answer = await onBlockingThread {
        let connection = RawConnection(port: port)
        let head =
            "POST /v1/reports HTTP/1.1\r\nHost: collector\r\nConnection: close\r\n"
            + "Content-Type: \(WireLimits.mediaType)\r\nContent-Length: \(bytes.count)\r\n\r\n"
        _ = connection?.send(Array(head.utf8) + bytes)
        return connection?.readToEnd() ?? ""
    }
    return try #require(answer.split(separator: " ").dropFirst().first.flatMap { Int($0) })
}
