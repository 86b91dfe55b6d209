internal import Foundation

/// Which file a path leads to, whatever it is called: links to one file are one identity.
package struct FileIdentity: Equatable {
    private let device: dev_t
    private let node: ino_t

    /// `nil` if there is nothing at the path.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, node) = (status.st_dev, status.st_ino)
    }

    /// Whether two paths lead to one file, or would if it were made.
    package static func isOne(_ path: String, _ other: String) -> Bool {
        if path == other { return true }
        guard let identity = FileIdentity(of: path) else { return false }
        return identity == FileIdentity(of: other)
    }
}
