internal import ArgumentParser
internal import CollectorService
internal import ReportFormat

/// `dither-collector purge`
struct Purge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete a metric's reports for good, also while the collector runs.",
        discussion: """
            Deletes the reports about the days before one, or all of them, sealed or not, and overwrites their bytes. \
            What comes later for those days is stored again; to keep a metric's reports for so many days and no longer, \
            set serve --retention. Copies keep what they have.

            EXAMPLES:
              dither-collector purge --store reports.db --metrics metrics.set --metric destination --dry-run
              dither-collector purge --store reports.db --metrics metrics.set --metric destination --before 2026-06-01
              dither-collector purge --store reports.db --metric 7

            EXIT CODES:
              0 deleted, or there was nothing · 1 the store cannot be written · 2 usage, or no such metric · 4 the metric
              set is refused · 6 store locked by another program · 8 no store, a damaged one or another version
            """)

    @OptionGroup var subject: StoreOption

    @Option(help: ArgumentHelp("The metric's name in the set, or its number.", valueName: "name"))
    var metric: String

    @Option(help: ArgumentHelp("The compiled metric set that has the name.", valueName: "set"))
    var metrics: String?

    @Option(
        help: ArgumentHelp("Delete reports about the days before this one; without it all.", valueName: "yyyy-mm-dd"))
    var before: String?

    @Flag(help: "Say how many reports would be deleted, and delete none.")
    var dryRun = false

    func validate() throws {
        if let before, UTCDay(iso: before) == nil {
            throw ValidationError("--before \(before) is no day; write it like 2026-06-01.")
        }
    }

    func run() throws {
        let set = try metrics.map { path in try MetricOffer.metricSet(at: path) }
        let purge = try StorePurge(metric: metric, of: set, before: before.flatMap { UTCDay(iso: $0) })
        let count = try purge.count(inStoreAt: subject.store)
        guard !dryRun else {
            try Output.write("\(count) reports would be deleted\n")
            return
        }
        let progress = Progress("deleting")
        let outcome = try maintaining { () throws(StoreError) in
            try purge.run(onStoreAt: subject.store, today: CollectorClock.system.today) {
                progress.update($0, of: count)
            }
        }
        try Output.write("\(outcome.reportCount) reports deleted\n")
        if !outcome.logIsEmpty { try Output.write("a reader holds the log, which the collector empties later\n") }
    }
}
