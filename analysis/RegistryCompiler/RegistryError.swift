internal import Foundation
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

extension RegistryError {
    /// That a file cannot be read or written, why, and what to do about it.
    private static func words(_ path: String, _ deed: String, _ errno: Int32) -> String {
        let remedy =
            switch (errno, deed) {
            case (EISDIR, _): ". Name a file in it"
            case (ENOENT, "read"), (ENOTDIR, _): ". Is the path right?"
            case (ENOENT, _): ". Make its folder first"
            case (EACCES, "read"): ". Ask its owner to let this account read it"
            case (EACCES, _), (EPERM, _), (EROFS, _): ". Name a place that this account may write to"
            case (ENOSPC, _), (EDQUOT, _): ". Make room and run it again"
            default: ""
            }
        return "\(path): cannot be \(deed): \(String(cString: strerror(errno)))\(remedy)"
    }

    /// The last words about a registry that cannot be used; the findings of a refusal are told apart.
    public var message: String {
        switch self {
        case .unreadable(let path, let errno): Self.words(path, "read", errno)
        case .unwritable(let path, let errno): Self.words(path, "written", errno)
        case .tooLarge(let path, let limit): "\(path): is longer than the \(limit) bytes that are read"
        case .refused(let findings): Self.refusal(findings)
        case .compiledSet(let path, let error):
            "\(path): \(error.sentence). Compile it again with 'dither registry compile' from its registry."
        case .digestUnavailable: "libcrypto offers no SHA-256 here. Use an OpenSSL that does."
        }
    }

    private static func refusal(_ findings: [RegistryDiagnostic]) -> String {
        let errors = findings.filter { $0.severity == .error }
        let file = errors.first?.file ?? "the registry"
        let count = errors.count == 1 ? "1 error" : "\(errors.count) errors"
        return "\(file): refused because of \(count)\(errors.count >= RegistryDiagnostic.limit ? " or more" : "")"
    }
}
