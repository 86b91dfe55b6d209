internal import ReportFormat

/// Why a file is no list of tokens.
package enum TokenListError: Error, Hashable, Sendable {
    /// A line is none of `ROLE NAME QUOTA SHA256`, counted from 1.
    case malformedLine(Int)
    /// A name stands twice.
    case nameTwice(Int)

    var sentence: String {
        switch self {
        case .malformedLine(let line): "line \(line) is no ROLE NAME QUOTA SHA256"
        case .nameTwice(let line): "the name in line \(line) stands above it already"
        }
    }
}

/// The tokens of a collector as text: a line each, `ROLE NAME QUOTA SHA256`, with `-` for the hash of a revoked one. Empty
/// lines and lines that begin with `#` say nothing.
package struct TokenList: Hashable, Sendable {
    package private(set) var tokens: [AccessToken] = []

    package init() {}

    /// Reads the text.
    ///
    /// - Throws: ``TokenListError``, which repeats nothing of the text.
    package init(_ text: String) throws(TokenListError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard let token = Self.token(words) else { throw .malformedLine(index + 1) }
            guard self[token.name] == nil else { throw .nameTwice(index + 1) }
            tokens.append(token)
        }
    }

    /// The token of a name.
    package subscript(_ name: String) -> AccessToken? { tokens.first { $0.name == name } }

    /// Adds a token, in the place of a revoked one of its name.
    ///
    /// - Returns: `false` if the name has a token that is not revoked, which stays.
    package mutating func add(_ token: AccessToken) -> Bool {
        guard let index = tokens.firstIndex(where: { $0.name == token.name }) else {
            tokens.append(token)
            return true
        }
        guard tokens[index].digest == nil else { return false }
        tokens[index] = token
        return true
    }

    /// Takes a token's hash away.
    ///
    /// - Returns: `false` if there is none of the name, or it is revoked already.
    package mutating func revoke(_ name: String) -> Bool {
        guard let index = tokens.firstIndex(where: { $0.name == name && $0.digest != nil }) else { return false }
        tokens[index].digest = nil
        return true
    }

    /// The text, which reads as the same list.
    package var text: String {
        let lines = tokens.map { token in
            "\(token.role.rawValue) \(token.name) \(token.dailyQuota) \(token.digest.map(hexadecimal) ?? "-")\n"
        }
        return "# ROLE NAME QUOTA SHA256; made by dither-collector token\n" + lines.joined()
    }

    private static func token(_ words: [Substring]) -> AccessToken? {
        guard words.count == 4, let role = AccessRole(rawValue: String(words[0])), let quota = Int(words[2]),
            String(quota) == words[2]
        else { return nil }
        let digest = words[3] == "-" ? nil : Self.bytes(words[3])
        guard words[3] == "-" || digest != nil else { return nil }
        return AccessToken(role: role, name: String(words[1]), dailyQuota: quota, digest: digest)
    }

    /// The 32 bytes that 64 small hexadecimal digits are.
    private static func bytes(_ text: Substring) -> [UInt8]? {
        let digits = text.utf8.compactMap { digit -> UInt8? in
            switch digit {
            case 48...57: digit - 48
            case 97...102: digit - 87
            default: nil
            }
        }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
