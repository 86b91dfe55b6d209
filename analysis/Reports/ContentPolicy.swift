internal import SecureRandomness

/// What a browser may load and run for a page: the style and the script in it, known by their digests, and nothing else.
enum ContentPolicy {
    /// The policy, as a `meta` element states it.
    ///
    /// - Parameter asksItsServer: whether the scripts may ask whoever served the page.
    /// - Throws: ``RandomnessError`` where libcrypto has no SHA-256.
    static func text(
        style: StaticString, scripts: [StaticString], asksItsServer: Bool = false
    ) throws(RandomnessError) -> String {
        var sources: [String] = []
        for script in scripts { sources.append(try source(of: script)) }
        return "default-src 'none'; style-src \(try source(of: style)); "
            + (sources.isEmpty ? "" : "script-src \(sources.joined(separator: " ")); ")
            + (asksItsServer ? "connect-src 'self'; " : "") + "base-uri 'none'; form-action 'none'"
    }

    private static func source(of text: StaticString) throws(RandomnessError) -> String {
        "'sha256-\(base64(try SHA256.digest(Array(text.description.utf8))))'"
    }

    /// RFC 4648 §4.
    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".unicodeScalars)
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(UInt32(0)) { $0 << 8 | ($1 < group.count ? UInt32(group[start + $1]) : 0) }
            for place in 0..<4 {
                guard place <= group.count else {
                    text += "="
                    continue
                }
                text.unicodeScalars.append(alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 63)])
            }
        }
        return text
    }
}
