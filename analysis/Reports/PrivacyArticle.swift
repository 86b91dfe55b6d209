internal import RegistryCompiler

/// What the page for users says of one question.
struct PrivacyArticle {
    let question: PrivacyQuestion
    /// Of its element, and the start of those inside.
    let identifier: String

    func append(to page: inout Markup) {
        page.element("article", ["id": identifier, "aria-labelledby": identifier + "-name"]) { page in
            page.element("h2", ["id": identifier + "-name"]) { $0.element("bdi", text: question.question) }
            page.element("p", ["class": "facts"]) { page in
                page.element("span") { page in
                    page.text("recorded as ")
                    page.element("code", text: question.name)
                }
                page.element("span", text: "once a day, for \(question.lifetime.days)")
            }
            for words in question.open {
                page.element("p", ["class": "callout"]) { page in
                    page.element("strong", text: "Not hidden: ")
                    page.text(words)
                }
            }
            page.element("div", ["class": "columns"]) { page in
                page.element("div", ["class": "evidence"]) { page in
                    for row in question.collection + question.limits {
                        page.element("h3", text: row.title)
                        page.element("p") { $0.text(row.words) }
                    }
                    claims(in: &page)
                }
                page.element("div", ["class": "cards"]) { page in
                    card("What one report tells", [question.oneReport], in: &page)
                    card("What all its reports tell", question.allReports, in: &page)
                }
            }
        }
    }

    private func card(_ title: String, _ reaches: [PrivacyQuestion.Reach], in page: inout Markup) {
        page.element("div", ["class": "card guarantee"]) { page in
            page.element("h3", text: title)
            for reach in reaches {
                BeliefScale(posterior: reach.posterior).append(to: &page)
                page.element("p") { $0.text(reach.words) }
            }
        }
    }

    private func claims(in page: inout Markup) {
        page.element("details") { page in
            page.element("summary", text: "The claims, word for word")
            page.element("ul") { page in
                for claim in question.claims { page.element("li", text: claim) }
            }
        }
    }
}

/// A section of the page for users.
struct PrivacyProse {
    let section: PrivacyPage.Section
    /// Of its heading.
    let identifier: String

    func append(to page: inout Markup) {
        page.element("section", ["aria-labelledby": identifier]) { page in
            page.element("h2", ["id": identifier], text: section.title)
            for block in section.blocks {
                switch block {
                case .paragraph(let text): page.element("p", ["class": "prose"]) { $0.text(text) }
                case .list(let items): list(items, in: &page)
                case .table(let headings, let rows): table(headings, rows, in: &page)
                }
            }
        }
    }

    private func list(_ items: [(title: String?, words: PrivacyText)], in page: inout Markup) {
        page.element("ul", ["class": "prose"]) { page in
            for item in items {
                page.element("li") { page in
                    if let title = item.title {
                        page.element("strong", text: title)
                        page.text(" ")
                    }
                    page.text(item.words)
                }
            }
        }
    }

    private func table(_ headings: [String], _ rows: [[PrivacyText]], in page: inout Markup) {
        page.element("table", ["class": "prose"]) { page in
            page.element("caption", ["class": "hidden"], text: section.title)
            page.element("thead") { page in
                page.element("tr") { page in
                    for heading in headings { page.element("th", ["scope": "col"], text: heading) }
                }
            }
            page.element("tbody") { page in
                for row in rows {
                    page.element("tr") { page in
                        for (place, cell) in row.enumerated() {
                            if place == 0 {
                                page.element("th", ["scope": "row"]) { $0.text(cell) }
                            } else {
                                page.element("td") { $0.text(cell) }
                            }
                        }
                    }
                }
            }
        }
    }
}
