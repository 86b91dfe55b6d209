internal import ArgumentParser
internal import CollectorService
internal import CollectorSettings
internal import Glibc

/// `dither-collector config`
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at settings without serving.",
        discussion: """
            EXAMPLES:
              dither-collector config check --config /etc/dither/collector.yaml
              dither-collector config show --config /etc/dither/collector.yaml
            """,
        subcommands: [ConfigCheck.self, ConfigShow.self])
}

/// `dither-collector config check`
struct ConfigCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check settings and the files they name; print what results.",
        discussion: """
            Touches no store and no listener, so that it can be run beside a collector.

            EXAMPLES:
              dither-collector config check --config /etc/dither/collector.yaml
              dither-collector config check --config collector.yaml --listen 127.0.0.1:0 --format json

            EXIT CODES:
              0 a collector would start as far as this can tell · 1 the output cannot be written · 2 usage ·
              4 settings file, metric set, tokens or key refused, or a certificate that is none or has ended
            """)

    @OptionGroup var flags: SettingFlags
    @Option(help: "How the settings are written: table (for people), csv or json.")
    var format = OutputFormat.table

    func run() throws {
        let settings = try flags.effective()
        try SettingsPage(settings).write(as: format)
        guard let configuration = CollectorConfiguration(settings) else { return }
        let errors = CollectorServer.problems(with: configuration, now: CollectorClock.system.now)
        for error in errors { Main.complain("dither-collector: \(error)") }
        if !errors.isEmpty { Glibc.exit(4) }
    }
}

/// `dither-collector config show`
struct ConfigShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print every setting and where it was set.",
        discussion: """
            Reads the settings file alone, none of the files that it names.

            EXAMPLES:
              dither-collector config show --config /etc/dither/collector.yaml

            EXIT CODES:
              0 printed · 2 usage · 4 settings file refused
            """)

    @OptionGroup var flags: SettingFlags
    @Option(help: "How the settings are written: table (for people), csv or json.")
    var format = OutputFormat.table

    func run() throws { try SettingsPage(try flags.effective()).write(as: format) }
}
