public import RegistryCompiler
public import SecureRandomness

extension PrivacyPage {
    /// The page for users as one file of HTML that loads nothing and runs nothing, with the sentences of its Markdown.
    ///
    /// - Throws: ``RandomnessError`` where libcrypto has no SHA-256, by which browsers know the style.
    public func html() throws(RandomnessError) -> String {
        let frame = PageFrame(
            title: title, skip: "Skip to the content", generator: "dither registry explain FILE --html")
        var page = Markup()
        try frame.open(in: &page)
        header(in: &page)
        page.literal("\n<main id=\"content\">\n")
        PrivacyProse(section: introduction, identifier: "introduction").append(to: &page)
        page.literal("\n")
        overview(in: &page)
        for (place, question) in questions.enumerated() {
            page.literal("\n")
            PrivacyArticle(question: question, identifier: Self.identifier(place)).append(to: &page)
        }
        for (place, section) in sections.enumerated() {
            page.literal("\n")
            PrivacyProse(section: section, identifier: "about-\(place + 1)").append(to: &page)
        }
        page.literal("\n</main>\n")
        footer(in: &page)
        frame.close(in: &page)
        return page.source
    }

    private static func identifier(_ place: Int) -> String { "question-\(place + 1)" }

    private func header(in page: inout Markup) {
        page.element("header") { page in
            page.element("p", ["class": "kicker"], text: "Private telemetry, for those whose devices report")
            page.element("h1") { page in page.element("bdi", text: title) }
            for (place, paragraph) in opening.enumerated() {
                page.element("p", ["class": place == 0 ? "lead" : "callout"]) { $0.text(paragraph) }
            }
        }
    }

    private func overview(in page: inout Markup) {
        page.element("section", ["aria-labelledby": "overview"]) { page in
            page.element("h2", ["id": "overview"], text: "All questions together")
            page.tiles(tiles)
            table(in: &page)
            page.element("p", ["class": "prose"]) { $0.text(sums.words) }
        }
    }

    private var tiles: [(title: String, figure: String, words: String)] {
        let furthest = questions.max { (Double($0.oneReport.posterior) ?? 0) < (Double($1.oneReport.posterior) ?? 0) }
        return [
            ("Questions", Digits.grouped(questions.count), "once a day each"),
            (
                "One report", "50 % → \(furthest?.oneReport.posterior ?? "50.0") %",
                "at most, of the question that tells most"
            ),
            ("ε of a day", sums.day.epsilon, "of at most \(sums.day.ceiling)"),
            (
                "ε of a life", sums.lifetime.epsilon,
                "in \(Digits.grouped(sums.days)) days; of at most \(sums.lifetime.ceiling)"
            ),
        ]
    }

    private func table(in page: inout Markup) {
        let headings: [(name: String, kind: String)] = [
            ("Question", ""), ("One report", "figure"), ("ε a day", "figure"), ("ε in a life", "figure"),
            ("Ends after", "figure"),
        ]
        page.element("table", ["class": "questions"]) { page in
            page.element("caption", ["class": "hidden"], text: "Every question, with what it can tell")
            page.element("thead") { page in
                page.element("tr") { page in
                    for heading in headings {
                        page.element("th", ["scope": "col", "class": heading.kind], text: heading.name)
                    }
                }
            }
            page.element("tbody") { page in
                for (place, question) in questions.enumerated() {
                    page.element("tr") { page in
                        page.element("th", ["scope": "row"]) { page in
                            page.element("a", ["href": "#" + Self.identifier(place)]) { page in
                                page.element("bdi", text: question.question)
                            }
                        }
                        page.element("td", ["class": "figure"], text: "≤ \(question.oneReport.posterior) %")
                        page.element("td", ["class": "figure"], text: question.oneReport.epsilon)
                        page.element("td", ["class": "figure"], text: question.lifetime.epsilon)
                        page.element("td", ["class": "figure"], text: question.lifetime.days)
                    }
                }
            }
        }
    }

    private func footer(in page: inout Markup) {
        page.element("footer") { page in
            page.element(
                "p",
                text:
                    "Made by dither registry explain from the registry that the devices have: nothing here is written by hand but "
                    + "the questions. This page loads nothing, runs nothing and tells nobody that you read it.")
        }
    }
}

extension Markup {
    /// Adds a text with its words to type.
    mutating func text(_ text: PrivacyText) {
        for piece in text.pieces {
            switch piece {
            case .words(let words): self.text(words)
            case .code(let words): element("code", text: words)
            }
        }
    }
}
