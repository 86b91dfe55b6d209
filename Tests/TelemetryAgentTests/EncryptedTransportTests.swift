import Foundation
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("Uploads over TLS")
struct EncryptedTransportTests {
    private let folder: TemporaryFolder
    private let identity: TLSIdentity

    init() throws {
        folder = try TemporaryFolder()
        identity = try TLSIdentity(in: folder)
    }

    private func agent(port: Int, pin: KeyPin? = nil, trusting authority: String? = nil) throws -> (TestAgent, Agent) {
        var test = try TestAgent(endpoint: "https://127.0.0.1:\(port)")
        test.configuration.certificateFile = authority ?? identity.authority
        test.configuration.keyPin = pin
        let agent = test.open()
        try agent.setConsent(true)
        test.clock.advance(days: 1)
        return (test, agent)
    }

    /// The extensions of a ClientHello, by their numbers (RFC 8446 §4.1.2).
    private static func extensions(ofClientHello record: [UInt8]) throws -> [Int: [UInt8]] {
        var reader = BigEndianReader(record)
        // Record: handshake; message: ClientHello.
        #expect(try reader.integer(1) == 22)
        _ = try reader.integer(4)
        #expect(try reader.integer(1) == 1)
        _ = try reader.integer(3)
        _ = try reader.bytes(2 + 32)
        _ = try reader.bytes(try reader.integer(1))
        _ = try reader.bytes(try reader.integer(2))
        _ = try reader.bytes(try reader.integer(1))
        var list = BigEndianReader(try reader.bytes(try reader.integer(2)))
        var found: [Int: [UInt8]] = [:]
        while !list.isAtEnd {
            let number = try list.integer(2)
            found[number] = try list.bytes(try list.integer(2))
        }
        return found
    }

    /// pre_shared_key, or a session_ticket that is not empty.
    private static func resumes(_ record: [UInt8]) throws -> Bool {
        let extensions = try extensions(ofClientHello: record)
        return extensions[41] != nil || !(extensions[35] ?? []).isEmpty
    }

    @Test("No connection resumes an earlier one, nor says which that was", arguments: [["-tls1_3"], ["-tls1_2"]])
    func noResumption(version: [String]) throws {
        let server = try TLSServer(identity, arguments: version)
        defer { server.stop() }
        let relay = try Relay(to: server.port)
        defer { relay.stop() }
        let (test, agent) = try agent(port: relay.port)
        for _ in 0..<3 {
            #expect(try agent.flush().failure == nil)
            test.clock.advance(days: 1)
        }
        #expect(relay.began.count == 3 && server.uploadCount == 3)
        for hello in relay.began {
            #expect(try !Self.resumes(hello))
            #expect(try Self.extensions(ofClientHello: hello)[43] != nil)
        }
        // The fault this finds: a client that does resume, through the same relay.
        let session = folder.file("session")
        func connect(_ argument: String) throws {
            let arguments = ["s_client", "-connect", "127.0.0.1:\(relay.port)", argument, session] + version
            _ = try runProgram(TLSIdentity.openssl, arguments, input: Data("Q\n".utf8))
        }
        // A ticket of TLS 1.3 comes after the handshake, perhaps too late for a client that quits at once.
        for _ in 0..<50 where !FileManager.default.fileExists(atPath: session) { try connect("-sess_out") }
        try connect("-sess_in")
        #expect(try Self.resumes(try #require(relay.began.last)))
    }

    @Test("A pinned key is demanded besides the authority, and with another nothing is sent")
    func keyPin() throws {
        let server = try TLSServer(identity)
        defer { server.stop() }
        let digest = Data(try SHA256.digest([UInt8](try identity.publicKey())))
        let right = "sha256//" + digest.base64EncodedString()
        let wrong = "sha256//" + Data(repeating: 7, count: 32).base64EncodedString()
        let (other, refusing) = try agent(port: server.port, pin: try KeyPin(wrong))
        // CURLE_SSL_PINNEDPUBKEYNOTMATCH.
        #expect(try refusing.flush().failure == .transport(code: 90))
        #expect(server.uploadCount == 0 && other.clock.secondsSinceEpoch() > 0)
        let (first, agent) = try agent(port: server.port, pin: try KeyPin(wrong + ";" + right))
        #expect(try agent.flush().failure == nil && first.clock.secondsSinceEpoch() > 0)
        #expect(server.uploadCount == 1)
    }

    @Test("Of the authorities only those named are trusted, and an authority's name is not enough")
    func authorities() throws {
        let server = try TLSServer(identity)
        defer { server.stop() }
        let elsewhere = try TemporaryFolder()
        let stranger = try TLSIdentity(in: elsewhere)
        let digest = Data(try SHA256.digest([UInt8](try identity.publicKey())))
        let pin = try KeyPin("sha256//" + digest.base64EncodedString())
        let (test, agent) = try agent(port: server.port, pin: pin, trusting: stranger.authority)
        // CURLE_PEER_FAILED_VERIFICATION: a pin does not stand for the authority either.
        #expect(try agent.flush().failure == .transport(code: 60))
        #expect(try agent.flush(now: true).waiting == 3 && test.clock.secondsSinceEpoch() > 0)
        #expect(server.uploadCount == 0)
    }

    @Test("Older versions of TLS than 1.2 get nothing")
    func oldVersion() throws {
        let server = try TLSServer(identity, arguments: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        defer { server.stop() }
        let (test, agent) = try agent(port: server.port)
        #expect(try agent.flush().failure != nil && test.clock.secondsSinceEpoch() > 0)
        #expect(server.uploadCount == 0)
    }
}

/// Reads the numbers of TLS.
private struct BigEndianReader {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    var isAtEnd: Bool { bytes.isEmpty }

    mutating func bytes(_ count: Int) throws -> [UInt8] {
        guard bytes.count >= count else { throw ServerFailure(description: "a message ends early") }
        defer { bytes = bytes.dropFirst(count) }
        return Array(bytes.prefix(count))
    }

    mutating func integer(_ byteCount: Int) throws -> Int { try bytes(byteCount).reduce(0) { $0 << 8 | Int($1) } }
}
