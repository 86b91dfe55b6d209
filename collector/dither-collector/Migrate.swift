internal import ArgumentParser
internal import CollectorService

/// `dither-collector migrate`
struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Raise a store to this version's tables; no collector may have the store meanwhile.",
        discussion: """
            A collector does so by itself when it starts, in a moment. This command does it at a moment of your choosing, \
            and rewrites a store that was made before version 2, so that it gives space back to the file system from then \
            on. No older program reads the store afterwards: make a copy first.

            EXAMPLES:
              dither-collector migrate --store reports.db --dry-run
              dither-collector migrate --store reports.db

            EXIT CODES:
              0 it has the present version · 1 it cannot be written, or there is no space · 2 usage · 6 a collector has
              the store · 8 no store, a damaged one or a newer version
            """)

    @OptionGroup var subject: StoreOption

    @Flag(help: "Say what would be done, and do nothing.")
    var dryRun = false

    func run() throws {
        let upgrade = try maintaining { () throws(StoreError) in try StoreUpgrade(ofStoreAt: subject.store) }
        var words: [String] = []
        if upgrade.version < StoreUpgrade.presentVersion {
            words.append("version \(upgrade.version) is raised to \(StoreUpgrade.presentVersion)")
        }
        if upgrade.needsRewriting { words.append("the file is rewritten, so that it can give space back") }
        guard !words.isEmpty else {
            try Output.write("nothing to do: the store has version \(upgrade.version)\n")
            return
        }
        if !dryRun { try maintaining { () throws(StoreError) in try StoreUpgrade.run(onStoreAt: subject.store) } }
        try Output.write((dryRun ? "to do: " : "done: ") + words.joined(separator: "; ") + "\n")
    }
}
