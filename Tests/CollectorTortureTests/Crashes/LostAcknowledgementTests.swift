import Foundation
import Testing

@Suite("Acknowledgements that are lost on the way", .serialized) struct LostAcknowledgementTests {
    @Test(
        "A client that repeats until it hears of it loses no report and doubles none", .timeLimit(.minutes(30)))
    func resets() throws {
        let goal = isThorough ? 5_000 : 500
        let site = try CollectorSite()
        let collector = try site.start()
        let proxy = try ResettingProxy(to: collector.port)
        let loader = try Loader(site.reports, log: site.folder + "/acknowledged")
        loader.serve(at: proxy.port)
        while proxy.lostCount < goal { loader.await(acknowledged: loader.acknowledgedCount + 1) }
        let outcome = loader.finish()
        proxy.close()
        #expect(collector.stop() == 0)
        let complaint = try StoreAudit(site).complaint(about: outcome)
        #expect(complaint == nil)
        #expect(outcome.acknowledged.count == Int(outcome.end))
        print("acknowledgements lost: \(proxy.lostCount), batches: \(outcome.end)")
    }
}
