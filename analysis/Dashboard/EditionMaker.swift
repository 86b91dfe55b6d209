internal import DecoderCommands
internal import Dispatch
internal import NIOCore
internal import ReportFormat
internal import Reports

/// Makes editions, one at a time, on a thread of its own: an estimate takes as long as it takes, and nobody who asks for a page
/// waits for it.
final class EditionMaker: Sendable {
    /// What one look at the store came to.
    enum Outcome: Sendable {
        /// The store is as it was, and the day too.
        case unchanged
        case edition(Edition)
        case failure(CommandError)
    }

    /// What a look came to, and how much of it was spent on estimates.
    struct Look: Sendable {
        var outcome: Outcome
        var effort = Duration.zero
    }

    private let builder: ReportBuilder
    private let clock: @Sendable () -> Int64
    private let queue = DispatchQueue(label: "dither.dashboard.estimates", qos: .utility)

    /// - Parameter clock: gives the seconds since 1970.
    init(_ builder: ReportBuilder, clock: @escaping @Sendable () -> Int64 = { Moment.now }) {
        self.clock = clock
        var builder = builder
        // A file that is cut short under a mapping would end the process, and with it the last good page.
        builder.mapsStore = false
        self.builder = builder
    }

    /// Looks at the store and makes an edition, unless the last one is what there would be.
    ///
    /// - Parameters:
    ///   - last: the last edition; one is made at any rate without it.
    ///   - begin: is called when an edition is going to be made.
    /// - Throws: `CancellationError` when the task is cancelled; the look, which only reads, goes on without anybody who
    ///   waits for it.
    func next(
        after last: Edition?, begin: @escaping @Sendable () -> Void
    ) async throws(CancellationError) -> Look {
        let (looks, result) = AsyncStream.makeStream(of: Look.self)
        queue.async {
            result.yield(self.look(after: last, begin: begin))
            result.finish()
        }
        for await look in looks { return look }
        throw CancellationError()
    }

    private func look(after last: Edition?, begin: () -> Void) -> Look {
        let steady = ContinuousClock()
        var start: ContinuousClock.Instant?
        do throws(CommandError) {
            let now = clock()
            let contents = try StoreContents(of: builder.metrics, storePath: builder.store)
            if let last, last.contents == contents,
                UTCDay(containing: last.startInSeconds) == UTCDay(containing: now)
            {
                return Look(outcome: .unchanged)
            }
            begin()
            start = steady.now
            let edition = try edition((last?.number ?? 0) + 1, of: contents, atSeconds: now)
            return Look(outcome: .edition(edition), effort: start.map { steady.now - $0 } ?? .zero)
        } catch { return Look(outcome: .failure(error), effort: start.map { steady.now - $0 } ?? .zero) }
    }

    private func edition(
        _ number: Int, of contents: StoreContents, atSeconds now: Int64
    ) throws(CommandError) -> Edition {
        let shelf = FileShelf()
        var builder = builder
        builder.keep = { metric, chart, figures in shelf.put(figures, of: chart, metric: metric) }
        let document = try builder.document()
        let page: LivePage
        do { page = try document.livePage() } catch {
            throw CommandError(.runtimeFailure, "libcrypto offers no SHA-256 here. Use an OpenSSL that does.")
        }
        return Edition(
            number: number, startInSeconds: now, contents: contents, policy: page.policy,
            head: ByteBuffer(string: page.head), tail: ByteBuffer(string: page.tail), files: shelf.files)
    }
}
