internal import ArgumentParser
internal import CollectorService
internal import CollectorSettings
internal import Foundation
internal import Glibc
internal import Logging

/// `dither-collector serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until told to stop by SIGTERM or SIGINT, then finish what is under way.",
        discussion: """
            EXAMPLES:
              dither-collector serve --metrics metrics.set --store reports.db --listen 127.0.0.1:8080
              dither-collector serve --config /etc/dither/collector.yaml
              dither-collector serve --metrics metrics.set --listen 127.0.0.1:8080 \\
                --store postgres://dither@db.example/reports?sslmode=verify-full
              dither-collector serve --config collector.yaml --listen 0.0.0.0:443 \\
                --tls-certificate chain.pem --tls-key key.pem --operations-listen 127.0.0.1:9001

            A setting is a flag, such as --tls-key, a variable, such as DITHER_COLLECTOR_TLS_KEY, or a key of the \
            --config file, such as tls_key. Look at what results with: dither-collector config check

            EXIT CODES:
              0 stopped as told · 1 failure while running · 2 usage · 4 settings file, metric set, certificate or key
              refused, or a definition changed without a new version · 6 store in use, or database or address
              not to be had · 7 the database lets nobody in · 8 no store, a damaged one or another version
            """)

    @OptionGroup var flags: SettingFlags

    func run() async throws {
        // Until there is something to reread, a request to do so must not end the process.
        signal(SIGHUP, SIG_IGN)
        let settings = try flags.effective()
        guard let configuration = CollectorConfiguration(settings) else { return }
        let format = settings[.logFormat].flatMap { LineLogHandler.Format(rawValue: $0) } ?? .text
        let level = settings[.logLevel].flatMap { Logger.Level(rawValue: $0) } ?? .notice
        LoggingSystem.bootstrap { _ in LineLogHandler(format, level: level) }
        let logger = Logger(label: "dither-collector")
        do throws(CollectorError) { try await serve(configuration, settings, logger) } catch {
            guard format == .json else { throw error }
            // Programs that read the log find out there, too, why it ends.
            logger.critical("\(error)")
            throw ExitCode(error.exitCode)
        }
    }

    private func serve(
        _ configuration: CollectorConfiguration, _ settings: EffectiveSettings, _ logger: Logger
    ) async throws(CollectorError) {
        for name in settings.unknownVariables { logger.warning("the variable \(name) is no setting; unset it") }
        let manager = ServiceManager(environment: ProcessInfo.processInfo.environment)
        let server = try CollectorServer(configuration, logger: logger, manager: manager)
        try await server.run { url in
            // Whoever does not read it is served all the same.
            try? Output.write("listening on \(url)\n")
        }
    }
}
