public import ArgumentParser

/// How a result is written.
public enum OutputFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// For people: aligned columns, or sentences where there are no columns.
    case table
    /// For spreadsheets: RFC 4180 with a header line.
    case csv
    /// For programs: keys in a fixed order.
    case json
}
