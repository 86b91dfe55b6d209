internal import SecureRandomness

/// What all pages have around their content: one file that loads nothing, in the style of them all.
struct PageFrame {
    /// What a window and a bookmark call the page.
    let title: String
    /// What the first link is called, which leads those who read by keyboard to the element `content`.
    let skip: String
    /// What made the page, where a page is to be known again as made.
    var generator: String?
    /// The scripts; a page without any has all there is to it.
    var scripts: [StaticString] = []
    /// Whether the scripts may ask whoever served the page for a younger one.
    var isLive = false

    /// What a browser may load and run for the page.
    ///
    /// - Throws: ``RandomnessError`` where libcrypto has no SHA-256, by which browsers know style and scripts.
    func policy() throws(RandomnessError) -> String {
        try ContentPolicy.text(style: PageStyle.source, scripts: scripts, asksItsServer: isLive)
    }

    /// Begins the page, up to its first link.
    ///
    /// - Throws: as ``policy()``.
    func open(in page: inout Markup) throws(RandomnessError) {
        page.literal("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.open("meta", ["http-equiv": "Content-Security-Policy", "content": try policy()])
        page.literal("\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        page.literal("<meta name=\"referrer\" content=\"no-referrer\">\n")
        // Of those who run no script nobody knows whether they read just then; five minutes are long.
        if isLive { page.literal("<noscript><meta http-equiv=\"refresh\" content=\"300\"></noscript>\n") }
        if let generator {
            page.open("meta", ["name": "generator", "content": generator])
            page.literal("\n")
        }
        page.element("title", text: title)
        page.literal("\n<style>")
        page.literal(PageStyle.source)
        page.literal("</style>\n</head>\n<body>\n")
        page.element("a", ["class": "skip", "href": "#content"], text: skip)
        page.literal("\n")
    }

    /// Ends the page.
    func close(in page: inout Markup) {
        for script in scripts {
            page.literal("\n<script>")
            page.literal(script)
            page.literal("</script>")
        }
        page.literal("\n</body>\n</html>\n")
    }
}
