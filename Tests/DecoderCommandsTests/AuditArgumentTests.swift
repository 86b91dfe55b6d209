import ArgumentParser
import DecoderCommands
import Testing

@Suite("The command line of dither audit")
struct AuditArgumentTests {
    @Test(
        "too few or too many trials, and no format, are usage errors that name them",
        arguments: [
            (["--trials", "999"], "--trials 999"), (["--trials", "100000001"], "between 1000 and 100000000"),
            (["--trials", "many"], "many"), (["--format", "xml"], "csv"),
        ])
    func usage(arguments: [String], words: String) {
        do {
            _ = try AuditCommand.parse(["--registry", "r"] + arguments)
            Issue.record("\(arguments) were taken")
        } catch {
            #expect(AuditCommand.exitCode(for: error) == .validationFailure)
            #expect(AuditCommand.message(for: error).contains(words))
        }
    }

    @Test("a registry is needed")
    func missing() {
        #expect(throws: (any Error).self) { try AuditCommand.parse([]) }
    }

    @Test("every option is taken where it is right")
    func accepted() {
        #expect(throws: Never.self) {
            try AuditCommand.parse([
                "--registry", "r", "--metric", "a", "--metric", "b", "--trials", "1000", "--proof-only", "--checks",
                "--format", "json",
            ])
        }
    }
}
