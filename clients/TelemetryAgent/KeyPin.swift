/// The public keys that a collector may have, besides a certificate that an authority vouches for.
public struct KeyPin: Hashable, Sendable, CustomStringConvertible {
    private static let prefix = "sha256//"
    private static let mostKeys = 16

    /// What libcurl takes: `sha256//BASE64`, several with `;` between them.
    let text: String

    /// Pins the keys whose SHA-256 digests, over the public key's DER form, `text` lists: `sha256//` and 44 characters of
    /// base64 for each, `;` between them.
    ///
    /// - Throws: ``AgentError/endpoint(_:)`` with ``EndpointProblem/malformedKeyPin``.
    public init(_ text: String) throws(AgentError) {
        let pins = text.split(separator: ";" as Character, omittingEmptySubsequences: false)
        guard (1...Self.mostKeys).contains(pins.count), pins.allSatisfy(Self.isWellFormed) else {
            throw .endpoint(.malformedKeyPin)
        }
        self.text = text
    }

    /// The pin as it was given; it is no secret.
    public var description: String { text }

    /// Whether a pin is the canonical base64 of 32 bytes: 43 digits, the last of which has two spare bits, and one `=`.
    private static func isWellFormed(_ pin: Substring) -> Bool {
        let bytes = Array(pin.utf8)
        guard bytes.count == prefix.utf8.count + 44, bytes.starts(with: prefix.utf8),
            bytes.last == UInt8(ascii: "=")
        else { return false }
        let digits = bytes.dropFirst(prefix.utf8.count).dropLast().map(Self.value(ofDigit:))
        guard digits.allSatisfy({ $0 != nil }), let last = digits.last ?? nil else { return false }
        return last & 3 == 0
    }

    private static func value(ofDigit byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
