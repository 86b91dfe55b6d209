import Foundation
import Glibc
import Testing

@Suite("Bodies of a gigabyte", .serialized) struct LargeBodyTests {
    private static let byteCount = 1 << 30

    @Test(
        "They are refused with 413 and take at most 16 MiB of memory",
        .timeLimit(.minutes(5)), arguments: [false, true])
    func gigabyte(inChunks: Bool) throws {
        let site = try CollectorSite()
        let collector = try site.start()
        // What serving at all takes is not counted.
        let device = Connection(port: collector.port)
        for number in 0..<50 {
            #expect(device?.post(try site.reports.batch(UInt64(number)))?.isAcknowledgement == true)
        }
        let before = try collector.memoryKibibytes("VmHWM")
        for _ in 0..<4 {
            guard let connection = Connection(port: collector.port) else { throw TortureFailure("no connection") }
            let sentCount = Self.send(by: connection, inChunks: inChunks)
            let answer = try #require(connection.answer(), "\(sentCount) bytes were sent, and no answer came")
            #expect(answer.status == 413)
            #expect(answer.body.contains("urn:dither:error:batch_too_large"))
        }
        let growth = try collector.memoryKibibytes("VmHWM") - before
        print("1 GiB \(inChunks ? "in chunks" : "announced"): memory grew by \(growth) KiB")
        #expect(growth <= 16_384)
        #expect(device?.post(try site.reports.batch(50))?.isAcknowledgement == true)
        #expect(collector.stop() == 0)
    }

    /// Sends until all is sent, the other side takes no more, or it has answered; gives how much was sent.
    private static func send(by connection: Connection, inChunks: Bool) -> Int {
        var head = Connection.request(byteCount: byteCount)
        if inChunks {
            let text = String(decoding: head, as: UTF8.self)
            head = Array(text.replacing("Content-Length: \(byteCount)", with: "Transfer-Encoding: chunked").utf8)
        }
        guard connection.send(head) else { return 0 }
        let block = [UInt8](repeating: 0x44, count: 65_536)
        let part = inChunks ? Array("10000\r\n".utf8) + block + Array("\r\n".utf8) : block
        var sentCount = 0
        while sentCount < byteCount {
            var poller = pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&poller, 1, 0) > 0 || !connection.send(part) { break }
            sentCount += block.count
        }
        return sentCount
    }
}
