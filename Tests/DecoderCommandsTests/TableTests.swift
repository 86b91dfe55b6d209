import Foundation
import TestSupport
import Testing

@testable import DecoderCommands

@Suite("Tables")
struct TableTests {
    private var table: Table {
        var table = Table(columns: ["value", "count", "frequency", "detected", "p_value"])
        table.append([
            .text("true"), .integer(12), .decimal(0.25, digits: 3), .boolean(true), .scientific(3e-12, digits: 1),
        ])
        table.append([.text("naïve, \"x\"\n"), .integer(-1200), .decimal(-0.0001, digits: 3), .boolean(false), .null])
        return table
    }

    @Test("A table for people aligns numbers to the right and words to the left")
    func aligned() {
        #expect(
            table.rendered(as: .table) == """
                value               count  frequency  detected  p_value
                true                   12      0.250  true      3.0e-12
                naïve, "x"⟦U+000A⟧  -1200      0.000  false           -

                """)
    }

    @Test("CSV quotes what RFC 4180 asks to quote, and ends every line with a line feed")
    func separated() {
        #expect(
            table.rendered(as: .csv)
                == "value,count,frequency,detected,p_value\ntrue,12,0.250,true,3.0e-12\n"
                + "\"naïve, \"\"x\"\"\n\",-1200,0.000,false,\n")
    }

    @Test("JSON keeps the order of the columns and escapes what a terminal would obey")
    func json() {
        #expect(
            table.rendered(as: .json) == """
                [
                  {
                    "value": "true",
                    "count": 12,
                    "frequency": 0.250,
                    "detected": true,
                    "p_value": 3.0e-12
                  },
                  {
                    "value": "naïve, \\"x\\"\\n",
                    "count": -1200,
                    "frequency": 0.000,
                    "detected": false,
                    "p_value": null
                  }
                ]

                """)
        #expect(JSONOutput.cell(.text("\u{1B}\\\u{202E}\t\u{9B}")).rendered == #""\u001b\\\u202e\t\u009b""#)
        #expect(JSONOutput.object([]).rendered == "{}" && JSONOutput.array([]).rendered == "[]")
    }

    @Test(
        "A text that a spreadsheet would take for a formula gets an apostrophe, a number does not",
        arguments: [
            ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\r=x", "\"'\r=x\""),
            ("a=1", "a=1"), ("=\"a\",b", "\"'=\"\"a\"\",b\""), ("", ""),
        ])
    func formulas(text: String, field: String) {
        #expect(Cell.text(text).separated == field)
        #expect(Cell.integer(-1).separated == "-1")
    }

    @Test("No control character of a value reaches the terminal: its number does, so that no two values look like one")
    func terminal() {
        var table = Table(columns: ["value"])
        table.append([.text("\u{1B}]0;title\u{7}red\u{202E}\u{9B}31m")])
        #expect(table.rendered(as: .table) == "value\n⟦U+001B⟧]0;title⟦U+0007⟧red⟦U+202E⟧⟦U+009B⟧31m\n")
    }

    @Test("A number that is not finite is null, and what rounds to zero has no sign")
    func numbers() {
        #expect(Cell.decimal(.nan, digits: 2) == .null && Cell.scientific(.infinity, digits: 2) == .null)
        #expect(Cell.decimal(-0.0049, digits: 2).shown == "0.00" && Cell.decimal(-0.005001, digits: 2).shown == "-0.01")
        #expect(Cell.thousandths(1_500).shown == "1.500" && Cell.thousandths(-7).shown == "-0.007")
    }

    @Test("Digits are those that JSON's grammar has, of all texts of up to five of its characters and one more")
    func wellFormed() throws {
        let grammar = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/
        var texts = [""], wrong: [String] = []
        for _ in 0..<5 {
            texts = texts.flatMap { head in "-+07.ex".map { head + String($0) } }
            wrong += texts.filter { JSONNumber.isWellFormed($0) != ($0.wholeMatch(of: grammar) != nil) }
        }
        #expect(wrong.isEmpty)
        for text in ["1E5", "-0.5e-07", "1234567890"] { #expect(JSONNumber.isWellFormed(text)) }
        for text in ["", " 1", "1\u{301}", "١", "1\0", "nan", "inf"] { #expect(!JSONNumber.isWellFormed(text)) }
    }

    @Test("Decimals are those of printf, to the last digit and on every tie")
    func decimals() {
        var noise = SeededNoise(seed: 0xD16175)
        var values = [
            0, 0.5, 1.5, 2.5, 0.125, 1e15, 1e16, 4_503_599_627_370_496, 1e300, .leastNonzeroMagnitude, 0.1 + 0.2,
            1 - 1e-16,
        ]
        for _ in 0..<4000 {
            // Any exponent, sizes that estimates have, and exact ties at three digits.
            values.append(Double(bitPattern: noise.next()))
            values.append(Double(Int64(bitPattern: noise.next()) >> 34) / 1e6)
            values.append(Double(noise.next() >> 44) / 16)
        }
        var wrong: [Double] = []
        for value in values where value.isFinite {
            for digits in [0, 1, 3, 9, 15, 17] {
                for signed in [value, -value] where Cell.decimal(signed, digits: digits).shown != printf(signed, digits)
                {
                    wrong.append(signed)
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    /// Without the sign of what rounds to zero.
    private func printf(_ value: Double, _ digits: Int) -> String {
        let text = String(format: "%.\(digits)f", value)
        return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) } ? String(text.dropFirst()) : text
    }

    @Test("A table without rows is a header line in CSV and an empty array in JSON")
    func empty() {
        let table = Table(columns: ["a", "b"])
        #expect(table.rendered(as: .csv) == "a,b\n" && table.rendered(as: .json) == "[]\n")
        #expect(table.rendered(as: .table) == "a  b\n")
    }
}
