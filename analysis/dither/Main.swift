internal import ArgumentParser
internal import Dashboard
internal import DecoderCommands

/// The `dither` executable.
@main
struct Main: AsyncParsableCommand {
    static let configuration = DitherCommand.configuration(adding: [
        DashboardCommand.self, SimulateCommand.self, DemoCommand.self,
    ])

    static func main() async { await runDither(Self.self) }
}
