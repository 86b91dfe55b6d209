import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("Batches of a device")
struct BatchTests {
    private func queuedDevice(_ kind: StoreKind, days: Int64) throws -> TestDevice {
        let test = try TestDevice(kind, try testMetricSet())
        try test.enrol()
        try test.close(at: noon + days * daySeconds)
        return test
    }

    private func nextBatch(_ test: TestDevice) throws -> OutboundBatch? {
        try test.device.store.transaction { () throws(AgentError) in try test.device.nextBatch() }
    }

    @Test("A batch that was not acknowledged is sent again byte for byte", arguments: StoreKind.allCases)
    func retriesAreIdentical(kind: StoreKind) throws {
        let test = try queuedDevice(kind, days: 3)
        let first = try #require(try nextBatch(test))
        try test.close(at: noon + 5 * daySeconds)
        #expect(try nextBatch(test) == first)
        try test.device.store.transaction { () throws(AgentError) in try test.device.settle(first, rejected: 1) }
        let second = try #require(try nextBatch(test))
        #expect(second.identifier != first.identifier)
        #expect(first.reportCount == 9 && second.reportCount == 6)
        #expect(try test.device.store.value(.acknowledgedReports) == 8)
        #expect(try test.device.store.value(.rejectedReports) == 1)
    }

    @Test("A batch carries the queue's reports, each once, in an order of its own", arguments: StoreKind.allCases)
    func contents(kind: StoreKind) throws {
        let test = try queuedDevice(kind, days: 25)
        let queued = try test.queued()
        let batch = try #require(try nextBatch(test))
        let sent = try Batch(decoding: batch.body)
        #expect(sent.identifier == batch.identifier)
        #expect(sent.reports.count == queued.count)
        #expect(Set(sent.reports) == Set(queued))
        // One order of 75 is drawn by chance with probability 1/75!.
        #expect(sent.reports != queued)
        #expect(try test.queued().isEmpty)
    }

    @Test("Of two that settle or split one batch, only one does", arguments: StoreKind.allCases)
    func settledOnce(kind: StoreKind) throws {
        let test = try queuedDevice(kind, days: 1)
        let batch = try #require(try nextBatch(test))
        try test.device.store.transaction { () throws(AgentError) in
            _ = try test.device.split(batch)
            #expect(try test.device.split(batch) == 0)
            try test.device.settle(batch, rejected: 0)
        }
        #expect(try test.device.store.outbox().count == 2)
        #expect(try test.device.store.value(.acknowledgedReports) == nil)
        for half in try test.device.store.outbox() {
            for _ in 0..<2 {
                try test.device.store.transaction { () throws(AgentError) in
                    try test.device.settle(half, rejected: 0)
                }
            }
        }
        #expect(try test.device.store.value(.acknowledgedReports) == 3)
    }

    @Test("A batch that is too large is halved under new identifiers; a single report is given up")
    func split() throws {
        let test = try queuedDevice(.sqlite, days: 1)
        let whole = try #require(try nextBatch(test))
        var waiting = [whole], givenUp = 0, identifiers: Set<BatchIdentifier> = []
        while let batch = waiting.first {
            #expect(identifiers.insert(batch.identifier).inserted)
            givenUp += try test.device.store.transaction { () throws(AgentError) in try test.device.split(batch) }
            waiting = try test.device.store.outbox()
        }
        #expect(givenUp == whole.reportCount)
        #expect(identifiers.count == 5)
    }
}
