/// Where the values of a metric of type string are listed that an estimate looks for. No part of the definition: who
/// looks for what changes no report.
public struct CandidateSource: Hashable, Sendable {
    /// The file: a CSV table, relative to the current folder or absolute.
    public let path: String
    /// The column that holds the values; `nil` for the first.
    public let column: String?

    /// Values in a column of a file.
    public init(path: String, column: String?) { (self.path, self.column) = (path, column) }

    /// Under what name ``RegistrySource/candidates`` has those of a half of a pair: no metric's name has a slash.
    public static func place(of half: String, in metric: String) -> String { "\(metric)/\(half)" }

    /// The same source where `path` stands in a registry and is relative to that registry's folder.
    func resolved(beside registry: String) -> CandidateSource {
        guard !path.hasPrefix("/"), let slash = registry.lastIndex(of: "/") else { return self }
        return CandidateSource(path: String(registry[...slash]) + path, column: column)
    }
}

extension MetricReader {
    /// The candidates of a metric of type string, as they are written; `nil` if there are none.
    func readCandidates(isString: Bool?, _ findings: inout DiagnosticList) -> CandidateSource? {
        guard let node = keys.node("candidates") else { return nil }
        if isString == false {
            findings.error(
                node.position, "\(keys.subject) has 'candidates' and is no string",
                "Remove them: an estimate takes the values from the registry.")
        }
        let subject = "'candidates' of \(keys.subject)"
        guard let source = MappingReader(node, .candidates, subject: subject, &findings) else { return nil }
        let file = source.text("file", &findings)
        let column = source.has("column") ? source.text("column", &findings) : nil
        return file.map { CandidateSource(path: $0.text, column: column?.text) }
    }
}
