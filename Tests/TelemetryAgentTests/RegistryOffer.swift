import MetricDefinitions
import ReportFormat
import SecureRandomness
import Synchronization

/// The signed metric set that a collector offers at present.
final class RegistryOffer: Sendable {
    private let bytes = Mutex<[UInt8]?>(nil)
    private let mediaType = Mutex(SignedMetricSet.mediaType)

    func set(_ offered: [UInt8]?, mediaType type: String = SignedMetricSet.mediaType) {
        bytes.withLock { $0 = offered }
        mediaType.withLock { $0 = type }
    }

    /// The answer to a request for the set; `nil` for any other request.
    func reply(_ request: RecordingServer.Request) -> RecordingServer.Reply? {
        guard request.head.hasPrefix("GET /v1/registry HTTP/1.1") else { return nil }
        guard let bytes = bytes.withLock({ $0 }) else { return .problem(404, "no_registry") }
        let tag = "\"\((try? hexadecimal(SHA256.digest(bytes))) ?? "")\""
        let isKnown = request.header("if-none-match") == tag
        return .raw(
            Array(
                ("HTTP/1.1 \(isKnown ? 304 : 200) x\r\nETag: \(tag)\r\nContent-Type: \(mediaType.withLock { $0 })\r\n"
                    + "Content-Length: \(isKnown ? 0 : bytes.count)\r\nConnection: close\r\n\r\n").utf8)
                + (isKnown ? [] : bytes))
    }
}
