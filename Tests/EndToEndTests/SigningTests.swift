import Foundation
import TestSupport
import Testing

@Suite("Signing metric sets from a shell")
struct SigningTests {
    private let workspace: Workspace
    private let registry = Fixtures.packageRoot.appending(path: "clients/examples/swift/metrics.yaml")
        .path(percentEncoded: false)

    init() throws { workspace = try Workspace() }

    @discardableResult
    private func dither(_ arguments: String..., status: Int32 = 0) throws -> Outcome {
        let outcome = try run("dither", ["registry"] + arguments)
        #expect(outcome.status == status, "\(arguments): \(outcome.complaint)")
        return outcome
    }

    private func keygen(_ name: String) throws -> (key: String, pub: String) {
        let files = (key: workspace.file(name + ".key"), pub: workspace.file(name + ".pub"))
        try dither("keygen", "--out", files.key, "--public", files.pub)
        return files
    }

    private func digits(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    @Test("A key is a new file of mode 600 that openssl reads too, and its public half is 64 digits")
    func keys() throws {
        let (key, pub) = try keygen("a")
        let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let content = try String(contentsOfFile: key, encoding: .utf8)
        let again = try dither("keygen", "--out", key, status: 1)
        #expect(again.complaint.contains("exists") && again.output.isEmpty)
        #expect(try String(contentsOfFile: key, encoding: .utf8) == content)
        let printed = try dither("keygen", "--out", workspace.file("b.key")), publicKey = try digits(pub)
        #expect(printed.output.count == 65 && printed.output != publicKey + "\n")
        #expect(!(printed.output + printed.complaint).contains("PRIVATE"))
        let openssl = try run("/usr/bin/openssl", ["pkey", "-in", key, "-noout", "-text_pub"])
        let shown = openssl.output.split(separator: "\n").dropFirst(2).joined().filter(\.isHexDigit)
        #expect(openssl.status == 0 && shown == publicKey)
    }

    @Test("Where one key cannot be a new file, neither is made, and what is there stays as it is")
    func keysOverNothing() throws {
        let (key, pub) = try keygen("a"), fresh = workspace.file("fresh"), link = workspace.file("link")
        let before = try contents(of: [key, pub])
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: fresh)
        for (first, second, status) in [
            (fresh, pub, 1), (fresh, key, 1), (key, fresh, 1), (fresh, link, 1), (link, fresh, 2), (fresh, fresh, 2),
            (fresh, workspace.file("./fresh"), 2), (key, key, 2), (fresh, workspace.file("none/a.pub"), 1),
        ] {
            let outcome = try dither("keygen", "-o", first, "--public", second, status: Int32(status))
            #expect(outcome.output.isEmpty && !FileManager.default.fileExists(atPath: fresh), "\(first), \(second)")
            #expect(try contents(of: [key, pub]) == before, "\(first), \(second)")
        }
        try dither("keygen", "--output", fresh)
        #expect(try contents(of: [fresh])[0].contains("PRIVATE KEY"))
    }

    @Test("Nothing is written over the key that signs, the registry or the next key, by whatever name")
    func inputsStay() throws {
        let (key, pub) = try keygen("a"), (_, next) = try keygen("b"), copy = workspace.file("metrics.yaml")
        try Data(contentsOf: URL(filePath: registry)).write(to: URL(filePath: copy))
        let (hard, soft) = (workspace.file("hard"), workspace.file("soft"))
        try FileManager.default.linkItem(atPath: key, toPath: hard)
        try FileManager.default.createSymbolicLink(atPath: soft, withDestinationPath: key)
        let files = [key, pub, next, copy, hard, soft], before = try contents(of: files)
        for name in [key, hard, soft, workspace.file("./a.key")] {
            let signed = try dither("sign", registry, "--key", key, "--sequence", "1", "-o", name, status: 2)
            #expect(signed.complaint.contains("--key names this file too"))
            try dither("sign", registry, "--key", name, "--sequence", "1", "-o", key, status: 2)
            try dither("rotate", "--key", key, "--to", next, "-o", name, status: 2)
        }
        try dither("rotate", "--key", key, "--to", next, "-o", next, status: 2)
        try dither("check", copy, "--update")
        let lock = workspace.file("metrics.lock"), locked = try contents(of: [lock])
        for name in [copy, lock] { try dither("sign", copy, "--key", key, "--sequence", "1", "-o", name, status: 2) }
        #expect(try contents(of: [lock]) == locked)
        #expect(try contents(of: files) == before)
    }

    private func contents(of paths: [String]) throws -> [String] {
        try paths.map { try String(contentsOfFile: $0, encoding: .utf8) }
    }

    @Test(
        "A signed set is believed by who knows the key, by its digits or its file, and openssl finds the signature right"
    )
    func signing() throws {
        let (key, pub) = try keygen("a"), signed = workspace.file("metrics.signed")
        try dither("sign", registry, "--key", key, "--sequence", "3", "-o", signed)
        for trusted in [pub, try digits(pub), try digits(pub).uppercased()] {
            let outcome = try dither("verify", signed, "--public-key", trusted, "--format", "csv")
            #expect(
                outcome.output == "project,sequence,rotation,metrics,key\neditor,3,0,4,\(try digits(pub))\n")
        }
        let bytes = Array(try Data(contentsOf: URL(filePath: signed)))
        let message = workspace.file("message"), signature = workspace.file("signature")
        try Data(Array("dither/set/v1\0".utf8) + bytes.dropLast(64)).write(to: URL(filePath: message))
        try Data(bytes.suffix(64)).write(to: URL(filePath: signature))
        let openssl = try run(
            "/usr/bin/openssl",
            ["pkeyutl", "-verify", "-rawin", "-inkey", key, "-in", message, "-sigfile", signature])
        #expect(openssl.status == 0, "\(openssl.output) \(openssl.complaint)")
        // A compiled set signs to the same bytes as its registry.
        let set = workspace.file("metrics.set"), other = workspace.file("other.signed")
        try dither("compile", registry, "-o", set)
        try dither("sign", set, "--key", key, "--sequence", "3", "-o", other)
        #expect(Array(try Data(contentsOf: URL(filePath: other))) == bytes)
    }

    @Test("A set of another key, an older one and a changed one are refused with 4")
    func refusals() throws {
        let (key, pub) = try keygen("a"), (_, foreign) = try keygen("b")
        let signed = workspace.file("metrics.signed")
        try dither("sign", registry, "--key", key, "--sequence", "3", "-o", signed)
        try dither("verify", signed, "--public-key", foreign, status: 4)
        try dither("verify", signed, "--public-key", foreign, "--public-key", pub)
        try dither("verify", signed, "--public-key", pub, "--after-sequence", "2")
        let old = try dither("verify", signed, "--public-key", pub, "--after-sequence", "3", status: 4)
        #expect(old.complaint.contains("is not above 3"))
        try dither("verify", signed, "--public-key", pub, "--after-rotation", "1", status: 4)
        try dither("verify", signed, "--public-key", "nonsense", status: 2)
        var bytes = try Data(contentsOf: URL(filePath: signed))
        bytes[bytes.count - 100] ^= 1
        try bytes.write(to: URL(filePath: signed))
        let changed = try dither("verify", signed, "--public-key", pub, status: 4)
        #expect(changed.complaint.contains("changed afterwards") && changed.output.isEmpty)
    }

    @Test("After a rotation, who knows any key of the chain believes, and the old key signs no more")
    func rotation() throws {
        let (one, two, three) = (try keygen("a"), try keygen("b"), try keygen("c"))
        let chain = workspace.file("flights.chain"), signed = workspace.file("metrics.signed")
        try dither("rotate", "--key", one.key, "--to", two.pub, "-o", chain)
        try dither("rotate", "--key", two.key, "--to", try digits(three.pub), "--chain", chain, "-o", chain)
        try dither("sign", registry, "--key", three.key, "--chain", chain, "--sequence", "9", "-o", signed)
        for trusted in [one.pub, two.pub, three.pub] {
            let outcome = try dither(
                "verify", signed, "--public-key", trusted, "--after-rotation", "2", "--format", "csv")
            #expect(outcome.output.contains("editor,9,2,4,\(try digits(three.pub))"))
        }
        for arguments in [
            ["sign", registry, "--key", two.key, "--chain", chain, "--sequence", "10", "-o", signed],
            ["rotate", "--key", one.key, "--to", two.pub, "--chain", chain, "-o", chain],
            ["rotate", "--key", three.key, "--to", one.pub, "--chain", chain, "-o", chain],
        ] {
            let outcome = try run("dither", ["registry"] + arguments)
            #expect(outcome.status == 4, "\(arguments): \(outcome.complaint)")
        }
    }

    @Test("A private key that others can read, and a file that is none, are refused with 4, and never shown")
    func unfitKeys() throws {
        let (key, pub) = try keygen("a"), signed = workspace.file("metrics.signed")
        let body = try String(contentsOfFile: key, encoding: .utf8).split(separator: "\n")[1]
        for (path, mode) in [(key, 0o640), (key, 0o604), (pub, 0o600), (registry, 0o600)] {
            if path != registry {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            }
            let outcome = try dither("sign", registry, "--key", path, "--sequence", "1", "-o", signed, status: 4)
            #expect(!outcome.complaint.contains(body) && !FileManager.default.fileExists(atPath: signed))
        }
        try dither("sign", registry, "--key", workspace.file("none"), "--sequence", "1", "-o", signed, status: 1)
    }
}
