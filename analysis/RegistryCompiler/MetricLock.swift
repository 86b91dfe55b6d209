internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

/// What a project has promised so far: every metric that ever was, with the version and digest of its definition.
///
/// Kept in version control beside the registry, one line per metric in the order of identities, so that a review shows
/// what changes and nobody gives an old identity a new meaning.
public struct MetricLock: Hashable, Sendable {
    /// One metric's line.
    public struct Entry: Hashable, Sendable {
        /// The wire identity.
        public let identifier: UInt32
        /// The name.
        public let name: String
        /// The version of the definition that ``digest`` is of.
        public let version: UInt32
        /// The SHA-256 of definition and caps.
        public let digest: [UInt8]
        /// What was chosen for this version, where the registry leaves the mechanism open.
        public var choice: LockedChoice?
        /// Whether the metric is gone from the registry; its identity and name stay taken.
        public var isRetired: Bool
    }

    /// The longest lock that is read, in bytes.
    public static let byteLimit = 4 << 20

    /// The project that the lock belongs to.
    public let project: String
    /// The metrics, in the order of identities.
    public let entries: [Entry]

    init(project: String, entries: [Entry]) {
        (self.project, self.entries) = (project, entries.sorted { $0.identifier < $1.identifier })
    }

    /// The lock of a registry that had none.
    ///
    /// - Throws: ``RegistryError/digestUnavailable``.
    init(of registry: CheckedRegistry) throws(RegistryError) {
        var entries: [Entry] = []
        for metric in registry.set.metrics {
            entries.append(try Entry(of: metric, choice: registry.choices?[metric.identifier.value]?.choice))
        }
        self.init(project: registry.set.project, entries: entries)
    }

    /// The lock after a registry that it has no objection to: metrics that are gone from it stay as retired. What was
    /// chosen for a version stays where the registry does not say, as a compiled set.
    ///
    /// - Throws: ``RegistryError/digestUnavailable``.
    func updated(to registry: CheckedRegistry) throws(RegistryError) -> MetricLock {
        var current = try MetricLock(of: registry).entries
        if registry.choices == nil {
            for index in current.indices {
                current[index].choice = choice(of: current[index].identifier, version: current[index].version)
            }
        }
        let present = Set(current.map(\.identifier))
        let gone = entries.filter { !present.contains($0.identifier) }.map { entry in
            var retired = entry
            (retired.isRetired, retired.choice) = (true, nil)
            return retired
        }
        return MetricLock(project: registry.set.project, entries: current + gone)
    }

    /// What was chosen for a metric of this version; `nil` where nothing was, or for another version.
    func choice(of identifier: UInt32, version: UInt32) -> LockedChoice? {
        entries.first { $0.identifier == identifier && $0.version == version && !$0.isRetired }?.choice
    }

    /// Writes the lock: the old file, if any, stays whole until the new one is durable.
    ///
    /// - Throws: ``RegistryError/unwritable(path:errno:)``.
    public func write(to path: String) throws(RegistryError) {
        try AtomicFile.write(Array(encoded.utf8), to: path)
    }
}

extension MetricLock.Entry {
    init(of metric: MetricDefinition, choice: LockedChoice?) throws(RegistryError) {
        self.init(
            identifier: metric.identifier.value, name: metric.name, version: metric.version,
            digest: try Self.digest(of: metric), choice: choice, isRetired: false)
    }

    /// Covers what a report means and what a device may spend; not texts, owner, dates and release gate.
    private static func digest(of metric: MetricDefinition) throws(RegistryError) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(text: "dither/lock/v1")
        writer.append(metric.definitionHash)
        switch metric.lifetime {
        case .budget(let budget):
            writer.append(UInt8(0))
            writer.append(UInt32(budget.thousandths))
        case .memoized(let reports, let distinctValues):
            writer.append(UInt8(1))
            writer.append(UInt32(reports))
            writer.append(UInt32(distinctValues))
        }
        do { return try SHA256.digest(writer.bytes) } catch { throw .digestUnavailable }
    }
}
