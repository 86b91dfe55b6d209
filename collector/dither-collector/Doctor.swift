internal import ArgumentParser
internal import CollectorService

/// `dither-collector doctor`
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at everything around a store that can be wrong. Changes nothing.",
        discussion: """
            Permissions, file system, space, leftovers, lock, version, log and clock; with the flags also the metric set, \
            the certificate and the key. Run it as the collector's user. It does not read the reports: that is verify.

            EXAMPLES:
              dither-collector doctor --store /var/lib/dither/reports.db
              dither-collector doctor --store reports.db --metrics metrics.set --tls-certificate chain.pem \\
                --tls-key key.pem

            EXIT CODES:
              0 nothing is wrong, at most there are warnings · 1 something is · 2 usage
            """)

    @OptionGroup var subject: StoreOption

    @Option(help: ArgumentHelp("The compiled metric set that the collector serves.", valueName: "set"))
    var metrics: String?

    @Option(help: ArgumentHelp("The server's certificate, in PEM.", valueName: "pem"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The certificate's private key, in PEM.", valueName: "pem"))
    var tlsKey: String?

    @Option(help: "How findings are written: table (for people), csv or json.")
    var format = OutputFormat.table

    func run() throws {
        var doctor = StoreDoctor(storePath: subject.store, now: CollectorClock.system.now)
        (doctor.metricSetPath, doctor.certificatePath, doctor.keyPath) = (metrics, tlsCertificate, tlsKey)
        let findings = doctor.findings()
        var table = ResultTable(columns: ["verdict", "subject", "finding"])
        for finding in findings {
            table.append([.text(finding.verdict.rawValue), .text(finding.subject), .text(finding.sentence)])
        }
        try Output.write(table.rendered(as: format, schema: .doctor))
        if findings.contains(where: { $0.verdict == .failure }) { throw ExitCode(1) }
    }
}
