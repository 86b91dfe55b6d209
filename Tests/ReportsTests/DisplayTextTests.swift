import Foundation
import Testing

@testable import Reports

@Suite("Text takes the columns that a terminal gives it")
struct DisplayTextTests {
    @Test(
        "Wide, combining and joined characters have their columns",
        arguments: [
            ("plain", 5), ("", 0), ("漢字", 4), ("한국", 4), ("e\u{301}", 1), ("😀", 2), ("🇩🇪", 2), ("ﾊﾝｶｸ", 4),
            ("a\u{200D}b", 2),
            ("👩‍👧", 4), ("ε±−", 3), ("\u{1100}\u{1161}", 2), ("①", 1),
        ])
    func widths(text: String, columns: Int) { #expect(DisplayText.width(text) == columns) }

    @Test("Every character that the C library and this program both know has the same width in both")
    func sameAsLibrary() throws {
        let address = try #require(dlsym(nil, "wcwidth"))
        let wcwidth = unsafeBitCast(address, to: (@convention(c) (Int32) -> Int32).self)
        let locale = try #require(newlocale(1 << LC_CTYPE, "C.UTF-8", nil))
        let before = uselocale(locale)
        defer {
            uselocale(before)
            freelocale(locale)
        }
        var others: [String] = [], compared = 0
        for value in UInt32(0xA0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), let own = DisplayText.columns(of: scalar) else { continue }
            let columns = wcwidth(Int32(value))
            // What one of both has no table for, being of another version of Unicode.
            guard columns >= 0 else { continue }
            compared += 1
            if Int(columns) != own { others.append("\(String(value, radix: 16)): \(own), not \(columns)") }
        }
        // Versions of Unicode differ in some dozens of characters that became wide.
        #expect(compared > 250_000 && others.count < 150, "\(others.count) of \(compared): \(others.prefix(20))")
    }

    @Test("A text is cut between characters, never inside one, and is never longer than asked")
    func truncated() {
        #expect(DisplayText.truncated("Donaudampfschiff", to: 6) == "Donau…")
        #expect(DisplayText.truncated("漢字漢字", to: 6) == "漢字…" && DisplayText.truncated("漢字漢", to: 6) == "漢字漢")
        #expect(DisplayText.truncated("e\u{301}e\u{301}e\u{301}", to: 2) == "e\u{301}…")
        for columns in 3..<12 {
            let cut = DisplayText.truncated("ab漢字😀cdefgh漢", to: columns, ellipsis: "...")
            #expect(DisplayText.width(cut) <= columns)
        }
    }

    @Test("What would change a terminal is a number, what it cannot show has a mark, and ASCII stays ASCII")
    func visible() {
        #expect(
            DisplayText.visible("a\u{1B}]52;c;x\u{7}\u{202E}b", isUnicode: true) == "a⟦U+001B⟧]52;c;x⟦U+0007⟧⟦U+202E⟧b")
        #expect(DisplayText.visible("\u{378}", isUnicode: true) == "\u{FFFD}")
        #expect(DisplayText.visible("São 漢", isUnicode: false) == "S<U+00E3>o <U+6F22>")
    }

    @Test("A sentence is broken between words")
    func wrapped() {
        #expect(DisplayText.wrapped("one two three", to: 8) == ["one two", "three"])
        #expect(DisplayText.wrapped("", to: 8) == [])
        #expect(DisplayText.wrapped("Donaudampfschiff", to: 8) == ["Donauda…"])
    }
}
