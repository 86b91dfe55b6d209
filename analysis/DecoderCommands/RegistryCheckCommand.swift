public import ArgumentParser
internal import MetricDefinitions
internal import RegistryCompiler

/// `dither registry check`: every error of a registry, and its lock.
public struct RegistryCheckCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Find every error in a registry, and hold it to its lock.",
        discussion: """
            Each finding is FILE:LINE:COLUMN, what is wrong and what to do, on standard error; with --format csv or \
            json the findings go to standard output instead. The lock is the file beside the registry with the \
            extension .lock: it belongs into version control, and holds every id, name and definition that ever was.

            EXAMPLES:
              dither registry check metrics.yaml
              dither registry check metrics.yaml --update
              dither registry check metrics.yaml --lock ci/metrics.lock --format json

            EXIT STATUS:
              0  no errors
              1  a file cannot be read or written
              2  usage
              4  the registry or its lock is refused
            """)

    @Argument(help: "The registry: a YAML file, or a compiled set.")
    var file: String

    @Option(help: "The lock, if it is not beside the registry.")
    var lock: String?

    @Flag(help: "Write the lock anew, provided that there are no errors.")
    var update = false

    @Option(help: "How findings are written: table (for people), csv or json.")
    var format = OutputFormat.table

    public init() {}

    public func run() throws {
        let choice: RegistrySource.LockChoice = lock.map { .file($0, mustExist: !update) } ?? .beside
        let source: RegistrySource
        do throws(RegistryError) {
            source = try RegistrySource.load(path: file, today: RegistryLoading.today, lock: choice)
        } catch {
            if case .refused(let findings) = error { try show(findings) }
            throw RegistryLoading.commandError(for: error)
        }
        // A note that the lock is behind is settled by the update.
        try show(source.notes + (update ? [] : [source.lockNote].compactMap(\.self)))
        if update { try writeLock(for: source) } else { tellMissingLock(source) }
        if format == .table { try StandardStreams.write(summary(of: source.set)) }
    }

    private func show(_ findings: [RegistryDiagnostic]) throws(CommandError) {
        guard format != .table else { return RegistryLoading.tell(findings) }
        var table = Table(columns: ["severity", "file", "line", "column", "message", "remedy"])
        for finding in findings {
            table.append([
                .text(finding.severity.rawValue), .text(finding.file), .integer(finding.position.line),
                .integer(finding.position.column), .text(finding.message), .text(finding.remedy),
            ])
        }
        try StandardStreams.write(table.rendered(as: format, schema: .registryCheck))
    }

    private func writeLock(for source: RegistrySource) throws(CommandError) {
        guard let path = source.lockPath else {
            throw CommandError(
                .usage, "--update of a compiled set needs --lock: name the lock, or check the YAML registry instead")
        }
        do throws(RegistryError) {
            let updated = source.updatedLock
            guard updated != source.lock else { return StandardStreams.tell("\(path): up to date") }
            try updated.write(to: path)
            StandardStreams.tell("\(path): written; commit it with the registry")
        } catch { throw RegistryLoading.commandError(for: error) }
    }

    private func tellMissingLock(_ source: RegistrySource) {
        guard source.lock == nil, let path = source.lockPath else { return }
        StandardStreams.tell(
            "\(file): note: there is no lock \(path), so changes of meaning go unnoticed. Run 'dither registry check "
                + "\(file) --update' and commit the lock.")
    }

    private func summary(of set: MetricSet) -> String {
        let count = set.metrics.count
        return "\(printable(file)): no errors; \(count == 1 ? "1 metric" : "\(count) metrics") of project "
            + "\(printable(set.project))\n"
    }
}
