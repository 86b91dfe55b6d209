internal import ArgumentParser
internal import CollectorService
internal import ReportFormat

/// `dither-collector inspect`
struct Inspect: ParsableCommand {
    /// What can be shown.
    enum View: String, CaseIterable, ExpressibleByArgument {
        case metrics
        case days
        case counters
        case file
    }

    static let configuration = CommandConfiguration(
        abstract: "Say what a store holds, in numbers, also while its collector runs.",
        discussion: """
            Shows one of: metrics, what there is of each metric and version; days, the same for each day; counters, how \
            many batches came on each day, and how many reports were stored, rejected and deleted; file, sizes and \
            versions. No report is shown: dither estimate reads them.

            EXAMPLES:
              dither-collector inspect --store reports.db
              dither-collector inspect --store reports.db --show counters --format csv

            EXIT CODES:
              0 shown · 1 it cannot be read · 2 usage · 6 locked by another program · 8 no store, a damaged one or
              another version
            """)

    @OptionGroup var subject: StoreOption

    @Option(help: "What to show: metrics, days, counters or file.")
    var show = View.metrics

    @Option(help: "How it is written: table (for people), csv or json.")
    var format = OutputFormat.table

    func run() throws {
        let inspection = try maintaining { () throws(StoreError) in try StoreInspection(path: subject.store) }
        let (table, schema): (ResultTable, OutputSchema) =
            switch show {
            case .metrics: (Self.table(of: inspection.metrics), .inspectMetrics)
            case .days: (Self.table(of: inspection.days), .inspectDays)
            case .counters: (Self.counters(of: inspection), .inspectCounters)
            case .file: (Self.file(of: inspection), .inspectFile)
            }
        try Output.write(table.rendered(as: format, schema: schema))
    }

    private static func table(of holdings: [StoreInspection.Holding]) -> ResultTable {
        var table = ResultTable(
            columns: ["metric", "version", "first_day", "last_day", "staged", "sealed", "chunks", "bytes"])
        for holding in holdings {
            table.append([
                .integer(Int(holding.metric)), .integer(Int(holding.version)),
                .text(holding.days.lowerBound.description), .text(holding.days.upperBound.description),
                .integer(holding.stagedCount), .integer(holding.sealedCount), .integer(holding.chunkCount),
                .integer(holding.byteCount),
            ])
        }
        return table
    }

    private static func counters(of inspection: StoreInspection) -> ResultTable {
        var table = ResultTable(columns: ["day", "counter", "count"])
        for count in inspection.counts {
            table.append([.text(count.day.description), .text(count.name), .integer(count.count)])
        }
        return table
    }

    private static func file(of inspection: StoreInspection) -> ResultTable {
        var table = ResultTable(columns: ["quantity", "count"])
        for (name, count) in [
            ("version", Int(inspection.version)), ("file_bytes", inspection.fileByteCount),
            ("free_bytes", inspection.freeByteCount), ("log_bytes", inspection.logByteCount),
            ("batches", inspection.batchCount), ("staged", inspection.days.map(\.stagedCount).reduce(0, +)),
            ("sealed", inspection.days.map(\.sealedCount).reduce(0, +)),
        ] { table.append([.text(name), .integer(count)]) }
        return table
    }
}
