import CollectorService
import ReportFormat
import TestSupport
import Testing

@Suite("Malformed batches") struct MalformedBatchTests {
    /// Every way to cut a batch, and to change one byte of it.
    private static func mutants(of bytes: [UInt8]) -> [[UInt8]] {
        let truncated = (0..<bytes.count).map { Array(bytes.prefix($0)) }
        let changed = bytes.indices.flatMap { index in
            (UInt8(1)...255).map { change in
                var mutant = bytes
                mutant[index] ^= change
                return mutant
            }
        }
        return truncated + changed
    }

    private enum Outcome: Sendable {
        case malformed
        /// With the identifier if anything of the batch was admitted.
        case taken(storedUnder: BatchIdentifier?)
    }

    private static func outcome(of bytes: [UInt8], at intake: BatchIntake) async throws -> Outcome {
        do {
            let rejected = try await intake.take(bytes)
            let batch = try Batch(decoding: bytes)
            return .taken(storedUnder: rejected.count < batch.reports.count ? batch.identifier : nil)
        } catch let error as ProblemDetails {
            #expect(error.token == .malformedBatch && !error.detail.isEmpty)
            return .malformed
        }
    }

    @Test("Every truncation and every change of one byte is refused as malformed, or taken as the batch that it is")
    func everyMutant() async throws {
        let collector = try CollectorUnderTest()
        let records = [try report(collector.metricSet), try report(collector.metricSet, metric: 2, payload: [4])]
        let original = try Batch(identifier: try batchIdentifier(1), reports: records).encoded
        let mutants = Self.mutants(of: original), intake = collector.intake
        #expect(mutants.count == 256 * 256)
        var (malformedCount, stored) = (0, Set<BatchIdentifier>())
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            for (index, bytes) in mutants.enumerated() {
                group.addTask { try await Self.outcome(of: bytes, at: intake) }
                guard index >= 256, let outcome = try await group.next() else { continue }
                Self.count(outcome, &malformedCount, &stored)
            }
            for try await outcome in group { Self.count(outcome, &malformedCount, &stored) }
        }
        // Cuts, and changes of magic, version, reserved byte and padding are all malformed.
        let paddingByteCount = 256 - Batch.contentByteCount(of: records)
        #expect(malformedCount >= 256 + (6 + paddingByteCount) * 255)
        // A changed identifier is another batch: 16 bytes, 255 changes each, and the unchanged one.
        #expect(stored.count == 16 * 255 + 1)
        #expect(try StoreProbe(path: collector.storePath).count(of: "batch") == stored.count)
    }

    private static func count(_ outcome: Outcome, _ malformedCount: inout Int, _ stored: inout Set<BatchIdentifier>) {
        switch outcome {
        case .malformed: malformedCount += 1
        case .taken(let identifier): if let identifier { stored.insert(identifier) }
        }
    }
}
