public import ArgumentParser
internal import Glibc
internal import MetricDefinitions
internal import RegistryCompiler

/// `dither registry compile`: the set that agents and collectors load.
public struct RegistryCompileCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "compile",
        abstract: "Write the compact set that agents and collectors load.",
        discussion: """
            Checks the registry and its lock first; nothing is written if there is an error. Equal registries give \
            equal bytes. Where a metric says 'mechanism: auto', what was chosen, why and over what is told, and the \
            lock is written with it, so that later versions keep the choice.

            EXAMPLES:
              dither registry compile metrics.yaml -o metrics.set
              dither registry compile metrics.yaml -o metrics.set --lock ci/metrics.lock

            EXIT STATUS:
              0  written
              1  a file cannot be read or written
              2  usage
              4  the registry or its lock is refused
            """)

    @Argument(help: "The registry: a YAML file.")
    var file: String

    @Option(name: [.short, .long], help: "Where the set is written.")
    var output: String

    @Option(help: "The lock, if it is not beside the registry.")
    var lock: String?

    public init() {}

    public func run() throws {
        try RegistryLoading.refuseOverwriting(
            [(file, "the registry"), (lock ?? RegistrySource.lockPath(beside: file), "its lock")], by: output,
            example: "metrics.set")
        let choice: RegistrySource.LockChoice = lock.map { .file($0, mustExist: true) } ?? .beside
        let source = try RegistryLoading.load(file, expiry: .refuse, lock: choice)
        let set = source.set
        do throws(RegistryError) {
            // A set whose mechanisms were chosen goes out only after the lock holds what they are.
            if source.hasUnlockedChoices, let path = source.lockPath {
                try source.updatedLock.write(to: path)
                StandardStreams.tell(
                    "\(path): written, with the mechanisms that were chosen; commit it with the registry")
            }
            let byteCount = try CompiledSet.write(set, to: output)
            let metrics = set.metrics.count == 1 ? "1 metric" : "\(set.metrics.count) metrics"
            StandardStreams.tell("\(output): \(metrics), \(byteCount) bytes")
        } catch { throw RegistryLoading.commandError(for: error) }
    }
}
