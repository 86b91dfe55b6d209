/// A calendar day in UTC, counted from 1970-01-01: the period of every report. No finer time exists on the wire.
public struct UTCDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The length of a day; UTC's leap seconds have no number of their own.
    public static let secondsPerDay: Int64 = 86_400

    /// Days since 1970-01-01, up to 9999-12-31.
    public static let allowedIndices: ClosedRange<UInt32> = 0...2_932_896

    /// Days since 1970-01-01.
    public let index: UInt32

    /// The day with this index; `nil` after the year 9999.
    public init?(index: UInt32) {
        guard Self.allowedIndices.contains(index) else { return nil }
        self.index = index
    }

    /// The day that contains a moment; moments outside 1970–9999 give the nearest day within.
    public init(containing secondsSinceEpoch: Int64) {
        let day = secondsSinceEpoch / Self.secondsPerDay - (secondsSinceEpoch % Self.secondsPerDay < 0 ? 1 : 0)
        index = UInt32(min(max(day, 0), Int64(Self.allowedIndices.upperBound)))
    }

    /// A day written as `YYYY-MM-DD`; `nil` for anything else, and for days that no calendar has.
    public init?(iso text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2]),
            year >= 1970, (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        // Days before a month, in a year that starts in March [Hinnant, days_from_civil].
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = (shiftedYear / 400, shiftedYear % 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        guard let index = UInt32(exactly: era * 146_097 + dayOfEra - 719_468),
            let candidate = UTCDay(index: index), candidate.description == text
        else { return nil }
        self = candidate
    }

    /// The day `count` days later (earlier if negative), or the nearest one that exists.
    public func advanced(by count: Int) -> UTCDay {
        let limit = Int(Self.allowedIndices.upperBound)
        return UTCDay(clamped: UInt32(min(max(Int(index) + min(max(count, -limit), limit), 0), limit)))
    }

    /// The first second of the day, since 1970-01-01T00:00:00Z.
    public var startInSeconds: Int64 { Int64(index) * Self.secondsPerDay }

    public static func < (left: Self, right: Self) -> Bool { left.index < right.index }

    /// The day as `YYYY-MM-DD`.
    public var description: String {
        let shifted = Int(index) + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    private init(clamped index: UInt32) { self.index = index }
}
