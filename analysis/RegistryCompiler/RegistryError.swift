public import MetricDefinitions

/// Why a registry, a lock or a compiled set cannot be used.
public enum RegistryError: Error, Hashable, Sendable {
    /// The file cannot be opened or read.
    case unreadable(path: String, errno: Int32)
    /// The file cannot be written or replaced.
    case unwritable(path: String, errno: Int32)
    /// The file is longer than any that is accepted.
    case tooLarge(path: String, limit: Int)
    /// The registry or its lock has errors: all of them, and the notes, in the order of the file.
    case refused([RegistryDiagnostic])
    /// The compiled set is damaged, of another version or unsound.
    case compiledSet(path: String, MetricSetError)
    /// libcrypto could not compute a digest.
    case digestUnavailable
}
