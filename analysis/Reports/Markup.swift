internal import RegistryCompiler

/// HTML or SVG under construction. What is not written in this module as a literal passes ``escaped(_:)``, so that a name or a
/// value can be no more than text.
struct Markup {
    /// What there is so far.
    private(set) var source = ""

    /// Adds a literal as it is.
    mutating func literal(_ markup: StaticString) { source += markup.description }

    /// Adds what was made elsewhere.
    mutating func append(_ other: Markup) { source += other.source }

    /// Adds text.
    mutating func text(_ text: String) { source += escaped(text) }

    /// Adds an element around `content`.
    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
        _ content: (inout Markup) -> Void
    ) {
        open(name, attributes)
        content(&self)
        close(name)
    }

    /// Adds an element around text.
    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], text: String
    ) {
        element(name, attributes) { $0.text(text) }
    }

    /// Adds a start tag.
    mutating func open(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) {
        tag(name, attributes, end: ">")
    }

    /// Adds a shape of SVG.
    mutating func shape(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>) {
        tag(name, attributes, end: "/>")
    }

    /// Adds a line or an area of SVG.
    mutating func path(_ kind: String, _ line: String) { shape("path", ["class": kind, "d": line]) }

    private mutating func tag(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>, end: StaticString
    ) {
        source += "<\(name)"
        for (name, value) in attributes { source += " \(name)=\"\(escaped(value))\"" }
        literal(end)
    }

    /// Adds an end tag.
    mutating func close(_ name: StaticString) { source += "</\(name)>" }

    /// Adds the figures to see first, each with its title and what it means.
    mutating func tiles(_ tiles: [(title: String, figure: String, words: String)]) {
        element("dl", ["class": "tiles"]) { page in
            for tile in tiles {
                page.element("div") { page in
                    page.element("dt", text: tile.title)
                    page.element("dd") { page in
                        page.text(tile.figure)
                        page.element("small", text: tile.words)
                    }
                }
            }
        }
    }
}

/// Text as it stands in HTML between tags and in quoted attributes. What would end the text is written as a reference, and
/// what nobody could see, or what would reorder the line, by its number: `⟦U+202E⟧`.
///
/// - Complexity: one pass; a plain text is returned as it is.
public func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) && !isMarkup($0) }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        case _ where isInvisible(scalar) || scalar == "⟦": result += numbered(scalar)
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

private func isMarkup(_ byte: UInt8) -> Bool { "&<>\"'".utf8.contains(byte) }
