/// Whether a character can change a terminal's state, or the order in which a line is read.
public func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...31, 127...159: true
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
}

/// Whether nobody could see a character, or it would reorder the line, or change a terminal, or make two values look like
/// one, or is no character of XML. Joiners and the selectors of a
/// form stay, since scripts and emoji need them; the flags of England, Scotland and Wales do not look like flags.
public func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAD, 0x034F, 0x115F, 0x1160, 0x180E, 0x200B, 0x2060...0x2064, 0x206A...0x206F, 0x3164, 0xFFA0,
        0xFFF9...0xFFFB,
        0xFFFE, 0xFFFF, 0xE0000...0xE01EF:
        true
    default: isUnprintable(scalar)
    }
}

/// What is wrong with a text that `MetricDefinition.isWellFormed(text:byteLimit:)` refuses, and what to do.
func fault(of text: String, byteLimit: Int) -> (problem: String, remedy: String) {
    if let scalar = text.unicodeScalars.first(where: isUnprintable) {
        return (
            "has the character \(codePoint(scalar)), which breaks a line, turns it around or is not seen", "Remove it."
        )
    }
    return ("is longer than \(byteLimit) bytes", "Shorten it.")
}

/// A character's number: `U+202E`.
public func codePoint(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}

/// A character by its number, where the character itself would stand: `⟦U+202E⟧`.
public func numbered(_ scalar: Unicode.Scalar) -> String { "⟦\(codePoint(scalar))⟧" }

/// A text as it is safe to show on a terminal: with what nobody could see by its number. ⟦ is by its own, so that no two texts
/// become one.
public func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { isInvisible($0) || $0 == "⟦" }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        if isInvisible(scalar) || scalar == "⟦" {
            result += numbered(scalar)
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}
