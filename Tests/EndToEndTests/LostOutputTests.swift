import TestSupport
import Testing

@Suite("A result that cannot be written")
struct LostOutputTests {
    private let shell: Shell

    init() throws { shell = Shell(workspace: try Playground.copy()) }

    @Test(
        "It is told, and the command has failed",
        arguments: [
            "inspect --store reports.db", "verify --store reports.db",
            "config show --metrics m.set --store s.db --listen 127.0.0.1:0", "--version",
        ])
    func told(arguments: String) throws {
        for lost in [">/dev/full", ">&-"] {
            let outcome = try shell.run("dither-collector \(arguments) \(lost)")
            #expect(outcome.status == 1, "\(arguments) \(lost)")
            #expect(outcome.complaint.contains("standard output cannot be written"), "\(outcome.complaint)")
        }
    }

    @Test("A token that nobody was shown is not made", arguments: [">/dev/full", ">&-"])
    func token(lost: String) throws {
        let new = "dither-collector token new --tokens made --role read --name prometheus"
        let outcome = try shell.run("\(new) \(lost)")
        #expect(outcome.status == 1 && outcome.complaint.contains("standard output cannot be written"))
        #expect(try shell.run("test ! -e made && test ! -e made.new && \(new)").status == 0)
    }

    @Test("Nor one whose reader has gone, and the next can be made")
    func goneReader() throws {
        let new = "dither-collector token new --tokens made --role read --name prometheus"
        let outcome = try shell.run("{ sleep 1; \(new) || echo \"status $?\" >&2; } | true")
        #expect(outcome.complaint.contains("Broken pipe") && outcome.complaint.contains("status 1"))
        #expect(try shell.run("test ! -e made && test ! -e made.new && \(new)").status == 0)
    }
}
