internal import ArgumentParser
internal import CollectorService

/// `dither-collector verify`
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read a whole store and check it, also while its collector runs.",
        discussion: """
            Looks at SQLite's structure, at the tables, at every chunk's checksum and at every row that no collector can \
            have written. Findings go to standard output, one a line; with csv and json they are rows.

            EXAMPLES:
              dither-collector verify --store reports.db
              dither-collector verify --store /backup/reports.db --format json

            EXIT CODES:
              0 sound · 1 it cannot be read · 2 usage · 6 locked by another program · 8 damaged, no store or
              another version
            """)

    @OptionGroup var subject: StoreOption

    @Option(help: "How findings are written: table (for people), csv or json.")
    var format = OutputFormat.table

    func run() throws {
        let progress = Progress("reading")
        let verification = try maintaining { () throws(StoreError) in
            try StoreVerification.run(path: subject.store) { progress.update($0, of: $1) }
        }
        var table = ResultTable(columns: ["place", "problem"])
        for finding in verification.findings { table.append([.text(finding.place), .text(finding.problem)]) }
        if format != .table {
            try Output.write(table.rendered(as: format, schema: .verify))
        } else if verification.findings.isEmpty {
            try Output.write(
                "sound: version \(verification.version), \(verification.chunkCount) chunks with "
                    + "\(verification.sealedCount) reports, \(verification.stagedCount) staged reports, "
                    + "\(verification.batchCount) batches\n")
        } else {
            try Output.write(table.rendered(as: .table, schema: .verify))
        }
        guard verification.findings.isEmpty else { throw StoreMaintenanceError.damaged(path: subject.store) }
    }
}
