extension PrivacyPage {
    /// The page in Markdown, with a newline at its end. Every paragraph is a line.
    public var markdown: String {
        let heading = """
            # \(escapedForMarkdown(title))

            <!-- Made by `dither registry explain FILE --markdown`. Change the registry and make this page anew. -->
            """
        let parts =
            [heading] + opening.map(\.markdown) + [introduction.markdown, "## What is collected"]
            + questions.map(\.markdown) + [together]
            + sections.map(\.markdown)
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var together: String {
        let rows = questions.map { question in
            "| `\(question.name)` | \(question.oneReport.epsilon) | \(question.lifetime.epsilon) | \(question.lifetime.days) |"
        }
        return """
            ## All questions together

            | Metric | ε a day | ε in a life | Ends after |
            |---|---|---|---|
            \(rows.joined(separator: "\n"))

            \(sums.words.markdown)
            """
    }
}

extension PrivacyQuestion {
    fileprivate var markdown: String {
        var lines: [(title: String, words: String)] = [("Question", escapedForMarkdown(question))]
        lines += collection.map { ($0.title, $0.words.markdown) }
        lines.append(("One report can reveal", oneReport.words.markdown))
        lines.append(("All reports can reveal", PrivacyText(joining: allReports.map(\.words)).markdown))
        lines += open.map { ("Not hidden", $0.markdown) }
        lines += limits.map { ($0.title, $0.words.markdown) }
        return (["### `\(name)`", ""] + lines.map { "- **\($0.title):** \($0.words)" }).joined(separator: "\n")
    }
}

extension PrivacyPage.Section {
    fileprivate var markdown: String {
        let parts = blocks.map { block in
            switch block {
            case .paragraph(let text): text.markdown
            case .list(let items):
                items.map { item in "- " + (item.title.map { "**\($0)** " } ?? "") + item.words.markdown }
                    .joined(separator: "\n")
            case .table(let headings, let rows):
                ([headings, headings.map { _ in "---" }] + rows.map { $0.map(\.markdown) })
                    .map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
            }
        }
        return (["## \(title)"] + parts).joined(separator: "\n\n")
    }
}

extension PrivacyText {
    fileprivate var markdown: String {
        pieces.map { piece in
            switch piece {
            case .words(let words): escapedForMarkdown(words)
            case .code(let words): "`\(words)`"
            }
        }.joined()
    }
}
