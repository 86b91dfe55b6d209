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
        let clock = ContinuousClock()
        let first = try await maker.next(after: nil) { stand.begin() }
        if case .failure(let error) = first.outcome { throw error }
        var mayEstimateAt = take(first)
        try onFirstEdition()
        var couldNotLook = false
        while true {
            try await clock.sleep(for: .seconds(everySeconds))
            // Whether the store can be read is found out with every look, however long estimates take.
            let look = try await maker.next(after: stand.edition, mayEstimate: clock.now >= mayEstimateAt) {
                stand.begin()
            }
            let next = take(look)
            switch look.outcome {
            case .failure: couldNotLook = look.effort == .zero
            case .postponed where couldNotLook:
                // The store can be read again; newer figures come when there may be an estimate.
                stand.confirm()
                couldNotLook = false
            default: break
            }
            if look.effort > .zero { mayEstimateAt = next }
        }
    }

    /// - Returns: when the next estimate may be made after this one.
    private func take(_ look: EditionMaker.Look) -> ContinuousClock.Instant {
        switch look.outcome {
        case .unchanged: stand.confirm()
        // What has failed has still failed, if anything has.
        case .postponed: break
        case .edition(let edition): stand.publish(edition)
        case .failure(let error): stand.fail(error.message, atSeconds: Moment.now)
        }
        return ContinuousClock.now + look.effort * Self.pausePerEstimate
    }
}
