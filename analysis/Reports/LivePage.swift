/// The page about a document as a server gives it: the same page, with links to the figures, and with a word about how old it
/// is that is put in whenever it is asked for.
public struct LivePage: Sendable {
    /// What a browser may load and run for it, for the header `Content-Security-Policy`.
    public let policy: String
    /// What stands before a ``PageFreshness``, and after it.
    public let head, tail: String

    init(policy: String, head: String, tail: String) { (self.policy, self.head, self.tail) = (policy, head, tail) }
}

/// What a page says of its age, and of what keeps it from being younger.
public struct PageFreshness: Hashable, Sendable {
    /// What tells this page from one with other figures.
    public var edition: String
    /// How old the figures are, in a sentence.
    public var age: String
    /// What a reader has to know of them besides; empty where there is nothing.
    public var news: String
    /// Whether that is bad.
    public var isAlarm: Bool
    /// After how many seconds the page asks again.
    public var everySeconds: Int

    public init(edition: String, age: String, news: String, isAlarm: Bool, everySeconds: Int) {
        (self.edition, self.age, self.news) = (edition, age, news)
        (self.isAlarm, self.everySeconds) = (isAlarm, everySeconds)
    }

    /// What stands between ``LivePage/head`` and ``LivePage/tail``.
    public var html: String {
        var page = Markup()
        append(to: &page)
        return page.source
    }

    private func append(to page: inout Markup) {
        // The age is no part of what is read out when it changes: it changes always.
        page.element("p", ["id": "age", "class": "age"], text: age)
        page.close("header")
        page.element(
            "div",
            [
                "id": "news", "class": isAlarm ? "news alarm" : "news", "role": "status", "data-edition": edition,
                "data-every": String(everySeconds),
            ], text: news)
    }
}
