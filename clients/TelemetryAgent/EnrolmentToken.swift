internal import CPlatform
internal import Glibc

/// The token of the fleet, for a collector that takes batches under one only. It comes from a file, never from a command
/// line or a variable, which other programs can read.
///
/// All devices of a fleet have the same: one of its own would link what a device sends.
package enum EnrolmentToken {
    /// The longest token, in bytes.
    private static let byteLimit = 512

    /// Demands that a file holds a token.
    ///
    /// - Throws: ``AgentError/endpoint(_:)`` with ``EndpointProblem/noToken(path:)``.
    package static func check(_ path: String) throws(AgentError) { _ = try header(from: path) }

    /// The header that shows the token. The file is read for each upload, so that it can be replaced.
    ///
    /// - Throws: as ``check(_:)``.
    static func header(from path: String) throws(AgentError) -> String {
        guard var bytes = content(of: path) else { throw .endpoint(.noToken(path: path)) }
        while let last = bytes.last, last == 0x0A || last == 0x0D || last == 0x20 { bytes.removeLast() }
        // Nothing that could end the header or begin another.
        guard (1...byteLimit).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .endpoint(.noToken(path: path))
        }
        return "Authorization: Bearer " + String(decoding: bytes, as: UTF8.self)
    }

    /// A little more than a token may have of a plain file; `nil` for anything else, which is not waited for.
    private static func content(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: byteLimit + 3)
        var filled = 0
        while filled < bytes.count {
            let count = bytes[filled...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes[..<filled])
    }
}
