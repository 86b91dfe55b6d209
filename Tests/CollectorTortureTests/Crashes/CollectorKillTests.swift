import Foundation
import Testing

@Suite("A collector that is killed again and again", .serialized) struct CollectorKillTests {
    private var killCount: Int { isThorough ? 500 : 20 }

    @Test(
        "Nothing acknowledged is lost and nothing is counted twice, under at least 1,000 reports a second",
        .timeLimit(.minutes(30)))
    func kills() throws {
        let site = try CollectorSite()
        let loader = try Loader(site.reports, log: site.folder + "/acknowledged")
        var noise = SystemRandomNumberGenerator()
        var servingTime = Duration.zero
        for kill in 0..<killCount {
            // Every fifth dies while it starts, wherever it has come by then.
            if kill.isMultiple(of: 5) {
                let starting = try site.start(awaitingListener: false)
                usleep(.random(in: 0...60_000, using: &noise))
                starting.kill()
                continue
            }
            let collector = try site.start()
            let start = ContinuousClock.now
            let goal = loader.acknowledgedCount + .random(in: 1...(isThorough ? 400 : 250), using: &noise)
            loader.serve(at: collector.port)
            loader.await(acknowledged: goal, or: { collector.isOver })
            usleep(.random(in: 0...2_000, using: &noise))
            try #require(!collector.isOver, "the collector ended by itself")
            collector.kill()
            loader.serve(at: nil)
            servingTime += start.duration(to: .now)
        }
        let last = try site.start()
        loader.serve(at: last.port)
        let outcome = loader.finish()
        #expect(last.stop() == 0)
        let audit = try StoreAudit(site)
        let complaint = audit.complaint(about: outcome)
        #expect(complaint == nil)
        #expect(outcome.acknowledged.count == Int(outcome.end))
        #expect(audit.chunkCount > 0 || !isThorough, "no report was sealed")
        let reportCount = Double(outcome.acknowledged.count) * Double(NumberedReports.reportsPerBatch)
        let rate = reportCount / (servingTime / .seconds(1))
        print("kills: \(killCount), acknowledged reports: \(Int(reportCount)), \(Int(rate)) a second while served")
        #expect(rate >= 1_000)
    }
}
