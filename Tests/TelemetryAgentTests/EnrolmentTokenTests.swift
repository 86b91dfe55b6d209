import Foundation
import SecureRandomness
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("The token of a fleet")
struct EnrolmentTokenTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ content: String, _ name: String = "token") throws -> String {
        let path = folder.path + "/" + name
        try Data(content.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test("The token in the file goes with each upload, a replaced one with the next, and to nobody else")
    func upload() throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        var test = try TestAgent(endpoint: server.url)
        let path = try file("dither_first\n")
        test.configuration.tokenFile = path
        test.configuration.registryKeys = [try signingKey(1).publicKey()]
        let agent = test.open()
        try agent.setConsent(true)
        for token in ["dither_first", "dither_second"] {
            _ = try file("\(token)\r\n")
            test.clock.advance(days: 1)
            #expect(try agent.flush().failure == nil)
            let uploads = server.requests.filter { $0.head.hasPrefix("POST ") }
            #expect(uploads.last?.header("authorization") == "Bearer \(token)")
        }
        let others = server.requests.filter { !$0.head.hasPrefix("POST ") }
        #expect(!others.isEmpty && others.allSatisfy { $0.header("authorization") == nil })
    }

    @Test("Without a token file no such header is sent")
    func none() throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        let test = try TestAgent(endpoint: server.url)
        let agent = test.open()
        try agent.setConsent(true)
        test.clock.advance(days: 1)
        #expect(try agent.flush().failure == nil)
        #expect(!server.requests.isEmpty && server.requests.allSatisfy { $0.header("authorization") == nil })
    }

    @Test(
        "A file that holds no token is refused by its name, and what it holds is not repeated",
        arguments: ["", "\n", "two words", "a\nb", "Secret\u{7F}", "Secr\u{E9}t", String(repeating: "S", count: 513)])
    func malformed(_ content: String) throws {
        let path = try file(content)
        let error = #expect(throws: AgentError.endpoint(.noToken(path: path))) { try EnrolmentToken.check(path) }
        #expect(error.map { !$0.description.contains("Secr") && $0.description.contains(path) } == true)
    }

    @Test("A longest token is taken; a pipe, a folder and a missing file are refused without waiting")
    func kinds() throws {
        try EnrolmentToken.check(try file(String(repeating: "S", count: 512) + "\r\n"))
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [pipe, folder.path, folder.path + "/none"] {
            #expect(throws: AgentError.endpoint(.noToken(path: path))) { try EnrolmentToken.check(path) }
        }
    }
}
