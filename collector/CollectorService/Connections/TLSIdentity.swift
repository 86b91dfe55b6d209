internal import NIOCore
internal import NIOSSL
internal import ReportFormat
internal import Synchronization

/// The certificate that a listener shows. It can be exchanged while connections are open: those keep the one they began
/// with, and the next handshake is made with the new.
package final class TLSIdentity: Sendable {
    private let files: CollectorConfiguration.TLSFiles
    private let current: Mutex<(settings: TLSConfiguration, end: Int64)>

    /// - Throws: ``CollectorError/certificateUnreadable(path:)``, ``CollectorError/keyUnreadable(path:)``,
    ///   ``CollectorError/tlsRefused(certificatePath:keyPath:)``.
    package init(_ files: CollectorConfiguration.TLSFiles) throws(CollectorError) {
        self.files = files
        current = Mutex(try Self.read(files))
    }

    /// What one handshake is made with, and no other: sessions are resumed by what is kept in a context, and a session
    /// that is resumed links two connections of one device.
    func makeContext() throws -> NIOSSLContext { try NIOSSLContext(configuration: current.withLock { $0.settings }) }

    /// When the server's own certificate ends, in seconds since 1970.
    package var end: Int64 { current.withLock { $0.end } }

    /// - Throws: ``CollectorError/certificateEnded(path:)`` if that is over: clients take it for no certificate.
    package func checkEnd(now: Int64) throws(CollectorError) {
        guard now <= end else { throw .certificateEnded(path: files.certificatePath, UTCDay(containing: end)) }
    }

    /// Reads the files again.
    ///
    /// - Throws: as ``init(_:)``; then the certificate stays that it was.
    package func exchange() throws(CollectorError) {
        let renewed = try Self.read(files)
        current.withLock { $0 = renewed }
    }

    private static func read(
        _ files: CollectorConfiguration.TLSFiles
    ) throws(CollectorError) -> (settings: TLSConfiguration, end: Int64) {
        guard let chain = try? NIOSSLCertificate.fromPEMFile(files.certificatePath), let own = chain.first else {
            throw .certificateUnreadable(path: files.certificatePath)
        }
        guard let key = try? NIOSSLPrivateKey(file: files.keyPath, format: .pem) else {
            throw .keyUnreadable(path: files.keyPath)
        }
        var settings = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        settings.minimumTLSVersion = .tlsv12
        settings.applicationProtocols = ["http/1.1"]
        // Whoever is shut out to make room for others keeps his file open for no longer.
        settings.shutdownTimeout = .milliseconds(500)
        guard (try? NIOSSLContext(configuration: settings)) != nil else {
            throw .tlsRefused(certificatePath: files.certificatePath, keyPath: files.keyPath)
        }
        return (settings, Int64(own.notValidAfter))
    }
}
