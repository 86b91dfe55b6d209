import CollectorService
import Foundation
import Glibc
import Testing

@Suite("The file of tokens") struct TokenListTests {
    private static let digest = String(repeating: "0f", count: 32)

    private static func token(_ name: String, quota: Int = 0) throws -> AccessToken {
        try #require(
            AccessToken(
                role: .ingest, name: name, dailyQuota: quota, digest: [UInt8](repeating: 15, count: 32)))
    }

    @Test("A list reads as it is written, revoked tokens too")
    func roundTrip() throws {
        var list = TokenList()
        for token in [try Self.token("fleet-a", quota: 20), try Self.token("fleet-b")] { _ = list.add(token) }
        _ = list.revoke("fleet-b")
        #expect(list.text.contains("ingest fleet-a 20 \(Self.digest)\n") && list.text.contains("ingest fleet-b 0 -\n"))
        #expect(try TokenList(list.text) == list)
        #expect(list["fleet-b"]?.digest == nil && list["fleet-c"] == nil)
    }

    @Test("A name has one valid token; that of a revoked one may be given anew")
    func names() throws {
        var list = TokenList()
        let (first, second) = (list.add(try Self.token("a")), list.add(try Self.token("a", quota: 5)))
        #expect(first && !second && list["a"]?.dailyQuota == 0)
        let isRevoked = list.revoke("a"), third = list.add(try Self.token("a", quota: 5))
        #expect(isRevoked && third)
        #expect(list.tokens.count == 1 && list["a"]?.dailyQuota == 5)
    }

    @Test(
        "A line that is none is named by its number, and nothing of it is repeated",
        arguments: [
            "ingest a 0", "ingest a 0 \(digest) x", "owner a 0 \(digest)", "ingest A 0 \(digest)",
            "ingest a -1 \(digest)",
            "ingest a 01 \(digest)", "ingest a 0 \(digest)0", "ingest a 0 \(digest.dropLast(2))", "read a 5 \(digest)",
            "ingest a 0 \(digest.uppercased())", "ingest a 0 --", "ingest a 0 \(digest.dropLast())ä",
            "ingest \(String(repeating: "a", count: 65)) 0 \(digest)", "ingest a 1000000000001 \(digest)",
        ])
    func malformed(_ line: String) {
        do throws(TokenListError) {
            _ = try TokenList("# tokens\n\nread r 0 -\n\(line)\n")
            Issue.record("read \(line)")
        } catch { #expect(error == .malformedLine(4)) }
        #expect(!CollectorError.tokensInvalid(path: "t", .malformedLine(4)).description.contains(Self.digest.prefix(8)))
    }

    @Test("A name that stands twice is refused")
    func twice() {
        #expect(throws: TokenListError.nameTwice(2)) { try TokenList("ingest a 0 \(Self.digest)\nread a 0 -\n") }
    }

    @Test("A change replaces the file whole, keeps its permissions, and leaves no draft")
    func change() throws {
        let folder = try ScratchFolder()
        let file = TokenFile(folder.file("tokens"))
        try file.change(creating: true) { (list) throws(CollectorError) in _ = list.add(Self.sound("a")) }
        var status = stat()
        #expect(stat(file.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        chmod(file.path, 0o640)
        try file.change(creating: false) { (list) throws(CollectorError) in _ = list.add(Self.sound("b")) }
        #expect(stat(file.path, &status) == 0 && status.st_mode & 0o777 == 0o640)
        #expect(try file.read().tokens.map(\.name) == ["a", "b"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tokens"])
    }

    @Test("A change that fails, or finds another under way, leaves the file as it was")
    func failedChange() throws {
        let folder = try ScratchFolder()
        let file = TokenFile(try folder.write(Array("ingest a 0 -\n".utf8), to: "tokens"))
        #expect(throws: CollectorError.tokenUnknown("b")) {
            try file.change(creating: false) { (_) throws(CollectorError) in throw .tokenUnknown("b") }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tokens"])
        _ = try folder.write([], to: "tokens.new")
        let error = #expect(throws: CollectorError.self) {
            try file.change(creating: false) { (_) throws(CollectorError) in Issue.record("was let in") }
        }
        #expect(error == .tokensUnwritable(path: file.path + ".new", errno: EEXIST) && error?.exitCode == 6)
        #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "ingest a 0 -\n")
    }

    @Test("A file that is missing, or larger than any of ours, is refused with 4")
    func unreadable() throws {
        let folder = try ScratchFolder()
        for path in [folder.file("none"), try folder.write([UInt8](repeating: 35, count: 1 << 21), to: "large")] {
            let error = #expect(throws: CollectorError.self) { try TokenFile(path).read() }
            #expect(error == .tokensUnreadable(path: path) && error?.exitCode == 4)
        }
    }

    @Test("A file without a token opens no door; one of revoked tokens keeps it shut")
    func noToken() throws {
        let folder = try ScratchFolder()
        for text in ["", "\n", "# none yet\n"] {
            let path = try folder.write(Array(text.utf8), to: "tokens")
            let error = #expect(throws: CollectorError.self) { try AccessControl(tokensAt: path) }
            #expect(error == .tokensMissing(path: path) && error?.exitCode == 4)
        }
        let revoked = try folder.write(Array("ingest a 0 -\n".utf8), to: "tokens")
        #expect(try AccessControl(tokensAt: revoked).demandsIngestToken)
        #expect(try !AccessControl(tokensAt: nil).demandsIngestToken)
    }

    private static func sound(_ name: String) -> AccessToken {
        guard let token = try? token(name) else { preconditionFailure("the name is sound") }
        return token
    }
}
