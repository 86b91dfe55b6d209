import CollectorService
import Foundation
import ReportFormat
import TestSupport
import Testing

@Suite("What is no sound TLS gets no answer, and harms nobody") struct TLSRefusalTests {
    private let collector: RunningCollector
    private let certificate: String
    private let batch: String

    init() throws {
        var collector = try RunningCollector()
        let (certificate, key) = try TestCertificate.make(in: collector.folder, name: "server")
        collector.configuration.tls = .init(certificatePath: certificate, keyPath: key)
        batch = try collector.folder.write(try simpleBatch(collector.metricSet, number: 1).encoded, to: "batch.bin")
        (self.collector, self.certificate) = (collector, certificate)
    }

    /// What openssl says of a handshake: whether it came about, and its words.
    private static func handshake(_ url: String, _ arguments: [String]) -> (isMade: Bool, text: String) {
        let address = String(url.dropFirst("https://".count))
        let outcome = TestCertificate.openssl(["s_client", "-connect", address, "-brief"] + arguments)
        return (outcome.text.contains("CONNECTION ESTABLISHED"), outcome.text)
    }

    private func post(_ url: String) -> String {
        TestCertificate.curl([
            "--cacert", certificate, "--data-binary", "@\(batch)", "-H", "Content-Type: \(WireLimits.mediaType)",
            "\(url)/v1/reports",
        ])
    }

    @Test("TLS 1.2 and 1.3 are spoken; 1.0, 1.1, and 1.2 without a shared cipher are refused")
    func versions() async throws {
        let test = self
        try await collector.run { url in
            await onBlockingThread {
                for version in ["-tls1_2", "-tls1_3"] {
                    let (isMade, text) = Self.handshake(url, [version])
                    #expect(isMade, "\(version): \(text)")
                }
                let weak = ["-cipher", "ALL:@SECLEVEL=0"]
                for refused in [
                    ["-tls1"] + weak, ["-tls1_1"] + weak, ["-tls1_2", "-cipher", "CAMELLIA128-SHA:@SECLEVEL=0"],
                ] {
                    let (isMade, text) = Self.handshake(url, refused)
                    #expect(!isMade && text.contains("alert"), "\(refused): \(text)")
                }
                #expect(test.post(url) == "200")
            }
        }
    }

    @Test(
        "Plain HTTP, random bytes and a handshake that is cut off get no HTTP",
        arguments: [
            Array("GET /v1/registry HTTP/1.1\r\nHost: collector\r\n\r\n".utf8),
            [UInt8](repeating: 0, count: 300),
            [0x16, 0x03, 0x01, 0xFF, 0xFF] + [UInt8](repeating: 1, count: 200),
            // An alert before any handshake, and application data.
            [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28],
            [0x17, 0x03, 0x03, 0x00, 0x05, 1, 2, 3, 4, 5],
        ])
    func garbage(_ bytes: [UInt8]) async throws {
        let test = self
        var shortened = collector
        shortened.configuration.limits.requestSeconds = 2
        try await shortened.run { url in
            let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
            await onBlockingThread {
                let connection = RawConnection(port: port)
                _ = connection?.send(bytes)
                #expect(connection?.readToEnd().contains("HTTP/") == false)
                #expect(test.post(url) == "200")
            }
        }
    }

    @Test("A client that does not know the certificate's authority sends nothing")
    func unknownAuthority() async throws {
        let (stranger, _) = try TestCertificate.make(in: collector.folder, name: "stranger")
        let test = self
        let status = try await collector.run { url in
            await onBlockingThread {
                TestCertificate.curl([
                    "--cacert", stranger, "--data-binary", "@\(test.batch)", "-H",
                    "Content-Type: \(WireLimits.mediaType)", "\(url)/v1/reports",
                ])
            }
        }
        #expect(status == "000")
        #expect(try StoreProbe(path: collector.configuration.storePath).count(of: "batch") == 0)
    }
}
