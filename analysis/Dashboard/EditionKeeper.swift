internal import DecoderCommands
internal import ServiceLifecycle

/// Keeps the newsstand up to date: a look at the store every so often, and a new edition when it holds other reports or a UTC
/// day has closed.
struct EditionKeeper: Service {
    /// Of all time, at most a tenth is spent on estimates: after one, so many times as long is waited at least.
    static let pausePerEstimate = 9

    let maker: EditionMaker
    let stand: Newsstand
    /// How long is waited between two looks, in seconds.
    let everySeconds: Int
    /// Ends when the server listens.
    let start: AsyncStream<Never>
    /// Is called when there is a page to be had.
    let onFirstEdition: @Sendable () throws -> Void

    func run() async throws {
        do { try await cancelWhenGracefulShutdown { try await keep() } } catch is CancellationError {
            // The process was told to stop.
        }
    }

    private func keep() async throws {
        for await _ in start {}
        try Task.checkCancellation()
        var pause = try await look(isFirst: true)
        try onFirstEdition()
        while true {
            try await Task.sleep(for: pause)
            pause = try await look(isFirst: false)
        }
    }

    /// - Returns: for how long to wait until the next look.
    /// - Throws: `CancellationError`, and what keeps the first edition from being made.
    private func look(isFirst: Bool) async throws -> Duration {
        let look = try await maker.next(after: stand.edition) { stand.begin() }
        switch look.outcome {
        case .unchanged: stand.confirm()
        case .edition(let edition): stand.publish(edition)
        case .failure(let error):
            if isFirst { throw error }
            stand.fail(error.message, atSeconds: Moment.now)
        }
        return max(.seconds(everySeconds), look.effort * Self.pausePerEstimate)
    }
}
