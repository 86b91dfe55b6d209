public import ArgumentParser
internal import MetricDefinitions
internal import RegistryCompiler

extension GeneratedCode.Language: ExpressibleByArgument {}

/// `dither registry generate`: names that a host program cannot misspell.
public struct RegistryGenerateCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write source code with a function for each metric and a constant for each category.",
        discussion: """
            A program that records through these functions does not compile with a metric or a category that the registry \
            does not have; the code holds the compiled set too, so that no file is needed. swift gives an enumeration over TelemetryAgent; c a header over dither.h, for C99 and C++. A \
            file that is up to date is left alone. Swift packages can have this done at every build by the plugin \
            MetricConstants.

            EXAMPLES:
              dither registry generate c metrics.yaml -o flights_metrics.h
              dither registry generate swift metrics.yaml -o Sources/Airline/FlightsMetrics.swift
              dither registry generate swift metrics.yaml --prefix Telemetry

            EXIT STATUS:
              0  written
              1  a file cannot be read or written
              2  usage, or a prefix that cannot be used
              4  the registry or its lock is refused
            """)

    @Argument(help: "The language: swift or c.")
    var language: GeneratedCode.Language

    @Argument(help: "The registry: a YAML file, or a compiled set.")
    var file: String

    @Option(name: [.short, .long], help: "Where the code is written; without it, to standard output.")
    var output: String?

    @Option(
        help: """
            The enumeration's name in Swift, or what all names begin with in C; made from the project's name if it is \
            missing.
            """)
    var prefix: String?

    @Option(help: "The lock, if it is not beside the registry.")
    var lock: String?

    public init() {}

    public func run() throws {
        if let output {
            try RegistryLoading.refuseOverwriting(
                [(file, "the registry"), (lock ?? RegistrySource.lockPath(beside: file), "its lock")], by: output,
                example: language == .c ? "metrics.h" : "Metrics.swift")
        }
        let choice: RegistrySource.LockChoice = lock.map { .file($0, mustExist: true) } ?? .beside
        let set = try RegistryLoading.load(file, expiry: .note, lock: choice).set
        let code: String
        do { code = try GeneratedCode.text(of: set, in: language, prefix: prefix) } catch {
            throw CommandError(.usage, message(for: error))
        }
        guard let output else { return try StandardStreams.write(code) }
        do { try GeneratedCode.write(code, to: output) } catch { throw RegistryLoading.commandError(for: error) }
    }

    private func message(for failure: GeneratedCode.Failure) -> String {
        switch failure {
        case .unfitPrefix(let prefix):
            "'\(prefix)' cannot begin names in \(language.rawValue): name another with --prefix, of letters, digits and "
                + "'_', that is no reserved word and, in C, does not begin with 'dither' or '_'"
        case .set(let error): error.sentence
        case .noPrefix: "the project's name holds no word that names can begin with. Name one with --prefix"
        }
    }
}
