internal import Foundation

/// Measures rows: both sides of a row in every round, in alternating order, so that what slows the machine slows both.
struct Runner {
    let rounds: Int
    let machine: Machine

    func result(of row: any Row) throws -> RowResult {
        let comparison: Comparison
        do {
            progress("\(row.name): preparing \(row.operation)")
            comparison = try row.prepare()
            // Unmeasured: caches, tables and lazily made objects are there afterwards.
            _ = (try comparison.anchor.secondsPerUnit(), try comparison.ours.secondsPerUnit())
        } catch let skipped as Skipped {
            return result(of: row, .skipped, reason: skipped.reason)
        }
        var (ours, anchor): ([Double], [Double]) = ([], [])
        for round in 1...rounds {
            progress("\(row.name): round \(round) of \(rounds)")
            if round.isMultiple(of: 2) {
                ours.append(try comparison.ours.secondsPerUnit())
                anchor.append(try comparison.anchor.secondsPerUnit())
            } else {
                anchor.append(try comparison.anchor.secondsPerUnit())
                ours.append(try comparison.ours.secondsPerUnit())
            }
        }
        let ratios = zip(ours, anchor).map { row.goal.ratio(ours: $0, anchor: $1) }
        let isMet = row.goal.isMet(by: ratios.median)
        var result = result(of: row, isMet ? .met : .missed, reason: isMet ? nil : row.bottleneck)
        result.ratios = ratios
        (result.oursSecondsPerUnit, result.anchorSecondsPerUnit) = (ours.median, anchor.median)
        return result
    }

    private func result(of row: any Row, _ outcome: RowResult.Outcome, reason: String?) -> RowResult {
        RowResult(
            name: row.name, operation: row.operation, anchor: row.anchor, goal: row.goal.description, unit: row.unit,
            outcome: outcome, reason: reason, ratios: [], commit: machine.commit, date: machine.date())
    }
}

/// Says on a terminal what is under way, over what was said before.
func progress(_ text: String) {
    guard isatty(STDERR_FILENO) == 1 else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
}
