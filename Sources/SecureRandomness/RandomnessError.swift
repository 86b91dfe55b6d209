/// Why no randomness could be had. Every case means: make no report.
public enum RandomnessError: Error, Hashable, Sendable {
    /// getrandom(2) failed with this errno.
    case systemSourceFailed(errno: Int32)
    /// Two draws at start were equal, or one was all zero.
    case healthTestFailed
    /// libcrypto offers no such algorithm, as under some restricted provider configurations.
    case algorithmUnavailable(name: String)
    /// libcrypto refused an operation that cannot fail for lack of input.
    case cryptographyFailed(operation: String)
}
