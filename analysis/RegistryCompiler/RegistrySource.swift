public import MetricDefinitions
public import ReportFormat

/// What a command has read where it was told `--registry`: a checked set of metrics and what its reader should know.
public struct RegistrySource: Sendable {
    /// Whether a metric past its last day refuses the registry.
    public enum ExpiryRule: Hashable, Sendable {
        /// For commands that prepare new reports.
        case refuse
        /// For commands that only read old ones.
        case note
    }

    /// Which lock the registry is held against.
    public enum LockChoice: Hashable, Sendable {
        /// The file beside a YAML registry with the extension `.lock`, if it exists; for a compiled set, none.
        case beside
        /// This file; if `mustExist` is false, it may be missing.
        case file(String, mustExist: Bool)
    }

    /// The checked metrics.
    public let set: MetricSet
    /// Where the candidates of metrics of type string are, by the metric's name; none for a compiled set.
    public let candidates: [String: CandidateSource]
    /// What does not refuse the registry, in the order of the file.
    public let notes: [RegistryDiagnostic]
    /// That the registry is ahead of its lock, if it is.
    public let lockNote: RegistryDiagnostic?
    /// The lock that was read, with its place; `nil` where there is none.
    public let lock: MetricLock?
    /// The lock that the registry should have.
    public let updatedLock: MetricLock
    /// Where the lock is, or would be; `nil` for a compiled set that was given none.
    public let lockPath: String?
    private let choices: [UInt32: AutoChoice]

    /// Whether a mechanism was chosen that no lock keeps so far.
    public var hasUnlockedChoices: Bool { choices.values.contains { !$0.isLocked } }

    /// Why the metrics that leave their mechanism open have the one they have, by the metric's name.
    ///
    /// - Complexity: a choice for each, of up to a second.
    public var reasons: [String: String] {
        var reasons: [String: String] = [:]
        for metric in set.metrics { reasons[metric.name] = choices[metric.identifier.value]?.reason }
        return reasons
    }

    /// Reads a registry in YAML, or a compiled set, which is recognised by its first bytes, and holds it to its lock.
    ///
    /// - Parameter today: the day on which expiry is decided.
    /// - Throws: ``RegistryError``; any bytes give a set or an error.
    public static func load(
        path: String, today: UTCDay, expiry: ExpiryRule = .refuse, lock choice: LockChoice = .beside
    ) throws(RegistryError) -> RegistrySource {
        let bytes = try InputFile.read(path, limit: CompiledSet.byteLimit)
        let isCompiled = CompiledSet.isRecognised(bytes)
        let lockPath = lockPath(of: path, isCompiled: isCompiled, choice: choice)
        // A registry may leave to its lock what was chosen; what is wrong with the lock is told after the registry.
        var lock: MetricLock?, lockError: RegistryError?
        do throws(RegistryError) {
            if let lockPath { lock = try readLock(lockPath, choice: choice) }
        } catch { lockError = error }
        let registry: CheckedRegistry
        if isCompiled {
            registry = try CompiledSet.decode(bytes, file: path, today: today, expiry: expiry)
        } else {
            registry = try RegistryCompiler.compile(bytes, file: path, today: today, expiry: expiry, lock: lock)
        }
        if let lockError { throw lockError }
        var lockNote: RegistryDiagnostic?
        if let lockPath, let lock {
            let findings = try lock.findings(about: registry, lockPath: lockPath)
            guard findings.isEmpty else { throw .refused(registry.notes + findings) }
            lockNote = try lock.staleness(beside: registry, lockPath: lockPath)
        }
        var updatedLock = try MetricLock(of: registry)
        if let lock { updatedLock = try lock.updated(to: registry) }
        return RegistrySource(
            set: registry.set, candidates: registry.candidates, notes: registry.notes, lockNote: lockNote, lock: lock,
            updatedLock: updatedLock, lockPath: lockPath,
            choices: registry.choices ?? [:])
    }

    /// The place of the lock beside a registry: its name with the extension `.lock`.
    public static func lockPath(beside registry: String) -> String {
        let name = registry.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        // A leading dot is part of the name, not the start of an extension.
        guard let dot = name.dropFirst().lastIndex(of: ".") else { return registry + ".lock" }
        return String(registry.dropLast(name[dot...].count)) + ".lock"
    }

    private static func lockPath(of registry: String, isCompiled: Bool, choice: LockChoice) -> String? {
        switch choice {
        case .beside: isCompiled ? nil : lockPath(beside: registry)
        case .file(let path, _): path
        }
    }

    private static func readLock(_ path: String, choice: LockChoice) throws(RegistryError) -> MetricLock? {
        if choice == .beside || choice == .file(path, mustExist: false), !InputFile.exists(path) { return nil }
        return try MetricLock(decoding: try InputFile.read(path, limit: MetricLock.byteLimit), file: path)
    }
}
