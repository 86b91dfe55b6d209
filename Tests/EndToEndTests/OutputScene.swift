/// The folder in which ``OutputLine/all`` run, with a collector that takes reports.
struct OutputScene {
    let shell: Shell
    let collector: RunningCollector

    init() throws {
        shell = Shell(workspace: try Playground.copy())
        collector = try RunningCollector(
            metricSet: shell.workspace.file("metrics.set"), store: shell.workspace.file("collected.db"))
    }

    func run(_ line: OutputLine, as format: String) throws -> Outcome {
        try shell.run(line.line.replacing("FORMAT", with: format).replacing("URL", with: collector.url))
    }
}
