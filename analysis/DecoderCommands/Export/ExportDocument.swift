internal import Estimation
internal import MetricDefinitions
internal import ReportFormat

/// What a store says of the metrics of a registry, for other programs: one long table, and what is missing from it.
struct ExportDocument {
    /// The version of the database's tables; raised with every change that a reader has to know.
    static let schemaVersion = 1

    let project: String
    let madeOn: UTCDay
    let confidence: ConfidenceLevel
    let byPeriod: Bool
    let metrics: [ExportedMetric]

    /// The rows of all metrics as tables have them, made as they are written.
    func rows(for reader: EstimateRows.Reader) -> RowList {
        let groups = ConcatenatedRows(metrics.flatMap { $0.groups(confidence: confidence) }.map { ($0.count, $0) })
        return RowList(columns: ExportRow.columns, count: groups.count) { position in
            let (group, row) = groups[position]
            return group.row(at: row).cells(for: reader)
        }
    }

    /// ``rows(for:)`` and, in their place, rows that say why a metric or a period has none, for formats of one table.
    var rowsWithReasons: RowList {
        let parts = metrics.flatMap { metric -> [(count: Int, part: Part)] in
            metric.groups(confidence: confidence).map { ($0.count, .figures($0)) }
                + metric.omissions.map { (1, .omission($0, of: metric.definition)) }
        }
        let rows = ConcatenatedRows(parts)
        return RowList(columns: ExportRow.columns + ["reason"], count: rows.count) { position in
            let (part, row) = rows[position]
            return switch part {
            case .figures(let group): group.row(at: row).cells(for: .spreadsheets) + [.null]
            case .omission(let omission, let definition): ExportRow.cells(omission, of: definition)
            }
        }
    }

    private enum Part {
        case figures(ExportedGroup)
        case omission(ExportOmission, of: MetricDefinition)
    }
}

/// A metric and what came of it.
struct ExportedMetric {
    let definition: MetricDefinition
    let outcome: MetricSurvey.Outcome<EstimateResult>
    /// What was left out of its candidates, as sentences.
    let candidateNotes: [String]

    /// What a reader has to know.
    var notes: [String] {
        guard case .shown(let result) = outcome else { return candidateNotes }
        return candidateNotes + result.notes
    }

    /// The groups of reports that have reached the release gate.
    func groups(confidence: ConfidenceLevel) -> [ExportedGroup] {
        guard case .shown(let result) = outcome else { return [] }
        return result.groups.compactMap { group in
            group.estimates.map { estimates in
                ExportedGroup(
                    definition: definition, values: result.values, group: group, estimates: estimates,
                    confidence: confidence)
            }
        }
    }

    /// What has no figures, and why.
    var omissions: [ExportOmission] {
        switch outcome {
        case .withheld(let reason): [ExportOmission(kind: .withheld, day: nil, reason: reason)]
        case .failed(let reason): [ExportOmission(kind: .failed, day: nil, reason: reason)]
        case .shown(let result):
            result.groups.filter { $0.estimates == nil }.map { group in
                ExportOmission(
                    kind: .withheld, day: group.from,
                    reason: "\(definition.name): \(definition.gateReason), so nothing is shown")
            }
        }
    }
}

/// A part of what was asked for that has no figures.
struct ExportOmission {
    enum Kind: String, CaseIterable {
        /// Nothing may be, or can be, shown of it.
        case withheld
        /// It could not be estimated, though it should be.
        case failed
    }

    let kind: Kind
    /// `nil` for all days.
    let day: UTCDay?
    let reason: String
}

/// Lists one behind the other, as one list.
struct ConcatenatedRows<Part: Sendable>: Sendable {
    private let parts: [Part]
    /// Where each part begins; no part is empty.
    private let starts: [Int]
    let count: Int

    init(_ counted: [(count: Int, part: Part)]) {
        var (parts, starts, count): ([Part], [Int], Int) = ([], [], 0)
        for (partCount, part) in counted where partCount > 0 {
            parts.append(part)
            starts.append(count)
            count += partCount
        }
        (self.parts, self.starts, self.count) = (parts, starts, count)
    }

    /// The part that a row is in, and its place there.
    ///
    /// - Complexity: logarithmic in the number of parts.
    subscript(position: Int) -> (part: Part, row: Int) {
        var (low, high) = (0, starts.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle] <= position { low = middle } else { high = middle - 1 }
        }
        return (parts[low], position - starts[low])
    }
}
