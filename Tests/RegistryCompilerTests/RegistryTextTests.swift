import Foundation
import TestSupport
import Testing

@testable import RegistryCompiler

@Suite("Texts of a registry")
struct RegistryTextTests {
    @Test(
        "Decimal numbers are read exactly to the thousandth",
        arguments: [
            ("0", 0), ("1", 1000), ("1.0", 1000), ("1.00", 1000), ("0.5", 500), ("0.001", 1), ("15.999", 15_999),
            ("9223372036854775.807", Int.max),
        ])
    func decimals(text: String, thousandths: Int) throws {
        #expect(try DecimalText.thousandths(text) == thousandths)
    }

    @Test("Probabilities are read exactly to the billionth")
    func billionths() throws {
        for (text, billionths) in [("0", 0), ("0.5", 500_000_000), ("0.000000001", 1), ("1.000000000", 1_000_000_000)] {
            #expect(try DecimalText.scaled(text, decimals: 9) == billionths)
        }
        #expect(throws: DecimalText.Failure.tooManyDecimals) { try DecimalText.scaled("0.1234567890", decimals: 9) }
    }

    @Test("Ends of a range are decimals of either sign, and nothing else that a number parser takes")
    func reals() throws {
        for (text, real) in [
            ("-40", -40.0), ("12.5", 12.5), ("0.1", 0.1), ("-0", 0), ("100000000000000000000.5", 1e20),
        ] {
            #expect(try DecimalText.real(text) == real)
        }
        for text in ["", "-", "--1", "+1", "1e3", "0x10", "inf", "-nan", ".5", "5.", "01", " 1", "1_000"] {
            #expect(throws: DecimalText.Failure.notDecimal, "\(text)") { try DecimalText.real(text) }
        }
        let long = String(repeating: "9", count: 400)
        for text in [long, "-" + long] { #expect(throws: DecimalText.Failure.tooLarge) { try DecimalText.real(text) } }
    }

    @Test("What is not such a number fails by its reason")
    func failures() {
        for (text, failure) in [
            ("-1", DecimalText.Failure.negative), ("1.0000", .tooManyDecimals), ("", .notDecimal), (".", .notDecimal),
            ("1.2.3", .notDecimal), ("1e3", .notDecimal), ("٣", .notDecimal), ("01", .notDecimal), (" 1", .notDecimal),
            ("9223372036854775.808", .tooLarge),
        ] {
            #expect(throws: failure) { try DecimalText.thousandths(text) }
        }
    }

    @Test("Thousandths are written without zeros at their end")
    func written() {
        #expect(
            [0, 1, 10, 1000, 1500, 12_345].map(decimal(thousandths:)) == ["0", "0.001", "0.01", "1", "1.5", "12.345"])
        #expect(decimal3(120_000) == "120.000" && decimal3(1) == "0.001" && decimal9(1) == "0.000000001")
    }

    @Test("The nearest name is found through a few slips, and not through many")
    func nearest() {
        let names = RegistryKey.names(in: .metric)
        #expect(NearestName.nearest(to: "espilon", among: names) == "epsilon")
        #expect(NearestName.nearest(to: "when-absent", among: names) == "when_absent")
        #expect(NearestName.nearest(to: "Memoise", among: names) == "memoize")
        #expect(NearestName.nearest(to: "temperature", among: names) == nil)
        #expect(NearestName.nearest(to: "x", among: names) == nil)
        #expect(NearestName.nearest(to: String(repeating: "epsilon", count: 1000), among: names) == nil)
    }

    @Test("Text for a terminal has the number of each character that changes its state or the order of reading")
    func terminal() {
        #expect(
            printable("a\u{1B}[31mb\u{202E}c\u{7F}\u{9B}d\ne⟦")
                == "a⟦U+001B⟧[31mb⟦U+202E⟧c⟦U+007F⟧⟦U+009B⟧d⟦U+000A⟧e⟦U+27E6⟧")
        #expect(printable("A\u{200B}A\u{AD}\u{2060}") == "A⟦U+200B⟧A⟦U+00AD⟧⟦U+2060⟧", "nor do two texts look like one")
        #expect(printable("naïve 日本 👩‍👩‍👧") == "naïve 日本 👩‍👩‍👧")
    }

    @Test("Of many metrics above a ceiling those are named that lose most")
    func manyMetrics() throws {
        let metrics = (2...9).map { number in
            registry(["id": "\(number)", "epsilon": "\(number).0"], name: "metric_\(number)")
                .split(separator: "\n", omittingEmptySubsequences: false).dropFirst(4).joined(separator: "\n")
        }
        let message = try findings(in: Array(registry(moreMetrics: metrics.joined()).utf8)).map(\.message).joined()
        #expect(
            message.contains("45, above the ceiling 'epsilon_per_day' of 16: metric_9 9, metric_8 8,"), "\(message)")
        #expect(message.contains(", metric_3 3 and 2 more"), "\(message)")
    }

    @Test("Every key of a registry is explained in the documentation")
    func documented() throws {
        let page = try String(contentsOf: Fixtures.packageRoot.appending(path: "docs/registry.md"), encoding: .utf8)
        for key in RegistryKey.all { #expect(page.contains("`\(key.name)`"), "\(key.name)") }
    }
}
