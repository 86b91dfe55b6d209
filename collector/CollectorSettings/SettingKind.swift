/// What the value of a setting must look like.
package enum SettingKind: Hashable, Sendable {
    /// The path of a file to read.
    case file
    /// The path of a store's file, or the URL of a database.
    case store
    /// A ``ListenAddress``.
    case address
    /// A whole number of a range.
    case count(ClosedRange<Int>)
    /// Whole numbers from 1 to 2³² - 1 with commas between them.
    case numbers
    /// ``DayCounts``.
    case dayCounts
    /// One of some words.
    case choice([String])
    /// `true` or `false`.
    case truth

    /// What is wrong with a text as a value of this kind and what to do about it, to stand after the name of the
    /// setting; `nil` if nothing is. Repeats the text only where it can be no secret.
    package func fault(in text: String) -> String? {
        guard !text.isEmpty else { return "is empty; remove it, or give it a value" }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) else {
            return "has a control character; remove it"
        }
        switch self {
        case .file: return nil
        case .store:
            guard !Self.holdsPassword(text) else {
                return "holds a password, which others can read there; put it in the file that PGPASSFILE names"
            }
            return Self.isOtherScheme(text)
                ? "is neither a file nor a postgres:// URL; write a file of that name with ./ before it" : nil
        case .address:
            return ListenAddress(text) == nil
                ? "\(text) is no HOST:PORT; write it like 127.0.0.1:8080, [::1]:8080 or unix:/run/dither.sock"
                : nil
        case .count(let range):
            // Without signs, spaces and leading zeros: one number, one spelling.
            guard let count = Int(text), String(count) == text, range.contains(count) else {
                return "\(text) is no whole number from \(range.lowerBound) to \(range.upperBound); name one"
            }
            return nil
        case .numbers:
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            return parts.allSatisfy { part in UInt32(part).map { $0 > 0 && String($0) == part } ?? false }
                ? nil : "\(text) is no list of ids; write it like 7,9, without spaces"
        case .dayCounts:
            return DayCounts(text) == nil
                ? "\(text) is no list of METRIC=DAYS, each metric once; write it like destination=90,carrier=30" : nil
        case .choice(let words):
            return words.contains(text) ? nil : "\(text) is none of \(words.joined(separator: ", ")); name one"
        case .truth: return text == "true" || text == "false" ? nil : "\(text) is neither true nor false; name one"
        }
    }

    /// Whether a text begins as a URL does, but not as that of a database: what is meant is no file.
    private static func isOtherScheme(_ text: String) -> Bool {
        guard !text.hasPrefix("postgres://"), !text.hasPrefix("postgresql://"), let colon = text.firstIndex(of: ":")
        else { return false }
        return text[..<colon].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    }

    /// Whether the URL of a database has `user:password@` before its host, or `password=` behind it.
    private static func holdsPassword(_ text: String) -> Bool {
        guard let scheme = text.range(of: "://") else { return false }
        let rest = text[scheme.upperBound...]
        if rest.lowercased().contains("password=") { return true }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@") else { return false }
        return authority[..<at].contains(":")
    }
}

extension StringProtocol {
    /// Where a text stands first, without Foundation.
    fileprivate func range(of other: String) -> Range<Index>? {
        indices.lazy.compactMap { start in
            self[start...].hasPrefix(other) ? start..<self.index(start, offsetBy: other.count) : nil
        }.first
    }
}
