internal import RegistryCompiler

/// Text by the columns that it takes on a terminal: none for combining characters, two for wide ones.
///
/// The widths follow Unicode's East Asian Width (UAX #11) and the general categories, as the C library's do. Of a sequence of
/// emoji that some terminals draw as one the widths are added up, which is what others take.
enum DisplayText {
    /// The columns of a text.
    ///
    /// - Complexity: one pass.
    static func width(_ text: String) -> Int {
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    /// The columns of a character; 1 for what is no character, in whose place ``visible(_:isUnicode:)`` puts a mark.
    static func width(_ scalar: Unicode.Scalar) -> Int { max(0, columns(of: scalar) ?? 1) }

    /// A text as a terminal shows it: with the numbers of what would change its state, and a mark for what has no form. Where a
    /// terminal has ASCII alone, all else is written by its number.
    static func visible(_ text: String, isUnicode: Bool) -> String {
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII, !isUnprintable(scalar) {
                result.unicodeScalars.append(scalar)
            } else if isUnicode, isInvisible(scalar) || scalar == "⟦" {
                result += numbered(scalar)
            } else if !isUnicode {
                result += "<\(codePoint(scalar))>"
            } else {
                result.unicodeScalars.append(columns(of: scalar) == nil ? "\u{FFFD}" : scalar)
            }
        }
        return result
    }

    /// A text of at most so many columns: where it is longer, its start and an ellipsis.
    static func truncated(_ text: String, to columns: Int, ellipsis: String = "…") -> String {
        guard width(text) > columns else { return text }
        var result = "", left = columns - width(ellipsis)
        // Whole characters, so that no mark goes without its letter.
        for character in text {
            let own = width(String(character))
            guard own <= left else { break }
            result.append(character)
            left -= own
        }
        return result + ellipsis
    }

    /// A text with spaces behind it, so many columns wide in all.
    static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - width(text)))
    }

    /// A sentence in lines of at most so many columns, broken between words where that is possible.
    static func wrapped(_ text: String, to columns: Int) -> [String] {
        var lines: [String] = [], line = ""
        for word in text.split(separator: " ") {
            let word = truncated(String(word), to: columns)
            if !line.isEmpty, width(line) + 1 + width(word) > columns {
                lines.append(line)
                line = word
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return lines + (line.isEmpty ? [] : [line])
    }

    /// `nil` for what has no form.
    static func columns(of scalar: Unicode.Scalar) -> Int? {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F ? 1 : 0 }
        switch scalar.value {
        // A soft hyphen is drawn, and so are signs that stand before the number or the name that they belong to.
        case 0xAD, 0x0600...0x0605, 0x06DD, 0x070F, 0x0890...0x0891, 0x08E2, 0x110BD, 0x110CD: return 1
        // The vowels and finals of Hangul join the consonant before them, and fillers are empty.
        case 0x1160...0x11FF, 0xD7B0...0xD7C6, 0xD7CB...0xD7FB: return 0
        // Two of them are a flag.
        case 0x1F1E6...0x1F1FF: return 1
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        case .unassigned, .surrogate, .control, .lineSeparator, .paragraphSeparator: return nil
        default: return scalar.properties.isEmojiPresentation || isWide(scalar.value) ? 2 : 1
        }
    }

    /// The blocks of UAX #11 that are wide as a whole; emoji are wide by a property of their own.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x1B2FF,
            0x1F200...0x1F2FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
