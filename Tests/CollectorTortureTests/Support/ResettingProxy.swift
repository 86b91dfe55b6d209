import Foundation
import Glibc

/// Passes requests on to a collector, and of every two answers one to nobody: the client's connection is reset instead.
final class ResettingProxy: @unchecked Sendable {
    let port: UInt16
    private let target: UInt16
    private let listener: Int32
    private let lock = NSLock()
    private var lost = 0

    init(to target: UInt16) throws {
        self.target = target
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let nameResult = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                guard withAddress(host: 0x7F00_0001, port: 0, { bind(listener, $0, $1) }) == 0,
                    listen(listener, 128) == 0
                else { return Int32(-1) }
                return getsockname(listener, name, &length)
            }
        }
        guard nameResult == 0 else { throw TortureFailure("the proxy cannot listen") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                Thread.detachNewThread { [self] in carry(Connection(descriptor: descriptor)) }
            }
        }
    }

    /// How many answers reached nobody.
    var lostCount: Int { lock.withLock { lost } }

    /// Takes no more connections.
    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    private func carry(_ client: Connection) {
        guard let collector = Connection(port: target) else { return }
        while let (head, body) = client.message() {
            guard collector.send(Array(head.utf8) + body), let (answerHead, answerBody) = collector.message() else {
                return
            }
            guard !Bool.random() else {
                lock.withLock { lost += 1 }
                // Closing with this option sends a reset, and no end of the stream.
                var option = linger(l_onoff: 1, l_linger: 0)
                setsockopt(client.descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
                return
            }
            guard client.send(Array(answerHead.utf8) + answerBody) else { return }
        }
    }
}
