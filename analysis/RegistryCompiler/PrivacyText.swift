/// A sentence or more of a page for users: words as they are, and words to type.
///
/// Neither is markup. What makes a page of it escapes both, so that a registry's texts can stand in either.
public struct PrivacyText: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// A part of the text.
    public enum Piece: Hashable, Sendable {
        /// Words, shown as they are.
        case words(String)
        /// A command, a file or a name, shown as something to type.
        case code(String)
    }

    /// What collects the pieces of a literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        var pieces: [Piece] = []

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) { append(literal) }

        /// Words.
        public mutating func appendInterpolation(_ words: some CustomStringConvertible) { append(words.description) }

        /// Another text.
        public mutating func appendInterpolation(_ text: PrivacyText) { pieces += text.pieces }

        /// Something to type.
        public mutating func appendInterpolation(code: String) { pieces.append(.code(code)) }

        private mutating func append(_ words: String) { if !words.isEmpty { pieces.append(.words(words)) } }
    }

    /// The parts, in reading order.
    public let pieces: [Piece]

    public init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

    public init(stringLiteral words: String) { pieces = [.words(words)] }

    /// Words alone, from wherever they are.
    init(_ words: String) { pieces = [.words(words)] }

    /// The texts one after the other, with a blank between.
    init(joining texts: [PrivacyText]) {
        pieces = Array(texts.map(\.pieces).joined(separator: [.words(" ")]))
    }
}
