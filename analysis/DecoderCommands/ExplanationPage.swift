internal import RegistryCompiler

/// An explanation as text, CSV or JSON.
struct ExplanationPage {
    private let explanation: RegistryExplanation
    private let metrics: [MetricExplanation]
    private let showsOverview: Bool

    /// A page about one metric, or about all and what they add up to.
    init(_ explanation: RegistryExplanation, metric: String?) {
        self.explanation = explanation
        metrics = explanation.metrics.filter { metric == nil || $0.name == metric }
        showsOverview = metric == nil
    }

    func rendered(as format: OutputFormat) -> String {
        switch format {
        case .table: text
        case .csv: table.rendered(as: .csv)
        case .json: json.rendered + "\n"
        }
    }

    private var text: String {
        var blocks = metrics.map { metric in
            ([heading(metric.name)] + metric.sections.map(block)).joined(separator: "\n")
        }
        if showsOverview {
            blocks.insert(heading("project \(explanation.project)") + "\n" + block(explanation.overview), at: 0)
        }
        return blocks.joined(separator: "\n")
    }

    private func heading(_ title: String) -> String {
        let shown = printable(title)
        return shown + "\n" + String(repeating: "=", count: shown.count) + "\n"
    }

    private func block(_ section: ExplainedSection) -> String {
        section.title + "\n" + section.facts.map { wrapped($0.sentence) }.joined()
    }

    /// The sentence as an item of a list, in lines of at most 100 characters.
    private func wrapped(_ sentence: String) -> String {
        var lines = ["  -"]
        for word in printable(sentence).split(separator: " ") {
            if lines[lines.count - 1].count + 1 + word.count > 100 { lines.append("   ") }
            lines[lines.count - 1] += " " + word
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private var table: Table {
        var table = Table(columns: ["metric", "section", "name", "value", "sentence"])
        func append(_ section: ExplainedSection, of metric: Cell) {
            for fact in section.facts {
                table.append([
                    metric, .text(section.title), .text(fact.name), Cell(fact.value), .text(fact.sentence),
                ])
            }
        }
        if showsOverview { append(explanation.overview, of: .null) }
        for metric in metrics {
            for section in metric.sections { append(section, of: .text(metric.name)) }
        }
        return table
    }

    private var json: JSONOutput {
        var members: [(String, JSONOutput)] = [("project", .cell(.text(explanation.project)))]
        if showsOverview { members += explanation.overview.facts.map { ($0.name, .cell(Cell($0.value))) } }
        members.append(("metrics", .array(metrics.map(object))))
        return .document(.registryExplain, members)
    }

    private func object(of metric: MetricExplanation) -> JSONOutput {
        let facts = metric.sections.flatMap(\.facts)
        return .object(
            [("name", .cell(.text(metric.name)))]
                + facts.map { ($0.name, .cell(Cell($0.value))) }
                + [("sentences", .array(facts.map { .cell(.text($0.sentence)) }))])
    }
}

extension Cell {
    /// A fact's value.
    fileprivate init(_ value: ExplainedFact.Value) {
        switch value {
        case .text(let text): self = .text(text)
        case .integer(let integer): self = .integer(integer)
        case .decimal(let digits): self = .digits(digits)
        case .boolean(let truth): self = .boolean(truth)
        }
    }
}
