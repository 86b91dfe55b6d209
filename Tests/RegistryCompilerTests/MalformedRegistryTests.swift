import RegistryCompiler
import TestSupport
import Testing

@Suite("Malformed registries")
struct MalformedRegistryTests {
    /// What a fixture's first lines say: `# expect LINE:COLUMN: PART OF THE MESSAGE`.
    private func expectations(of lines: [Substring]) -> [String] {
        lines.prefix { $0.hasPrefix("# expect ") }.map { String($0.dropFirst("# expect ".count)) }
    }

    @Test(
        "Each malformed registry is refused with exactly the findings that its first lines expect",
        arguments: try! Fixtures.names(in: "registries/malformed"))
    func malformed(name: String) throws {
        let path = "registries/malformed/\(name)"
        let expected = expectations(of: try Fixtures.lines(path))
        try #require(!expected.isEmpty)
        let found = try findings(in: try Fixtures.bytes(path)).map { finding in
            "\(finding.position.line):\(finding.position.column): \(finding.message). \(finding.remedy)"
        }
        #expect(found.count == expected.count, "\(found)")
        for (finding, expectation) in zip(found, expected) {
            let parts = expectation.split(separator: ": ", maxSplits: 1)
            #expect(finding.hasPrefix(parts[0] + ":") && finding.contains(parts[1]), "\(finding) ≠ \(expectation)")
        }
    }

    @Test("Every finding is one line of file, place, severity, message and remedy, each a sentence")
    func shape() throws {
        for name in try Fixtures.names(in: "registries/malformed") {
            for finding in try findings(in: try Fixtures.bytes("registries/malformed/\(name)")) {
                let text = finding.description
                #expect(text.hasPrefix("metrics.yaml:\(finding.position.line):\(finding.position.column): error: "))
                #expect(!text.contains("\n") && text.hasSuffix("\(finding.message). \(finding.remedy)"))
                #expect(!finding.message.hasSuffix(".") && ".?".contains(finding.remedy.last ?? " "), "\(text)")
            }
        }
    }

    @Test(
        "Bytes that are no text of a registry are refused where they stand",
        arguments: [
            ([], "1:1"), (Array("# only a comment\n".utf8), "1:1"),
            (Array("registry: 1\nproject: \u{FF}".utf8) + [0xC3, 0x28], "2:11"),
            (Array("registry: 1\nab".utf8) + [0xFF], "2:3"), (Array("registry: 1\n\u{0}".utf8), "2:1"),
            (Array("registry: \u{FEFF}1\n".utf8), "1:11"), (Array("registry: \u{FFFE}1\n".utf8), "1:11"),
        ] as [([UInt8], String)])
    func noText(bytes: [UInt8], place: String) throws {
        let found = try findings(in: bytes)
        #expect(found.map { "\($0.position.line):\($0.position.column)" } == [place])
    }

    @Test("A thousand levels of lists, mappings and keys are refused without a trap")
    func nesting() throws {
        for text in [
            String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
            String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000),
            String(repeating: "? ", count: 100_000), String(repeating: "{a: ", count: 100_000),
            String(repeating: "a:\n", count: 1),
        ] {
            #expect(try !findings(in: Array(text.utf8)).isEmpty)
        }
    }

    @Test("Aliases that would stand for 10⁹ words are refused before anything is built")
    func aliases() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        text += "? *a9\n: x\n"
        let found = try findings(in: Array(text.utf8))
        #expect(found.count == 1 && found[0].message.contains("alias"))
    }

    @Test("Of countless errors the first thousand are named")
    func countless() throws {
        let text = (0..<20_000).map { "key\($0): 1\n" }.joined()
        let found = try findings(in: Array(text.utf8))
        #expect(found.count == RegistryDiagnostic.limit)
        #expect(found.map(\.position.line) == Array(1...RegistryDiagnostic.limit))
    }

    @Test("A registry above four mebibytes is refused unread")
    func tooLarge() throws {
        let bytes = Array("registry: 1\n".utf8) + [UInt8](repeating: 35, count: RegistryCompiler.byteLimit)
        #expect(throws: RegistryError.tooLarge(path: "metrics.yaml", limit: RegistryCompiler.byteLimit)) {
            _ = try findings(in: bytes)
        }
    }
}
