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
        #expect(NearestName.nearest(to: String(repeating: "epsilon", count: 1000), among: names) == nil)
    }

    @Test("Text for a terminal has no character that changes its state or the order of reading")
    func terminal() {
        #expect(printable("a\u{1B}[31mb\u{202E}c\u{7F}\u{9B}d\ne") == "a[31mbcde")
        #expect(printable("naïve 日本 👩‍👩‍👧") == "naïve 日本 👩‍👩‍👧")
    }

    @Test("Every key of a registry is explained in the documentation")
    func documented() throws {
        let page = try String(contentsOf: Fixtures.packageRoot.appending(path: "docs/registry.md"), encoding: .utf8)
        for key in RegistryKey.all { #expect(page.contains("`\(key.name)`"), "\(key.name)") }
    }
}
