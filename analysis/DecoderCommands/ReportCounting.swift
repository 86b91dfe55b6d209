internal import Dispatch
internal import Estimation
internal import Foundation
internal import ReportFormat
internal import StoreFormat
internal import StoreReader
internal import Synchronization

/// Counts the reports of periods on all cores.
///
/// Every thread takes the next parts in turn, reads them into memory of its own, counts them and looks at them. Threads count
/// by themselves, and what they have counted is added up at the end; where counters are many, they share them, and one
/// counts while another reads. A part is a chunk of at most 256 KiB, or what is staged of one partition: so much memory is
/// needed for each thread, or what ``Estimation/ReportCounter/tallyByteCount`` asks for.
final class ReportCounting<Oracle: ReportCounter>: Sendable {
    private struct Item {
        let period: StoredPeriod
        let part: StoredPart
    }

    private struct State {
        var pool: PooledReports<Oracle.Aggregate>
        var screen: ReportScreen<Oracle>
        /// The first item that no thread has taken.
        var next = 0
        var doneCount = 0
        /// That of the first item at fault: items are taken in order, and those before it are read to their end.
        var failure: (item: Int, error: CommandError)?
    }

    /// Counters of more bytes than this are shared by all threads: they would be made, and added up, for each of them.
    private static var ownByteLimit: Int { 4 << 20 }
    /// More threads have nothing to do where one counts while others read, and take memory for what they read.
    private static var sharingThreadLimit: Int { 4 }
    /// Nor are more than these worth their memory.
    private static var threadLimit: Int { 16 }

    private let oracle: Oracle
    /// What a thread begins with that counts by itself.
    private let none: PooledReports<Oracle.Aggregate>?
    private let unseen: ReportScreen<Oracle>
    private let store: EstimateStore
    private let items: [Item]
    private let threadCount: Int
    private let state: Mutex<State>

    /// - Parameter screen: what was seen before.
    /// - Throws: ``CommandError`` when the store cannot tell its parts.
    init(
        _ periods: [StoredPeriod], oracle: Oracle, definition: Fingerprint, screen: ReportScreen<Oracle>,
        store: EstimateStore
    ) throws(CommandError) {
        (self.oracle, self.store) = (oracle, store)
        let pool = PooledReports(oracle.makeAggregate(of: definition), on: periods[0].day)
        none = pool.aggregate.byteCount > Self.ownByteLimit ? nil : pool
        unseen = screen.unseen
        var items: [Item] = []
        for period in periods {
            for part in try store.parts(of: period) { items.append(Item(period: period, part: part)) }
        }
        self.items = items
        let limit = none == nil ? Self.sharingThreadLimit : Self.threadLimit
        threadCount = max(1, min(ProcessInfo.processInfo.activeProcessorCount, limit, items.count))
        state = Mutex(State(pool: pool, screen: screen))
    }

    /// What has been seen of the reports.
    var screen: ReportScreen<Oracle> { state.withLock { $0.screen } }

    /// Counts all reports, and tells from time to time how many are counted.
    ///
    /// - Throws: ``CommandError`` of the first part at fault.
    func run(progress: (Int) -> Void) throws(CommandError) -> PooledReports<Oracle.Aggregate> {
        let others = DispatchGroup()
        for _ in 1..<threadCount { DispatchQueue.global().async(group: others) { self.work { _ in } } }
        work(progress: progress)
        others.wait()
        let (failure, pool) = state.withLock { ($0.failure, $0.pool) }
        if let failure { throw failure.error }
        return pool
    }

    private func work(progress: (Int) -> Void) {
        var (own, screen, payloads) = (none, unseen, [UInt8]())
        var last = 0
        while let range = takeItems() {
            do throws(CommandError) {
                try count(range, into: &own, screen: &screen, payloads: &payloads)
            } catch { fail(at: range.lowerBound, error) }
            last = range.lowerBound
            progress(state.withLock { $0.doneCount })
        }
        do throws(AggregateError) {
            try state.withLock { (state) throws(AggregateError) in
                if let own { try state.pool.merge(own) }
                try state.screen.merge(screen)
            }
        } catch { fail(at: last, store.error(of: .countOverflow, in: items[last].period)) }
    }

    /// The next parts, of one period and partition, which are counted together; `nil` when there are none, or one is at fault.
    private func takeItems() -> Range<Int>? {
        state.withLock { state in
            guard state.failure == nil, state.next < items.count else { return nil }
            let share = (items.count - state.next + threadCount - 1) / threadCount
            let limit = min(max(1, oracle.tallyByteCount / Chunk.targetByteCount), share)
            let (first, start) = (items[state.next], state.next)
            while state.next < start + limit, items[state.next].period == first.period,
                items[state.next].part.partition == first.part.partition
            { state.next += 1 }
            return start..<state.next
        }
    }

    private func fail(at item: Int, _ error: CommandError) {
        state.withLock { state in
            if state.failure.map({ item < $0.item }) ?? true { state.failure = (item, error) }
        }
    }

    private func count(
        _ range: Range<Int>, into own: inout PooledReports<Oracle.Aggregate>?, screen: inout ReportScreen<Oracle>,
        payloads: inout [UInt8]
    ) throws(CommandError) {
        let (period, partition) = (items[range.lowerBound].period, items[range.lowerBound].part.partition)
        payloads.removeAll(keepingCapacity: true)
        var failure: CommandError?
        for item in range {
            let start = payloads.count
            do throws(CommandError) {
                try store.read(
                    items[item].part, of: period, payloadByteCount: oracle.storedByteCount, into: &payloads)
            } catch {
                // Reports before it may be at fault, and come first.
                failure = error
                payloads.removeLast(payloads.count - start)
                break
            }
            screen.count(payloads.span.extracting(droppingFirst: start), on: period.day, part: item)
        }
        do throws(ReportError) {
            if own != nil {
                try tally(payloads, partition: partition, of: period, into: &own!)  // Safe because it is not nil.
            } else {
                try state.withLock { (state) throws(ReportError) in
                    try tally(payloads, partition: partition, of: period, into: &state.pool)
                }
            }
        } catch { throw store.error(of: error, in: period) }
        if let failure { throw failure }
        state.withLock { $0.doneCount += payloads.count / oracle.storedByteCount }
    }

    private func tally(
        _ payloads: [UInt8], partition: Int, of period: StoredPeriod,
        into pool: inout PooledReports<Oracle.Aggregate>
    ) throws(ReportError) {
        try pool.count(on: period.day) { (aggregate) throws(ReportError) in
            try oracle.tally(payloads.span, partition: partition, into: &aggregate)
        }
    }
}
