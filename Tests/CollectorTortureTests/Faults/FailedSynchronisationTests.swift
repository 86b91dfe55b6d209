import Foundation
import Testing

@Suite("A disk that fails to synchronise", .serialized) struct FailedSynchronisationTests {
    private static var numbers: [Int] { isThorough ? Array(1...200) : [1, 2, 3, 4, 5, 7, 10, 20, 40] }

    /// The disk forgets at once what it could not write, so that an acknowledgement of it cannot be kept by chance.
    @Test("What it could not synchronise is never acknowledged", .timeLimit(.minutes(30)))
    func shim() throws {
        var refusals = 0
        for number in Self.numbers {
            let site = try CollectorSite()
            let disk = FaultyDisk(failAt: number, seed: number)
            refusals += try Self.survive(number, on: site) {
                try site.start(environment: try disk.environment(for: site), awaitingListener: false)
            }
        }
        #expect(refusals > 0, "no failure met a batch")
    }

    /// The same by the real system call.
    @Test(
        "What the system call fails for is never acknowledged",
        .enabled(if: Strace.isAvailable || mustBeComplete, "strace must be installed, and allowed to trace"),
        .timeLimit(.minutes(30)))
    func systemCall() throws {
        var refusals = 0
        for number in Self.numbers {
            let site = try CollectorSite()
            let trace = site.folder + "/trace"
            refusals += try Self.survive(number, on: site) {
                try site.start(
                    wrapper: Strace.failing("fdatasync", with: "EIO", at: number, into: trace), awaitingListener: false)
            }
            let text = try String(contentsOfFile: trace, encoding: .utf8)
            #expect(text.contains("(INJECTED)"), "synchronisation \(number) never came")
        }
        #expect(refusals > 0, "no failure met a batch")
    }

    /// Sends batches one after another to a collector whose disk fails once, and lets another look after it.
    ///
    /// - Returns: how many batches were not acknowledged.
    private static func survive(
        _ number: Int, on site: CollectorSite, start: () throws -> CollectorProcess
    ) throws -> Int {
        var (acknowledged, refused): ([UInt64], [UInt64]) = ([], [])
        let collector = try start()
        // strace counts the calls of each thread, and the store's queue is served by several.
        var (next, end) = (UInt64(0), UInt64(number) * 8 + 50)
        if (try? collector.awaitListener()) != nil {
            var connection = Connection(port: collector.port)
            while next < end, !collector.isOver {
                let answer = connection?.post(try site.reports.batch(next))
                if answer?.isAcknowledgement == true { acknowledged.append(next) } else { refused.append(next) }
                #expect(
                    answer.map { $0.isAcknowledgement || $0.status == 503 } ?? true, "\(String(describing: answer))")
                if answer == nil { connection = Connection(port: collector.port) }
                next += 1
                // A little longer, to see that what comes after the failure is kept too.
                if refused.count == 1 { end = min(end, next + 8) }
            }
        }
        collector.kill()
        let after = try site.start()
        let connection = Connection(port: after.port)
        // What was refused is taken now, and counted once.
        for batch in refused { #expect(connection?.post(try site.reports.batch(batch))?.isAcknowledgement == true) }
        #expect(after.stop() == 0)
        let outcome = Loader.Outcome(acknowledged: acknowledged + refused, end: next, refusalCount: 0, surprises: [])
        let complaint = try StoreAudit(site).complaint(about: outcome)
        #expect(complaint == nil, "synchronisation \(number)")
        return refused.count
    }
}
