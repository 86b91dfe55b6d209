public import MetricDefinitions
internal import ReportFormat

/// A compiled metric set as a file.
public enum CompiledSet {
    /// The longest set that is read, in bytes.
    public static let byteLimit = 64 << 20

    /// Whether a file claims to be a compiled set.
    static func isRecognised(_ bytes: [UInt8]) -> Bool { bytes.starts(with: Array("DTMS".utf8)) }

    static func decode(
        _ bytes: [UInt8], file: String, today: UTCDay, expiry: RegistrySource.ExpiryRule
    ) throws(RegistryError) -> CheckedRegistry {
        let set: MetricSet
        do { set = try MetricSet(decoding: bytes) } catch { throw .compiledSet(path: file, error) }
        var findings = DiagnosticList(file: file)
        for metric in set.metrics {
            findings.checkExpiry(of: metric.name, metric.expiry, at: .start, today: today, rule: expiry)
        }
        guard findings.errorCount == 0 else { throw .refused(findings.sorted) }
        return CheckedRegistry(
            set: set, file: file, notes: findings.sorted, projectPosition: .start, positions: [:], candidates: [:],
            choices: nil)
    }

    /// Writes a set: the old file, if any, stays whole until the new one is durable.
    ///
    /// - Returns: the number of bytes.
    /// - Throws: ``RegistryError``.
    public static func write(_ set: MetricSet, to path: String) throws(RegistryError) -> Int {
        let bytes: [UInt8]
        do { bytes = try set.encoded() } catch { throw .compiledSet(path: path, error) }
        try AtomicFile.write(bytes, to: path)
        return bytes.count
    }
}
