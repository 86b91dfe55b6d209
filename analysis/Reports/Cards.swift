/// What one report tells, as a card.
struct GuaranteeCard {
    let guarantee: Guarantee
    let epsilon: String

    func append(to page: inout Markup) {
        page.element("div", ["class": "card guarantee"]) { page in
            page.element("h3", text: "What one report tells")
            BeliefScale(posterior: guarantee.posterior).append(to: &page)
            page.element(
                "p",
                text:
                    "Someone who held an answer 50:50 holds it at most \(guarantee.posterior) % after one report. This is ε "
                    + "\(epsilon).")
            if let permanent = guarantee.permanent {
                BeliefScale(lead: "all reports: ", posterior: permanent.posterior).append(to: &page)
                page.element(
                    "p",
                    text:
                        "The device keeps its noisy answer, so any number of reports about one unchanging value tells no more "
                        + "than this: ε \(permanent.epsilon).")
            }
            page.element("details") { page in
                page.element("summary", text: "The claims, word for word")
                page.element("ul") { page in
                    for sentence in guarantee.sentences { page.element("li", text: sentence) }
                }
            }
        }
    }
}

/// Where the error comes from, as a card.
struct ErrorSplitCard {
    let split: ErrorSplit
    let scale: FigureScale

    func append(to page: inout Markup) {
        let percent = min(max(split.noiseShare, 0), 1) * 100
        let (noise, draw) = (Digits.fixed(percent, 0), Digits.fixed(100 - percent.rounded(), 0))
        page.element("div", ["class": "card"]) { page in
            page.element("h3", text: "Where the error comes from")
            page.open(
                "svg",
                ["class": "split", "viewBox": "0 0 1000 14", "preserveAspectRatio": "none", "aria-hidden": "true"])
            let cut = Int((percent * 10).rounded())
            for (kind, line) in [("noise", "M0 1H\(cut)V13H0z"), ("draw", "M\(cut) 1H1000V13H\(cut)z")] {
                page.path(kind, line)
            }
            page.close("svg")
            page.element("p", ["class": "shares"]) { page in
                page.element("span", ["data-value": Digits.exact(split.noiseShare)], text: "■ noise \(noise) %")
                page.element("span", text: "□ who reported \(draw) %")
            }
            page.element("p") { page in
                page.text("Of the variance of ")
                page.element("bdi", text: split.name)
                page.text(
                    ", \(noise) % is the noise that protects devices; \(draw) % is chance in which devices reported, if they are a "
                        + "random sample of a population. For that population the interval is ")
                page.element(
                    "strong",
                    text: scale.text(split.population.low, split.population.high, error: split.population.error))
                page.text(".")
            }
        }
    }
}
