internal import Foundation

/// Names for programs, made of names for people. Only ASCII letters, digits and `_` come out.
enum IdentifierWords {
    /// The runs of letters and digits of a text; accents are dropped, and everything else separates.
    static func words(of text: String) -> [String] {
        var words = [""]
        for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": words[words.count - 1].unicodeScalars.append(scalar)
            case _ where scalar.properties.canonicalCombiningClass != .notReordered: break
            default: words.append("")
            }
        }
        return words.filter { !$0.isEmpty }
    }

    /// `lowerCamelCase`; empty if there is no word. Digits do not run together, and none comes first.
    static func lowerCamel(_ text: String) -> String { camel(text, startsLow: true) }

    /// `UpperCamelCase`, likewise.
    static func upperCamel(_ text: String) -> String { camel(text, startsLow: false) }

    private static func camel(_ text: String, startsLow: Bool) -> String {
        var name = ""
        for word in words(of: text) {
            // A word without lower-case letters shouts; it is not written in any case of its own.
            let isShouted = !word.contains { $0.isLowercase }
            let rest = isShouted ? word.dropFirst().lowercased() : String(word.dropFirst())
            let first = String(word.prefix(1))
            if name.last?.isNumber == true, word.first?.isNumber == true { name += "_" }
            name += (name.isEmpty && startsLow ? first.lowercased() : first.uppercased()) + rest
        }
        return name.first?.isNumber == true ? "_" + name : name
    }

    /// `WORDS_IN_CAPITALS`; empty if there is no word. It stands after a prefix, so a digit may come first.
    static func capitals(_ text: String) -> String {
        words(of: text).map { $0.uppercased() }.joined(separator: "_")
    }

    /// The names, all different: the first of several equal ones stays as it is, the later ones get their suffix.
    ///
    /// Suffixes are ids and positions on the wire, which never change; so no name changes when others are added after it.
    static func unique(_ names: [(base: String, suffix: String)]) -> [String] {
        let bases = Set(names.map(\.base))
        var used: Set<String> = []
        return names.map { base, suffix in
            guard !used.insert(base).inserted else { return base }
            var name = "\(base)_\(suffix)"
            while bases.contains(name) || !used.insert(name).inserted { name += "_" }
            return name
        }
    }

    /// Whether a text is an identifier of C and of Swift, but for their reserved words.
    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first), text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy {
            (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == 95
        }
    }
}
