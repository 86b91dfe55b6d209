import Glibc
import ReportFormat

/// What a collector answered.
struct Answer: Equatable, Sendable {
    var status: Int
    var head: String
    var body: String

    var isAcknowledgement: Bool { status == 200 && body == "{\"rejected\":[]}" }
}

/// A TCP connection to a port of 127.0.0.1 that speaks as much HTTP as an upload takes, and waits for each answer.
final class Connection {
    let descriptor: Int32
    private var unread: [UInt8] = []

    /// Takes over a descriptor.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        // No test waits for ever.
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Connects; `nil` if nobody listens.
    ///
    /// - Parameter source: the own address, `127.0.0.x`, by its last byte.
    convenience init?(port: UInt16, source: UInt8 = 1) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let isConnected =
            withAddress(host: 0x7F00_0000 | UInt32(source), port: 0) { bind(descriptor, $0, $1) } == 0
            && withAddress(host: 0x7F00_0001, port: port) { connect(descriptor, $0, $1) } == 0
        guard isConnected else {
            close(descriptor)
            return nil
        }
        self.init(descriptor: descriptor)
    }

    deinit { close(descriptor) }

    /// Posts a batch; `nil` when the connection ended before the answer did.
    func post(_ batch: [UInt8], agent: String = "torture") -> Answer? {
        guard send(Self.request(byteCount: batch.count, agent: agent) + batch) else { return nil }
        return answer()
    }

    /// The head of an upload.
    static func request(byteCount: Int, agent: String = "torture") -> [UInt8] {
        Array(
            """
            POST /v1/reports HTTP/1.1\r\nHost: collector\r\nUser-Agent: \(agent)\r\n\
            Content-Type: \(WireLimits.mediaType)\r\nContent-Length: \(byteCount)\r\n\r\n
            """.utf8)
    }

    /// Sends bytes; `false` once the other side takes no more.
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// The next answer; `nil` when the connection ends before it does.
    func answer() -> Answer? {
        guard let (head, body) = message() else { return nil }
        let fields = head.split(separator: " ", maxSplits: 2)
        guard fields.count > 1, let status = Int(fields[1].prefix(3)) else { return nil }
        return Answer(status: status, head: head, body: String(decoding: body, as: UTF8.self))
    }

    /// The next message, with a body of the length that its head announces.
    func message() -> (head: String, body: [UInt8])? {
        var end = 0
        while true {
            if let found = Self.endOfHead(in: unread, from: end) {
                end = found
                break
            }
            end = max(0, unread.count - 3)
            guard receive() else { return nil }
        }
        let head = String(decoding: unread[..<end], as: UTF8.self)
        let lengths = head.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("content-length:") }
        let bodyCount = lengths.first.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
        while unread.count < end + bodyCount { guard receive() else { return nil } }
        defer { unread.removeFirst(end + bodyCount) }
        return (head, Array(unread[end..<end + bodyCount]))
    }

    private static func endOfHead(in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= start + 4 else { return nil }
        return (start...bytes.count - 4).first {
            bytes[$0] == 13 && bytes[$0 + 1] == 10 && bytes[$0 + 2] == 13 && bytes[$0 + 3] == 10
        }.map { $0 + 4 }
    }

    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        unread += buffer[..<count]
        return true
    }
}

/// Calls with an IPv4 address.
func withAddress<Output>(
    host: UInt32, port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Output
) -> Output {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = host.bigEndian
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}
