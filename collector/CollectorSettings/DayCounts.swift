/// Numbers of days by the name of a metric, as in `destination=90,carrier=30`.
package struct DayCounts: Hashable, Sendable {
    /// The numbers that there can be: at least one day, and at most ten centuries.
    package static let range = 1...365_000

    /// Each name once, and a number of ``range``.
    package let byName: [String: Int]

    /// Reads `METRIC=DAYS,…`, without spaces; `nil` for anything else.
    package init?(_ text: String) {
        var byName: [String: Int] = [:]
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(" "), let count = Int(parts[1]),
                String(count) == parts[1], Self.range.contains(count), byName[String(parts[0])] == nil
            else { return nil }
            byName[String(parts[0])] = count
        }
        self.byName = byName
    }
}
