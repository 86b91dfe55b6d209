internal import DecoderCommands
internal import Foundation

/// Estimates of a metric with many values beside the truth: what was found of it.
struct DemoFindings {
    /// Candidates that occur, detected or not, and those that do not occur and were detected all the same.
    let detectedCount, missedCount, falseCount: Int
    /// Values that occur and are no candidates.
    let unlistedCount: Int
    /// Candidates that occur and whose interval holds their true share.
    let coveredCount: Int
    /// The values that occur most often, as a table beside their estimates.
    let table: Table

    /// Compares rows with how often each value occurs among `total`.
    init(_ rows: [DemoEstimate.Row], truth column: NameColumn, total: Int) {
        let truth = Dictionary(uniqueKeysWithValues: zip(column.names, column.counts))
        let occurring = rows.filter { truth[$0.name] != nil }
        detectedCount = occurring.count { $0.isDetected }
        missedCount = occurring.count - detectedCount
        falseCount = rows.count { $0.isDetected && truth[$0.name] == nil }
        unlistedCount = truth.count - occurring.count
        func share(_ row: DemoEstimate.Row) -> Double { Double(truth[row.name] ?? 0) / Double(total) }
        coveredCount = occurring.count { (row) in (row.low...max(row.low, row.high)).contains(share(row)) }
        var table = Table(columns: ["value", "truth", "estimate", "low", "high"])
        for row in occurring.sorted(by: { share($0) > share($1) }).prefix(5) {
            table.append([
                .text(row.name), .integer(truth[row.name] ?? 0), .decimal(row.count, digits: 0),
                .decimal(row.low * Double(total), digits: 0), .decimal(row.high * Double(total), digits: 0),
            ])
        }
        self.table = table
    }

    /// Candidates that occur.
    var occurringCount: Int { detectedCount + missedCount }

    /// The share of them that is covered.
    var coverage: Double { Double(coveredCount) / Double(max(1, occurringCount)) }

    /// The numbers in one line.
    var sentence: String {
        "detected \(detectedCount)   missed \(missedCount)   false \(falseCount)   coverage "
            + String(format: "%.1f", 100 * coverage) + " % of \(occurringCount)"
            + (unlistedCount > 0 ? "   not among the candidates \(unlistedCount)" : "")
    }
}
