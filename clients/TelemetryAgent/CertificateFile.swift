internal import CPlatform
internal import Glibc

/// The file of authorities to trust instead of the system's.
package enum CertificateFile {
    /// Demands that a file is there and plain: libcurl would wait for ever for one that is a pipe.
    ///
    /// - Throws: ``AgentError/endpoint(_:)`` with ``EndpointProblem/noCertificateFile(path:)``.
    package static func check(_ path: String) throws(AgentError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(path, R_OK) == 0 else {
            throw .endpoint(.noCertificateFile(path: path))
        }
    }
}
