public import ArgumentParser

/// `dither registry`: what can be done with a registry before anything is measured.
public struct RegistryCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "registry",
        abstract: "Check, explain, compile and sign registries of metrics.",
        discussion: """
            A registry is a YAML file that states for every metric what is asked, how it is randomized and what a \
            device may spend. 'compile' turns it into the set that agents and collectors load.

            EXAMPLES:
              dither registry check metrics.yaml
              dither registry explain metrics.yaml
              dither registry compile metrics.yaml -o metrics.set
              dither registry generate c metrics.yaml -o flights_metrics.h
              dither registry sign metrics.yaml --key flights.key --sequence 1 -o metrics.signed

            \(DitherCommand.exitStatusHelp)
            """,
        subcommands: [
            RegistryCheckCommand.self, RegistryExplainCommand.self, RegistryCompileCommand.self,
            RegistryGenerateCommand.self, RegistryKeygenCommand.self, RegistrySignCommand.self,
            RegistryRotateCommand.self, RegistryVerifyCommand.self,
        ])

    public init() {}
}
