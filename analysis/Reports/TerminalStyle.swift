/// What a terminal can show.
public struct TerminalStyle: Hashable, Sendable {
    /// How many characters a line has.
    public var columnCount: Int
    /// Whether it shows more than ASCII.
    public var isUnicode: Bool
    /// Whether colour is added; nothing is told by colour alone.
    public var isColoured: Bool

    /// A terminal of these features.
    public init(columnCount: Int, isUnicode: Bool, isColoured: Bool) {
        (self.columnCount, self.isUnicode, self.isColoured) = (columnCount, isUnicode, isColoured)
    }

    /// The columns that a text takes.
    public func width(of text: String) -> Int { DisplayText.width(text) }

    /// A text that may be anything, as this terminal can show it.
    public func visible(_ text: String) -> String { DisplayText.visible(text, isUnicode: isUnicode) }

    /// A text of at most so many columns: where it is longer, its start and an ellipsis.
    public func truncated(_ text: String, to columns: Int) -> String {
        DisplayText.truncated(text, to: columns, ellipsis: ellipsis)
    }

    /// The text of a figure, whose minus sign is not of ASCII.
    func figure(_ text: String) -> String { isUnicode ? text : text.replacing("−", with: "-") }

    var ellipsis: String { isUnicode ? "…" : "..." }

    /// What bars are made of.
    struct Glyphs {
        var detected, notDetected, detectedMark, notDetectedMark, figureMark: Character
        var line, low, high, lowArrow, highArrow, origin, crossing: Character
    }

    var glyphs: Glyphs {
        isUnicode
            ? Glyphs(
                detected: "█", notDetected: "░", detectedMark: "●", notDetectedMark: "○", figureMark: "◆", line: "─",
                low: "├", high: "┤", lowArrow: "◂", highArrow: "▸", origin: "│", crossing: "┼")
            : Glyphs(
                detected: "#", notDetected: ".", detectedMark: "*", notDetectedMark: "o", figureMark: "x", line: "-",
                low: "|", high: "|", lowArrow: "<", highArrow: ">", origin: ":", crossing: "+")
    }

    /// The heights of a day, the lowest first.
    var levels: [Character] { Array(isUnicode ? "▁▂▃▄▅▆▇█" : "0123456789") }

    /// A text in a colour that is legible on light and on dark.
    func coloured(_ text: String) -> String { isColoured ? "\u{1B}[36m\(text)\u{1B}[0m" : text }
}
