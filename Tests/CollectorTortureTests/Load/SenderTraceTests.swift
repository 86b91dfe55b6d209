import Foundation
import Glibc
import Testing

@Suite("What a collector keeps of its senders", .serialized) struct SenderTraceTests {
    private static let agent = "DitherTracer/7.7 (needle-4f1c)"
    private static let source: UInt8 = 77

    @Test(
        "Store, log of the store and messages hold neither address nor agent, and a core dump holds no memory",
        .timeLimit(.minutes(5)))
    func nothing() throws {
        let site = try CollectorSite()
        let collector = try site.start()
        let count: UInt64 = isThorough ? 5_000 : 300
        var ports: Set<UInt16> = []
        var device: Connection?
        for number in 0..<count {
            if number.isMultiple(of: 20) {
                guard let connection = Connection(port: collector.port, source: Self.source) else {
                    throw TortureFailure("no connection from 127.0.0.\(Self.source)")
                }
                device = connection
                ports.insert(Self.port(of: connection))
            }
            #expect(device?.post(try site.reports.batch(number), agent: Self.agent)?.isAcknowledgement == true)
        }
        // Every kind of refusal too: what goes wrong is what gets written down.
        for body in [[], [UInt8](repeating: 0x41, count: 256), [UInt8](repeating: 0, count: 300_000)] {
            _ = Connection(port: collector.port, source: Self.source)?.post(body, agent: Self.agent)
        }
        let garbage = Connection(port: collector.port, source: Self.source)
        _ = garbage?.send(Array("NONSENSE \(Self.agent)\r\n\r\n".utf8))
        _ = garbage?.answer()
        device = nil
        let needles = [
            Array("127.0.0.\(Self.source)".utf8), Array(Self.agent.utf8), Array("needle-4f1c".utf8),
        ]
        // While the log is full of commits, and after it was emptied.
        let duringRun = try Self.hits(of: needles, in: site)
        let memory = try needles.map { try Self.hits(of: $0, in: collector) }
        // What was freed is not wiped, so nothing of the memory may be dumped.
        let filter = try String(contentsOfFile: "/proc/\(collector.identifier)/coredump_filter", encoding: .utf8)
        #expect(filter == "00000000\n")
        #expect(collector.stop() == 0)
        let afterRun = try Self.hits(of: needles, in: site)
        #expect(duringRun == [:] && afterRun == [:])
        print("in the memory of the process: address \(memory[0]), agent \(memory[1]), part of the agent \(memory[2])")
        #expect(ports.count == Int(count / 20))
    }

    private static func port(of connection: Connection) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(connection.descriptor, $0, &length)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// How often the needles stand in the store's files and in what the collector said, by file.
    private static func hits(of needles: [[UInt8]], in site: CollectorSite) throws -> [String: Int] {
        var hits: [String: Int] = [:]
        let files = try FileManager.default.contentsOfDirectory(atPath: site.storeFolder).map {
            site.storeFolder + "/" + $0
        }
        for file in files + [site.log] {
            let content = try Data(contentsOf: URL(filePath: file))
            let count = content.withUnsafeBytes { bytes in needles.reduce(0) { $0 + Self.count(of: $1, in: bytes) } }
            if count > 0 { hits[file] = count }
        }
        return hits
    }

    /// How often a needle stands in the memory that a core dump would hold.
    private static func hits(of needle: [UInt8], in process: CollectorProcess) throws -> Int {
        let maps = try String(contentsOfFile: "/proc/\(process.identifier)/maps", encoding: .utf8)
        let memory = open("/proc/\(process.identifier)/mem", O_RDONLY | O_CLOEXEC)
        guard memory >= 0 else { throw TortureFailure("the memory cannot be read: errno \(errno)") }
        defer { close(memory) }
        var (hits, readCount) = (0, 0)
        for line in maps.split(separator: "\n") where line.contains(" rw") {
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            guard ends.count == 2, !line.contains("[v") else { continue }
            var bytes = [UInt8](repeating: 0, count: Int(ends[1] - ends[0]))
            let got = bytes.withUnsafeMutableBytes { pread(memory, $0.baseAddress, $0.count, off_t(ends[0])) }
            guard got > 0 else { continue }
            readCount += got
            hits += bytes.withUnsafeBytes { count(of: needle, in: UnsafeRawBufferPointer(rebasing: $0[..<got])) }
        }
        guard readCount > 1 << 20 else { throw TortureFailure("only \(readCount) bytes were read") }
        return hits
    }

    private static func count(of needle: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int {
        guard var start = bytes.baseAddress else { return 0 }
        let end = start + bytes.count
        var hits = 0
        while let hit = memchr(start, Int32(needle[0]), end - start) {
            start = UnsafeRawPointer(hit) + 1
            if end - start >= needle.count - 1, memcmp(hit, needle, needle.count) == 0 { hits += 1 }
        }
        return hits
    }
}
