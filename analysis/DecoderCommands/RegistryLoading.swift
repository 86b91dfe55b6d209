internal import Foundation
internal import LocalPrivacy
internal import MetricDefinitions
public import RegistryCompiler
public import ReportFormat

/// Reading what `--registry` names, with findings for people on standard error.
public enum RegistryLoading {
    /// Today by the system's clock.
    public static var today: UTCDay { UTCDay(containing: Int64(Date().timeIntervalSince1970)) }

    /// Reads a registry in YAML or a compiled set, tells its notes, and holds it to the lock beside it.
    ///
    /// - Throws: ``CommandError``; what is wrong with the registry has then been told, line by line.
    public static func load(
        _ path: String, expiry: RegistrySource.ExpiryRule, lock: RegistrySource.LockChoice = .beside,
        today: UTCDay = today
    ) throws(CommandError) -> RegistrySource {
        do {
            let source = try RegistrySource.load(path: path, today: today, expiry: expiry, lock: lock)
            tell(source.notes + [source.lockNote].compactMap(\.self))
            return source
        } catch {
            if case .refused(let findings) = error { tell(findings) }
            throw commandError(for: error)
        }
    }

    static func tell(_ findings: [RegistryDiagnostic]) {
        for finding in findings { StandardStreams.tell(finding.description) }
    }

    /// What a command reads that is about a registry and a store, and what it is called: an SQLite store is several files.
    static func inputs(
        registry: String, stores: [String], candidates: [String] = []
    ) -> [(path: String, name: String)] {
        [(registry, "the registry"), (RegistrySource.lockPath(beside: registry), "its lock")]
            + stores.flatMap { store in
                [
                    (store, "the store"), (store + "-wal", "the store's log"),
                    (store + "-shm", "the index of the store's log"),
                    (store + ".lock", "the store's lock"),
                ]
            } + candidates.map { ($0, "the list of candidates") }
    }

    /// Sees to it that a command does not write over what it reads.
    ///
    /// - Parameter inputs: what is read, and what it is called.
    /// - Parameter example: a file that could be meant.
    static func refuseOverwriting(
        _ inputs: [(path: String, name: String)], by output: String, option: String = "--output", example: String
    ) throws(CommandError) {
        for input in inputs where FileIdentity.isOne(output, input.path) {
            throw CommandError(
                .usage, "\(option) \(output) is \(input.name) itself. Name another file, such as \(example)")
        }
    }

    /// The last words about a registry that cannot be used; the findings of a refusal are told apart.
    static func commandError(for error: RegistryError) -> CommandError {
        switch error {
        case .unreadable, .unwritable, .digestUnavailable: CommandError(.runtimeFailure, error.message)
        case .tooLarge, .refused, .compiledSet: CommandError(.validationFailed, error.message)
        }
    }
}
