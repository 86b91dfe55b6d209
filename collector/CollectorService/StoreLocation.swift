internal import Glibc

/// Where a store is: under the name that was given, and under the one that all its symbolic links lead to.
struct StoreLocation {
    /// As it was given, for messages.
    let path: String
    /// Absolute and without symbolic links, so that two names of one store give one lock. The same as ``path`` where
    /// the folder cannot be resolved, which then has no lock either.
    let resolvedPath: String

    /// More links than this are followed by no system call either.
    private static let linkLimit = 40

    init(_ path: String) {
        self.path = path
        var current = path
        for _ in 0..<Self.linkLimit {
            if let resolved = Self.resolved(current) {
                resolvedPath = resolved
                return
            }
            // A link to a store that is yet to be made.
            guard let target = Self.linkTarget(of: current) else { break }
            current = target.hasPrefix("/") ? target : Self.folder(of: current) + target
        }
        let name = current.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        resolvedPath = Self.resolved(Self.folder(of: current)).map { $0 + "/" + name } ?? path
    }

    /// With the slash at its end; `./` for a bare name.
    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func linkTarget(of path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { readlink(path, $0, characters.count) } ?? 0
            }
        }
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
