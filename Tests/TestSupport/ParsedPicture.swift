public import Foundation
public import FoundationXML

/// An SVG file as a real parser of XML reads it.
public final class ParsedPicture: NSObject, XMLParserDelegate {
    public struct Element {
        public var name: String
        public var attributes: [String: String]
        /// The text that is directly in it.
        public var text = ""

        /// An attribute as a number; `nan` where it is none.
        public func number(_ attribute: String) -> Double { attributes[attribute].flatMap(Double.init) ?? .nan }
    }

    /// In the order of the file.
    public private(set) var elements: [Element] = []
    private var open: [Int] = []

    /// `nil` where the text is no XML.
    public init?(_ svg: String) {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        guard parser.parse() else { return nil }
    }

    /// The elements of a name, and of a class.
    public func elements(_ name: String, _ kind: String? = nil) -> [Element] {
        elements.filter { element in
            guard element.name == name else { return false }
            guard let kind else { return true }
            return element.attributes["class", default: ""].split(separator: " ").contains { $0 == kind }
        }
    }

    public func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(elements.count)
        elements.append(Element(name: name, attributes: attributes))
    }

    public func parser(_ parser: XMLParser, foundCharacters string: String) {
        if let last = open.last { elements[last].text += string }
    }

    public func parser(_ parser: XMLParser, didEndElement: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }
}
