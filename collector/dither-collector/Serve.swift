internal import ArgumentParser
internal import CollectorService
internal import Glibc
internal import Logging

/// `dither-collector serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until told to stop by SIGTERM or SIGINT, then finish what is under way.",
        discussion: """
            EXAMPLES:
              dither-collector serve --metrics metrics.set --store reports.db --listen 127.0.0.1:8080
              dither-collector serve --metrics metrics.set --store reports.db --listen 0.0.0.0:443 \\
                --tls-certificate chain.pem --tls-key key.pem --health-listen 127.0.0.1:9001
              dither-collector serve --metrics metrics.set --signed-metrics metrics.signed --store reports.db \\
                --listen 127.0.0.1:8080

            EXIT CODES:
              0 stopped as told · 1 failure while running · 2 usage · 4 metric set, certificate or key refused, or
              a definition changed without a new version · 6 store in use, or address not to be had ·
              8 no store, a damaged one or another version
            """)

    @Option(help: ArgumentHelp("The compiled metric set.", valueName: "set"))
    var metrics: String

    @Option(help: ArgumentHelp("A signed set, which agents get at /v1/registry.", valueName: "signed"))
    var signedMetrics: String?

    @Option(help: ArgumentHelp("The store, an SQLite file; made if there is none.", valueName: "file"))
    var store: String

    @Option(help: ArgumentHelp("Where to accept batches; port 0 picks one.", valueName: "host:port"))
    var listen: String

    @Option(help: ArgumentHelp("The server's certificate and its intermediates, in PEM.", valueName: "pem"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The certificate's private key, in PEM.", valueName: "pem"))
    var tlsKey: String?

    @Option(help: ArgumentHelp("Where to answer /healthz and /readyz, by HTTP.", valueName: "host:port"))
    var healthListen: String?

    func validate() throws {
        for (name, text) in [("--listen", listen), ("--health-listen", healthListen)] {
            guard let text, ListenAddress(text) == nil else { continue }
            throw ValidationError(
                "\(name) \(text) is no HOST:PORT; write it like 127.0.0.1:8080 or [::1]:8080.")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError(
                "--tls-certificate and --tls-key belong together; give both for TLS, or neither for plain HTTP.")
        }
    }

    func run() async throws {
        guard let uploadAddress = ListenAddress(listen) else { return }
        var configuration = CollectorConfiguration(
            metricSetPath: metrics, storePath: store, uploadAddress: uploadAddress,
            healthAddress: healthListen.flatMap { ListenAddress($0) })
        configuration.signedSetPath = signedMetrics
        if let tlsCertificate, let tlsKey {
            configuration.tls = .init(certificatePath: tlsCertificate, keyPath: tlsKey)
        }
        let server = try CollectorServer(configuration, logger: Logger(label: "dither-collector"))
        try await server.run { url in
            print("listening on \(url)")
            fflush(nil)
        }
    }
}
