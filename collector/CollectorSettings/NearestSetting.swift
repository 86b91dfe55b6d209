/// The setting that a wrong key was probably meant to be.
enum NearestSetting {
    /// "did you mean 'x'?", or what the settings are.
    static func suggestion(for written: String) -> String {
        let names = SettingKey.allCases.map(\.rawValue)
        // Nothing that long is a slip, and the distance takes the product of the lengths.
        if written.utf8.count <= 64 {
            let candidates = names.map { ($0, distance(written, $0)) }.filter { $0.1 <= max(1, $0.0.count / 3) }
            if let nearest = candidates.min(by: { $0.1 < $1.1 })?.0 { return "did you mean '\(nearest)'?" }
        }
        return "the settings are \(names.joined(separator: ", "))"
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        // Flags and file keys differ in this alone, so that it should cost nothing to have taken one for the other.
        let (a, b) = (Array(left.lowercased().map { $0 == "-" ? "_" : $0 }), Array(right))
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
