internal import ArgumentParser
internal import CollectorService

/// `dither-collector backup`
struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy a store, also while its collector runs.",
        discussion: """
            The copy is the store as it is at one moment, in one file, for its owner's eyes. It is read back and checked, \
            and gets its name only when it is whole and on the disk.

            EXAMPLES:
              dither-collector backup --store reports.db -o /backup/reports.db
              dither-collector backup --store reports.db -o "/backup/reports-$(date -u +%F).db"
              dither-collector backup --store reports.db -o /backup/latest.db --force

            EXIT CODES:
              0 copied and checked · 1 the copy exists or cannot be written · 2 usage · 6 store locked by another
              program, or a collector has the file that --force would replace · 8 no store, a damaged one or another version
            """)

    @OptionGroup var source: StoreOption

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The copy to make.", valueName: "copy"))
    var output: String

    @Flag(help: "Replace a file that has the copy's name.")
    var force = false

    func validate() throws { try requireFile(output, of: "--output") }

    func run() throws {
        let progress = Progress("copying")
        try StoreBackup.make(of: source.store, at: output, replacing: force) { progress.update($0, of: $1) }
    }
}
