internal import DecoderCommands
internal import Foundation
internal import ReportFormat
internal import Reports
internal import Synchronization

/// The edition that is given out, and what became of the last attempt at a newer one.
final class Newsstand: Sendable {
    private struct State {
        var edition: Edition?
        var isEstimating = false
        /// Why there is nothing newer, and since when.
        var failure: (reason: String, sinceInSeconds: Int64)?
    }

    private let state = Mutex(State())
    private let everySeconds: Int

    /// - Parameter everySeconds: after how many seconds a page asks whether it is old.
    init(everySeconds: Int) { self.everySeconds = everySeconds }

    /// The last edition that was made; `nil` before the first.
    var edition: Edition? { state.withLock { $0.edition } }

    /// An estimate is under way.
    func begin() { state.withLock { $0.isEstimating = true } }

    /// There is a newer edition.
    func publish(_ edition: Edition) { state.withLock { $0 = State(edition: edition) } }

    /// The store is as the edition says.
    func confirm() { state.withLock { ($0.isEstimating, $0.failure) = (false, nil) } }

    /// There is no newer edition; the last one stays.
    func fail(_ reason: String, atSeconds now: Int64) {
        state.withLock { state in
            state.isEstimating = false
            state.failure = (reason, state.failure?.sinceInSeconds ?? now)
        }
    }

    /// What is given out, and how old that is; `nil` before the first edition.
    func look(atSeconds now: Int64) -> (edition: Edition, freshness: PageFreshness, state: String)? {
        let (edition, isEstimating, failure) = state.withLock { ($0.edition, $0.isEstimating, $0.failure) }
        guard let edition else { return nil }
        let age = Moment.words(ofSeconds: now - edition.startInSeconds)
        var freshness = PageFreshness(
            edition: String(edition.number),
            age: "Estimated on \(Moment.words(at: edition.startInSeconds)), \(age)"
                + (isEstimating ? "; newer figures are being estimated." : "."),
            news: "", isAlarm: false, everySeconds: everySeconds)
        if let failure {
            freshness.news =
                "No newer figures since \(Moment.words(at: failure.sinceInSeconds)): \(failure.reason) What stands here is as "
                + "it was on \(Moment.words(at: edition.startInSeconds))."
            freshness.isAlarm = true
        }
        return (edition, freshness, failure != nil ? "failing" : isEstimating ? "estimating" : "current")
    }
}

/// Moments in words.
enum Moment {
    /// Now, in seconds since 1970.
    static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    /// Such as `2026-06-30 at 07:15 UTC`.
    static func words(at seconds: Int64) -> String {
        let clock = clock(at: seconds)
        return "\(UTCDay(containing: seconds)) at \(clock.hours):\(clock.minutes) UTC"
    }

    /// Such as `2026-06-30T07:15:09Z`.
    static func stamp(at seconds: Int64) -> String {
        let clock = clock(at: seconds)
        return "\(UTCDay(containing: seconds))T\(clock.hours):\(clock.minutes):\(clock.seconds)Z"
    }

    /// Such as `12 minutes ago`; of what lies ahead since a clock was set back, `just now`.
    static func words(ofSeconds seconds: Int64) -> String {
        let units: [(seconds: Int64, name: String)] = [(86_400, "day"), (3600, "hour"), (60, "minute")]
        guard let unit = units.first(where: { seconds >= $0.seconds }) else { return "just now" }
        let count = seconds / unit.seconds
        return "\(count) \(unit.name)\(count == 1 ? "" : "s") ago"
    }

    private static func clock(at seconds: Int64) -> (hours: String, minutes: String, seconds: String) {
        let rest = max(0, seconds) % UTCDay.secondsPerDay
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
        return (two(rest / 3600), two(rest / 60 % 60), two(rest % 60))
    }
}
