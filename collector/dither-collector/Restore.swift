internal import ArgumentParser
internal import CollectorService

/// `dither-collector restore`
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a copy the store again; no collector may have the store meanwhile.",
        discussion: """
            The copy is read and checked first, and stays. A store that is there is replaced only with --force, and is kept \
            beside the new one as FILE.replaced until somebody removes it.

            EXAMPLES:
              dither-collector restore --from /backup/reports.db --store reports.db
              dither-collector restore --from /backup/reports.db --store reports.db --force

            EXIT CODES:
              0 restored · 1 there is a store, or its folder cannot be written · 2 usage · 6 a collector has the
              store · 8 the copy is no store, is damaged or has another version
            """)

    @Option(help: ArgumentHelp("The copy, made by: dither-collector backup", valueName: "copy"))
    var from: String

    @Option(help: ArgumentHelp("The store to make.", valueName: "file"))
    var store: String

    @Flag(help: "Replace a store that is there.")
    var force = false

    func validate() throws {
        try requireFile(from, of: "--from")
        try requireFile(store, of: "--store")
    }

    func run() throws {
        let progress = Progress("copying")
        let aside = try StoreBackup.restore(from, to: store, replacing: force) { progress.update($0, of: $1) }
        if let aside { try Output.write("the old store is kept as \(aside)\n") }
    }
}
