/// Names that a reader may have meant.
enum NearestName {
    /// "Did you mean 'x'?" for the nearest of the names, or what the names are.
    static func suggestion(for written: String, among names: [String]) -> String {
        if let nearest = nearest(to: written, among: names) { return "Did you mean '\(nearest)'?" }
        return names.isEmpty ? "Remove it." : "Allowed here: \(names.joined(separator: ", "))."
    }

    /// The nearest of the names, if a few slips of the finger lead there.
    static func nearest(to written: String, among names: [String]) -> String? {
        // Nothing that long is a slip, and the distance takes the product of the lengths.
        guard written.utf8.count <= 64 else { return nil }
        // A name of one letter is near to every other: it is never what someone meant.
        let candidates = names.filter { $0.count > 1 }.map { ($0, distance(written, $0)) }
            .filter { $0.1 <= max(1, $0.0.count / 3) }
        return candidates.min { $0.1 < $1.1 }?.0
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left.lowercased()), Array(right.lowercased()))
        var rows = [Array(0...b.count)]
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
