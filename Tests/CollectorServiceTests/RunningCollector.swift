import CollectorService
import CollectorSettings
import Foundation
import Glibc
import Logging
import MetricDefinitions
import ServiceLifecycle
import TestSupport

/// A whole collector in this process, on a port that the system picks, stopped as a service manager stops it.
struct RunningCollector {
    let folder: ScratchFolder
    let metricSet: MetricSet

    var configuration: CollectorConfiguration

    init() throws {
        folder = try ScratchFolder()
        metricSet = try testMetricSet()
        let setPath = try folder.write(try metricSet.encoded(), to: "metrics.set")
        configuration = CollectorConfiguration(
            metricSetPath: setPath, storePath: folder.file("store.db"),
            uploadAddress: ListenAddress(host: "127.0.0.1", port: 0))
    }

    /// Runs the collector while `body` runs, which is given its URL.
    func run<Output: Sendable>(_ body: @escaping @Sendable (String) async throws -> Output) async throws -> Output {
        let server = try CollectorServer(
            configuration, clock: TestClock().clock, logger: CollectorUnderTest.silentLogger)
        let (urls, announcer) = AsyncStream.makeStream(of: String.self)
        let group = ServiceGroup(
            configuration: .init(
                services: [ServerService(server: server, announcer: announcer)],
                logger: CollectorUnderTest.silentLogger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var output: Output?
            for await url in urls {
                output = try await body(url)
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            guard let output else { throw NeverListened() }
            return output
        }
    }

    struct NeverListened: Error {}

    private struct ServerService: Service {
        let server: CollectorServer
        let announcer: AsyncStream<String>.Continuation

        func run() async throws {
            defer { announcer.finish() }
            try await server.run { announcer.yield($0) }
        }
    }
}

/// A TCP connection that a test drives byte by byte, as no HTTP client would.
final class RawConnection {
    private let descriptor: Int32

    /// Connects to a port of 127.0.0.1; `nil` if nobody listens.
    init?(port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // Its `deinit` runs all the same.
        guard result == 0 else { return nil }
        // No test waits for ever: what has not come by then fails it. All tests together keep a machine busy for long.
        var limit = timeval(tv_sec: 120, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit { close(descriptor) }

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

    /// Whether bytes, or the end, can be read without waiting.
    var hasAnswer: Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&poller, 1, 0) > 0
    }

    /// What the other side sends up to and with a text, or until it closes.
    func read(upTo text: String) -> String {
        var content: [UInt8] = []
        var byte: UInt8 = 0
        while !content.reversed().starts(with: text.utf8.reversed()), recv(descriptor, &byte, 1, 0) == 1 {
            content.append(byte)
        }
        return String(decoding: content, as: UTF8.self)
    }

    /// Everything that the other side sends until it closes.
    func readToEnd() -> String {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return String(decoding: content, as: UTF8.self) }
            content += buffer[..<count]
        }
    }
}

/// Runs what blocks on a thread that may block.
func onBlockingThread<Output: Sendable>(_ work: @escaping @Sendable () -> Output) async -> Output {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: work()) }
    }
}
