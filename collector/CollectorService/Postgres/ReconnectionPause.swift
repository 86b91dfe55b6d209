/// How long a lost database is left alone before it is asked again: at first hardly, then for up to four seconds.
struct ReconnectionPause {
    private static let shortest = Duration.milliseconds(100)
    private static let longest = Duration.seconds(4)

    private var pause = shortest
    private var end: ContinuousClock.Instant?

    /// Whether it is too early for another attempt.
    func lasts(at moment: ContinuousClock.Instant) -> Bool { end.map { moment < $0 } ?? false }

    /// Begins after a failed attempt; twice as long as the one before.
    mutating func begin(at moment: ContinuousClock.Instant) {
        end = moment + pause
        pause = min(pause * 2, Self.longest)
    }

    /// Ends after a success.
    mutating func reset() { self = ReconnectionPause() }
}
