import Foundation
import Glibc
import Synchronization

/// An HTTP/1.1 server on this machine that keeps every request byte for byte and answers as it is told; one request a
/// connection, as an agent wants it.
final class RecordingServer: Sendable {
    /// What came over one connection.
    struct Request: Sendable, Hashable {
        /// The request line and the headers, as they were sent.
        var head: String
        var body: [UInt8]

        /// The value of a header, without regard to case.
        func header(_ name: String) -> String? {
            for line in head.components(separatedBy: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == name {
                    return parts[1].trimmingCharacters(in: .whitespaces)
                }
            }
            return nil
        }
    }

    enum Reply: Sendable {
        /// These bytes, then the end of the connection.
        case bytes(String)
        /// The same, of bytes that are no text.
        case raw([UInt8])
        /// The end of the connection without an answer.
        case close
        /// Nothing, until the other side gives up.
        case silence
        /// One byte after the other, until the other side gives up or the answer is complete.
        case drip(String)

        /// An answer with a status, a type and a body.
        static func answer(
            _ status: Int, _ contentType: String = "application/json", _ body: String = #"{"rejected":[]}"#,
            headers: String = ""
        ) -> Reply {
            .bytes(
                "HTTP/1.1 \(status) x\r\nContent-Type: \(contentType)\r\nContent-Length: \(body.utf8.count)\r\n"
                    + headers + "Connection: close\r\n\r\n" + body)
        }

        /// An error as only a collector gives it.
        static func problem(_ status: Int, _ token: String, headers: String = "", members: String = "") -> Reply {
            answer(
                status, "application/problem+json",
                #"{"type":"urn:dither:error:\#(token)","title":"x","status":\#(status),"detail":"y"\#(members)}"#,
                headers: headers)
        }
    }

    let url: String
    let port: Int
    private let listener: Int32
    private let received = Mutex<[Request]>([])
    private let connected = Mutex(0)
    private let open = Mutex<Set<Int32>>([])

    /// Listens on a port of the system's choice; `reply` is asked with each request and how many came before it.
    init(host: String = "127.0.0.1", reply: @escaping @Sendable (Request, Int) -> Reply) throws {
        let isV6 = host == "::1"
        // The processes that tests start meanwhile must not hold its sockets open.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        listener = socket(isV6 ? AF_INET6 : AF_INET, kind, 0)
        var port: UInt16 = 0
        let bound = isV6 ? Self.bindV6(listener, &port) : Self.bindV4(listener, &port)
        guard listener >= 0, bound, listen(listener, 64) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        self.port = Int(port)
        url = "http://\(isV6 ? "[::1]" : host):\(port)"
        let thread = Thread { [self] in accept(reply) }
        thread.start()
    }

    /// The requests so far.
    var requests: [Request] { received.withLock { $0 } }

    /// The connections so far, whatever came over them.
    var connectionCount: Int { connected.withLock { $0 } }

    /// Connects, and gives how many connections came before: connections are accepted in the order in which they were made.
    func connectionsSoFar() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = UInt16(port).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected, Self.write(Array("GET /count HTTP/1.1\r\n\r\n".utf8), to: descriptor) else {
            throw POSIXError(.ECONNREFUSED)
        }
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) == 1 { text.append(byte) }
        return Int(String(decoding: text, as: UTF8.self)) ?? -1
    }

    /// Ends the server; it lives until then.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        open.withLock { for descriptor in $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    private func accept(_ reply: @escaping @Sendable (Request, Int) -> Reply) {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            let earlier = connected.withLock { count in
                count += 1
                return count - 1
            }
            _ = open.withLock { $0.insert(descriptor) }
            let thread = Thread { [self] in
                serve(descriptor, earlier, reply)
                _ = open.withLock { $0.remove(descriptor) }
                close(descriptor)
            }
            thread.start()
        }
        close(listener)
    }

    private func serve(_ descriptor: Int32, _ connection: Int, _ reply: @Sendable (Request, Int) -> Reply) {
        guard let request = Self.read(descriptor) else { return }
        if request.head.hasPrefix("GET /count ") {
            connected.withLock { $0 -= 1 }
            Self.write(Array(String(connection).utf8), to: descriptor)
            return
        }
        let earlier = received.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
        switch reply(request, earlier) {
        case .close: break
        case .raw(let bytes): Self.write(bytes, to: descriptor)
        case .bytes(let text): Self.write(Array(text.utf8), to: descriptor)
        case .silence:
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
        case .drip(let text):
            for byte in Array(text.utf8) where Self.write([byte], to: descriptor) { usleep(20_000) }
        }
    }

    private static func read(_ descriptor: Int32) -> Request? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                var request = Request(head: String(decoding: bytes[..<end.lowerBound], as: UTF8.self), body: [])
                let length = request.header("content-length").flatMap { Int($0) } ?? 0
                if bytes.count >= end.upperBound + length {
                    request.body = Array(bytes[end.upperBound...])
                    return request
                }
            }
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
        }
    }

    @discardableResult
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                send(
                    descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private static func bindV4(_ descriptor: Int32, _ port: inout UInt16) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isBound = bind(descriptor, &address)
        port = UInt16(bigEndian: address.sin_port)
        return isBound
    }

    private static func bindV6(_ descriptor: Int32, _ port: inout UInt16) -> Bool {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        let isBound = bind(descriptor, &address)
        port = UInt16(bigEndian: address.sin6_port)
        return isBound
    }

    private static func bind<Address>(_ descriptor: Int32, _ address: inout Address) -> Bool {
        var length = socklen_t(MemoryLayout<Address>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                Glibc.bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
    }
}
