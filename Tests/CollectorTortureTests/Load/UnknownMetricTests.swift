import Foundation
import ReportFormat
import Testing

@Suite("Reports of metrics that do not exist", .serialized) struct UnknownMetricTests {
    @Test("A million of them, each of another metric, do not make the store grow", .timeLimit(.minutes(10)))
    func million() throws {
        let batchCount = isThorough ? 977 : 98
        let site = try CollectorSite()
        let collector = try site.start()
        let device = Connection(port: collector.port)
        #expect(device?.post(try site.reports.batch(0))?.isAcknowledgement == true)
        let before = try Self.byteCount(of: site)
        let memoryBefore = try collector.memoryKibibytes("VmRSS")
        for number in 0..<UInt32(batchCount) {
            let batch = try Self.batch(number, on: site.reports.today)
            let answer = try #require(device?.post(batch))
            #expect(answer.status == 200 && answer.body.contains("{\"index\":1023,\"code\":\"unknown_metric\"}"))
        }
        let growth = try Self.byteCount(of: site) - before
        let memoryGrowth = try collector.memoryKibibytes("VmRSS") - memoryBefore
        print(
            "\(batchCount * 1_024) unknown metrics: store and log grew by \(growth) bytes, memory by \(memoryGrowth) KiB"
        )
        // A page or two may be another batch's.
        #expect(growth <= 16_384)
        #expect(collector.stop() == 0)
        let audit = try StoreAudit(site)
        #expect(audit.integrity == "ok" && audit.counts.count == Int(NumberedReports.reportsPerBatch))
    }

    /// The bytes of the store and of its log.
    private static func byteCount(of site: CollectorSite) throws -> Int {
        try ["", "-wal"].reduce(0) { sum, suffix in
            let attributes = try FileManager.default.attributesOfItem(atPath: site.store + suffix)
            return sum + (attributes[.size] as? Int ?? 0)
        }
    }

    /// 1,024 reports of metrics that no other batch has.
    private static func batch(_ number: UInt32, on day: UTCDay) throws -> [UInt8] {
        let records = (0..<UInt32(WireLimits.reportsPerBatch)).map { index in
            ReportRecord(
                metric: 1_000 + number * UInt32(WireLimits.reportsPerBatch) + index, period: day,
                fingerprint: Fingerprint(value: UInt64(index)), payload: [1])
        }
        return try Batch(identifier: try NumberedReports.identifier(1 << 40 | UInt64(number)), reports: records).encoded
    }
}
