internal import ArgumentParser
internal import ReportFormat

/// Two times, the second of which is taken from the first.
struct TimePair: Hashable {
    let later: DayRange
    let earlier: DayRange

    init(later: DayRange, earlier: DayRange) { (self.later, self.earlier) = (later, earlier) }

    /// Reads `2026-06-08..2026-06-14=2026-06-01..2026-06-07`; a day alone is from itself to itself.
    init(option text: String) throws {
        let sides = text.split(separator: "=", omittingEmptySubsequences: false)
        guard sides.count == 2 else {
            throw ValidationError(
                "--compare '\(text)': is no two times. Write them as 2026-06-08..2026-06-14=2026-06-01..2026-06-07")
        }
        self.init(later: try Self.range(sides[0]), earlier: try Self.range(sides[1]))
        guard !later.overlaps(earlier) else {
            throw ValidationError("--compare '\(text)': both times have days in common. Give each its own")
        }
    }

    private static func range(_ text: Substring) throws -> DayRange {
        let ends = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        switch ends.count {
        case 1: return try DayRange(ends[0], ends[0], options: ("--compare", "--compare"))
        case 3 where ends[1].isEmpty: return try DayRange(ends[0], ends[2], options: ("--compare", "--compare"))
        default: throw ValidationError("--compare '\(text)': is no time. Write, such as, 2026-06-08..2026-06-14")
        }
    }

    /// The last of these days, at most a week, and as many before; `nil` where there are no two.
    init?(halving days: [UTCDay]) {
        let count = min(7, days.count / 2)
        guard count > 0 else { return nil }
        let later = days.suffix(count), earlier = days.dropLast(count).suffix(count)
        self.init(
            later: DayRange(first: later.first, last: later.last),
            earlier: DayRange(first: earlier.first, last: earlier.last))
    }
}

extension DayRange {
    init(first: UTCDay?, last: UTCDay?) { (self.first, self.last) = (first, last) }

    /// Such as `2026-06-08 to 2026-06-14`.
    var words: String {
        guard let first, let last, first != last else { return "\(first ?? last ?? UTCDay(containing: 0))" }
        return "\(first) to \(last)"
    }
}
