public import ArgumentParser

/// The `dither` command: checks registries, and estimates from what a collector has stored.
public struct DitherCommand: ParsableCommand {
    public static let configuration = configuration(adding: [])

    /// The version of this program.
    static let version = "0.1.0"

    public init() {}

    /// The command with further subcommands, which an executable defines itself.
    public static func configuration(adding subcommands: [any ParsableCommand.Type]) -> CommandConfiguration {
        CommandConfiguration(
            commandName: "dither",
            abstract: "Telemetry under local differential privacy: registries and estimates.",
            discussion: """
                Every device adds its own noise before it sends anything; this command says what that noise guarantees, \
                and what the noisy reports say about the population.

                EXAMPLES:
                  dither plan --target 1% --epsilon 1 --domain 16
                  dither registry check metrics.yaml
                  dither registry explain metrics.yaml departed_late
                  dither registry compile metrics.yaml -o metrics.set
                  dither estimate --registry metrics.yaml --store reports.db --metric departed_late
                  dither audit --registry metrics.yaml

                \(exitStatusHelp)
                """,
            version: "dither \(version)",
            subcommands: [
                RegistryCommand.self, EstimateCommand.self, CompareCommand.self, ReportCommand.self, ExportCommand.self,
                PlanCommand.self, AuditCommand.self, StudyCommand.self, RapporCommand.self, AssociateCommand.self,
            ] + subcommands)
    }

    /// The part of every command's help that names the exit statuses.
    public static let exitStatusHelp = """
        EXIT STATUS:
          0    success
          1    a failure at run time, such as a file that cannot be read
          2    usage
          3    too few reports to show
          4    a registry, lock, compiled set or CSV file is refused
          5    forbidden by the privacy policy
          6    a peer, the network or a lock may allow it later
          7    authentication failed
          8    a store is damaged or of another version
          130  interrupted
        """
}
