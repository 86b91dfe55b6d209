internal import LocalPrivacy
internal import Mechanisms
public import MetricDefinitions
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
    public init(of set: MetricSet) throws(RegistryError) {
        var entries: [Entry] = []
        for metric in set.metrics { entries.append(try Entry(of: metric)) }
        self.init(project: set.project, entries: entries)
    }

    /// The lock after a registry that it has no objection to: metrics that are gone from it stay as retired.
    ///
    /// - Throws: ``RegistryError/digestUnavailable``.
    public func updated(to set: MetricSet) throws(RegistryError) -> MetricLock {
        let current = try MetricLock(of: set)
        let present = Set(current.entries.map(\.identifier))
        let gone = entries.filter { !present.contains($0.identifier) }.map { entry in
            var retired = entry
            retired.isRetired = true
            return retired
        }
        return MetricLock(project: set.project, entries: current.entries + gone)
    }

    /// Writes the lock: the old file, if any, stays whole until the new one is durable.
    ///
    /// - Throws: ``RegistryError/unwritable(path:errno:)``.
    public func write(to path: String) throws(RegistryError) {
        try AtomicFile.write(Array(encoded.utf8), to: path)
    }
}

extension MetricLock.Entry {
    init(of metric: MetricDefinition) throws(RegistryError) {
        self.init(
            identifier: metric.identifier.value, name: metric.name, version: metric.version,
            digest: try Self.digest(of: metric), isRetired: false)
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
