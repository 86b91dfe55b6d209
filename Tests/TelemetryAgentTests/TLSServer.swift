import Foundation
import Glibc
import Synchronization

/// What a program said and how it ended.
struct ProgramOutcome {
    var status: Int32
    var output: Data
    var complaint: String
}

/// Runs a program to its end.
func runProgram(
    _ path: String, _ arguments: [String], environment: [String: String] = [:], input: Data = Data()
) throws -> ProgramOutcome {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    var inherited = ProcessInfo.processInfo.environment
    for name in inherited.keys
    where name.hasPrefix("DITHER_") || name.lowercased().hasSuffix("proxy") || name == "DO_NOT_TRACK" {
        inherited[name] = nil
    }
    process.environment = inherited.merging(environment) { $1 }
    let (output, complaint, standardInput) = (Pipe(), Pipe(), Pipe())
    (process.standardOutput, process.standardError, process.standardInput) = (output, complaint, standardInput)
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: input)
    try standardInput.fileHandleForWriting.close()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    // What these programs complain about fits into a pipe.
    let text = String(decoding: try complaint.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return ProgramOutcome(status: process.terminationStatus, output: data, complaint: text)
}

/// An authority of the tests, and a certificate of it for this machine and for `collector.test`.
struct TLSIdentity {
    static let openssl = "/usr/bin/openssl"

    let authority, chain, key: String

    init(in folder: TemporaryFolder) throws {
        (authority, chain, key) = (folder.file("authority.pem"), folder.file("server.pem"), folder.file("server.key"))
        let authorityKey = folder.file("authority.key"), request = folder.file("server.csr")
        let extensions = folder.file("server.ext")
        try Data("subjectAltName=IP:127.0.0.1,IP:::1,DNS:collector.test\n".utf8).write(to: URL(filePath: extensions))
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        for arguments in [
            ["req", "-x509"] + curve + [
                "-subj", "/CN=Authority", "-days", "2", "-keyout", authorityKey, "-out", authority,
            ],
            ["req"] + curve + ["-subj", "/CN=collector", "-keyout", key, "-out", request],
            [
                "x509", "-req", "-in", request, "-CA", authority, "-CAkey", authorityKey, "-CAcreateserial", "-days",
                "2",
                "-extfile", extensions, "-out", chain,
            ],
        ] {
            let outcome = try runProgram(Self.openssl, arguments)
            guard outcome.status == 0 else { throw ServerFailure(description: outcome.complaint) }
        }
    }

    /// The server's public key in DER.
    func publicKey() throws -> Data {
        try runProgram(Self.openssl, ["pkey", "-in", key, "-pubout", "-outform", "DER"]).output
    }
}

/// Why a test's server is not there.
struct ServerFailure: Error, CustomStringConvertible {
    var description: String
}

/// OpenSSL's own test server, which answers every upload as a collector does.
final class TLSServer: Sendable {
    let port: Int
    private let process: Process
    private let uploads: Mutex<Int>
    private let answers: FileHandle

    init(_ identity: TLSIdentity, arguments: [String] = []) throws {
        let process = Process()
        process.executableURL = URL(filePath: TLSIdentity.openssl)
        process.arguments =
            ["s_server", "-accept", "127.0.0.1:0", "-cert", identity.chain, "-key", identity.key] + arguments
        let (output, input) = (Pipe(), Pipe())
        (process.standardOutput, process.standardInput, process.standardError) = (output, input, FileHandle.nullDevice)
        try process.run()
        (self.process, answers) = (process, input.fileHandleForWriting)
        var said = Data()
        var found: Int?
        while found == nil {
            let chunk = output.fileHandleForReading.availableData
            guard !chunk.isEmpty else { throw ServerFailure(description: "openssl s_server ended") }
            said += chunk
            let lines = String(decoding: said, as: UTF8.self).components(separatedBy: "\n").dropLast()
            found = lines.first { $0.hasPrefix("ACCEPT ") }.flatMap { $0.components(separatedBy: ":").last }.flatMap {
                Int($0)
            }
        }
        port = found ?? 0
        uploads = Mutex(0)
        let thread = Thread { [self] in answerUploads(output.fileHandleForReading) }
        thread.start()
    }

    deinit { stop() }

    var uploadCount: Int { uploads.withLock { $0 } }

    func stop() { if process.isRunning { process.terminate() } }

    private func answerUploads(_ output: FileHandle) {
        let body = #"{"rejected":[]}"#
        let answer =
            "HTTP/1.1 200 x\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        var unread = Data()
        while true {
            let chunk = output.availableData
            guard !chunk.isEmpty else { return }
            unread += chunk
            while let request = unread.firstRange(of: Data("POST /v1/reports HTTP/1.1\r\n".utf8)) {
                unread.removeSubrange(..<request.upperBound)
                uploads.withLock { $0 += 1 }
                try? answers.write(contentsOf: Data(answer.utf8))
            }
            unread = Data(unread.suffix(64))
        }
    }
}

/// Passes connections on to a port of this machine, as they are or as a proxy that is asked by CONNECT, and keeps what each
/// began with: the head of the CONNECT, or the first TLS record.
final class Relay: Sendable {
    let port: Int
    private let listener: Int32
    private let beginnings = Mutex<[[UInt8]]>([])

    /// - Parameter connectAnswer: what a proxy says to the CONNECT of this count; one that begins with 200 opens the way.
    init(to target: Int, connectAnswer: (@Sendable (Int) -> String)? = nil) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw ServerFailure(description: "no port") }
        port = Int(UInt16(bigEndian: address.sin_port))
        let thread = Thread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                let connection = Thread { [self] in pass(client, to: target, connectAnswer) }
                connection.start()
            }
        }
        thread.start()
    }

    /// What each connection began with.
    var began: [[UInt8]] { beginnings.withLock { $0 } }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func pass(_ client: Int32, to target: Int, _ connectAnswer: ((Int) -> String)?) {
        defer { close(client) }
        var first: [UInt8] = []
        if let connectAnswer {
            while first.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
                var byte: UInt8 = 0
                guard recv(client, &byte, 1, 0) == 1 else { return }
                first.append(byte)
            }
            let answer = connectAnswer(note(first))
            send(client, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
            guard answer.hasPrefix("HTTP/1.1 200") else { return }
            first = []
        } else {
            // A TLS record: its kind, version and length, and so many bytes.
            while first.count < 5 || first.count < 5 + Int(first[3]) << 8 + Int(first[4]) {
                var byte: UInt8 = 0
                guard recv(client, &byte, 1, 0) == 1 else { return }
                first.append(byte)
            }
            _ = note(first)
        }
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(server) }
        var address = Self.address(UInt16(target))
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected, send(server, first, first.count, Int32(MSG_NOSIGNAL)) == first.count else { return }
        let group = DispatchGroup()
        group.enter()
        let back = Thread {
            Self.copy(from: server, to: client)
            group.leave()
        }
        back.start()
        Self.copy(from: client, to: server)
        group.wait()
    }

    private func note(_ bytes: [UInt8]) -> Int {
        beginnings.withLock { list in
            list.append(bytes)
            return list.count - 1
        }
    }

    private static func copy(from source: Int32, to sink: Int32) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(source, &buffer, buffer.count, 0)
            guard count > 0, send(sink, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        shutdown(sink, Int32(SHUT_WR))
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = port.bigEndian
        return address
    }
}
