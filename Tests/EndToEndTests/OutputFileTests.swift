import TestSupport
import Testing

@Suite("Where -o writes")
struct OutputFileTests {
    private let shell: Shell

    init() throws { shell = Shell(workspace: try Playground.copy()) }

    @Test(
        "A file and standard output, which is -, get the same; a link stays one",
        arguments: [
            "dither registry compile metrics.yaml", "dither registry explain metrics.yaml --html",
            "dither export --registry metrics.yaml --store reports.db --format csv",
        ])
    func places(line: String) throws {
        let outcome = try shell.run(
            """
            touch target; ln -s target link
            \(line) -o file && (echo head; \(line) -o -) > printed && \(line) -o - | cat > piped && \(line) -o link
            test -s file && test "$(head -n 1 printed)" = head && tail -n +2 printed | cmp - file && cmp file piped &&
            cmp file target && test -L link && test ! -e ./-
            """)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.complaint)")
    }

    @Test("A database needs a plain file")
    func database() throws {
        let outcome = try shell.run(
            "dither export --registry metrics.yaml --store reports.db --format sqlite -o - > printed")
        #expect(outcome.status == 2 && outcome.complaint.contains("is no plain file"), "\(outcome.complaint)")
    }
}
