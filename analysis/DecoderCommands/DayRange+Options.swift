internal import ArgumentParser
internal import ReportFormat

/// Days from one to another, either of which may be open.
struct DayRange: Hashable, Sendable {
    let first: UTCDay?
    let last: UTCDay?

    /// Reads two options.
    ///
    /// - Throws: `ValidationError` for what is no day, and for a range that ends before it starts.
    init(_ from: String?, _ to: String?, options: (String, String)) throws {
        first = try Self.day(from, option: options.0)
        last = try Self.day(to, option: options.1)
        if let first, let last, first > last {
            throw ValidationError("\(options.0) \(first) is after \(options.1) \(last): exchange them")
        }
    }

    /// Whether a day can be in both.
    func overlaps(_ other: DayRange) -> Bool {
        func startsAfter(_ one: DayRange, _ other: DayRange) -> Bool {
            if let first = one.first, let last = other.last { first > last } else { false }
        }
        return !startsAfter(self, other) && !startsAfter(other, self)
    }

    private static func day(_ text: String?, option: String) throws -> UTCDay? {
        guard let text else { return nil }
        guard let day = UTCDay(iso: text) else {
            throw ValidationError("\(option) '\(text)': is no day. Write it as YYYY-MM-DD, such as 2026-06-30")
        }
        return day
    }
}
