/// Where a drawing stands in a picture, in pixels.
struct PictureFrame {
    let x, y, width, height: String

    init(x: Int, y: Int, width: Int, height: Int) {
        (self.x, self.y) = ("\(x)", "\(y)")
        (self.width, self.height) = ("\(width)", "\(height)")
    }
}

/// A picture as one SVG file, which loads nothing and runs nothing: its title, lines of words, and below them what is drawn.
///
/// To programs that read aloud it is one picture with a title and a description that has all figures.
struct Picture {
    static let width = 960
    static let margin = 24
    /// How many columns of text a line holds.
    static let lineColumns = 142
    private static let lineHeight = 19

    private var markup = Markup()
    private let title: String
    private let description: String
    /// Where the next part starts.
    private(set) var bottom: Int

    init(title: String, lines: [String], description: String) {
        (self.title, self.description) = (title, description)
        bottom = Self.margin + 20
        words(DisplayText.truncated(title, to: 84), x: Self.margin, y: bottom, "title")
        bottom += 10
        for line in lines { add(line) }
    }

    /// The inside of the drawing.
    var drawing: Markup {
        get { markup }
        set { markup = newValue }
    }

    /// Adds a line of words below all else, broken where it is too long.
    mutating func add(_ line: String) {
        for part in DisplayText.wrapped(line, to: Self.lineColumns) {
            bottom += Self.lineHeight
            words(part, x: Self.margin, y: bottom - 5, "muted")
        }
    }

    /// Leaves so much room for what is drawn by hand.
    mutating func advance(by height: Int) { bottom += height }

    mutating func words(_ text: String, x: Int, y: Int, _ kind: String) {
        drawing.element("text", ["x": "\(x)", "y": "\(y)", "class": kind], text: text)
    }

    mutating func path(_ line: String, _ kind: String) {
        drawing.path(kind, line)
    }

    /// The file.
    var svg: String {
        var page = Markup()
        let (width, height) = ("\(Self.width)", "\(bottom + Self.margin)")
        page.literal("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        page.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height,
                "viewBox": "0 0 \(width) \(height)", "role": "img", "aria-labelledby": "title description",
            ]
        ) { page in
            page.literal("\n")
            page.element("title", ["id": "title"], text: title)
            page.literal("\n")
            page.element("desc", ["id": "description"], text: description)
            page.literal("\n<style>\n")
            page.literal(PictureStyle.source)
            page.literal("\n</style>\n")
            page.shape("rect", ["class": "card", "width": width, "height": height])
            page.literal("\n")
            page.append(markup)
        }
        page.literal("\n")
        return page.source
    }
}
