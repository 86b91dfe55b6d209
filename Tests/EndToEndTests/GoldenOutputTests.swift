import Foundation
import TestSupport
import Testing

@Suite("What every command writes, as a table, as CSV and as JSON")
struct GoldenOutputTests {
    /// A text cut at its numbers.
    private struct Cut: Equatable {
        var words: [Substring] = []
        var numbers: [Double] = []

        /// - Complexity: linear in the text's length.
        init(_ text: String) throws {
            let number = try Regex(#"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?"#)
            var rest = text[...]
            while let match = rest.firstMatch(of: number) {
                words.append(rest[..<match.range.lowerBound])
                numbers.append(Double(rest[match.range]) ?? .nan)
                rest = rest[match.range.upperBound...]
            }
            words.append(rest)
        }

        /// Whether the texts are one but for the last digits of numbers: the C library's logarithms differ in the last bit
        /// from processor to processor.
        func isNear(_ other: Cut) -> Bool {
            words == other.words
                && zip(numbers, other.numbers).allSatisfy { abs($0 - $1) <= 1e-12 + 1e-9 * max(abs($0), abs($1)) }
        }
    }

    @Test("is what it was when somebody last read it")
    func outputs() throws {
        let scene = try OutputScene()
        for line in OutputLine.all {
            for format in line.formats {
                let outcome = try scene.run(line, as: format)
                #expect(outcome.status == 0, "\(line.line): \(outcome.complaint)")
                let actual = outcome.output.replacing(scene.shell.workspace.path, with: "DIR")
                let path = "outputs/\(line.name).\(format == "table" ? "txt" : format)"
                let isNear = try Cut(actual).isNear(Cut(golden(path, or: actual)))
                #expect(isNear, "\(path), DITHER_WRITE_GOLDENS=1 writes it:\n\(actual)")
            }
        }
        #expect(scene.collector.stop() == 0)
    }

    @Test("has no golden file that no line writes, and a line for each command that has formats")
    func completeness() throws {
        let expected = OutputLine.all.flatMap { line in
            line.formats.map { "\(line.name).\($0 == "table" ? "txt" : $0)" }
        }
        #expect(Set(expected).count == expected.count)
        let folder = Fixtures.url("outputs").path(percentEncoded: false)
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder)) == Set(expected))
    }

    @Test("A number that moves is seen, and one that differs in its last bit is not")
    func nearness() throws {
        let text = "x,-0.25\ny,1e-3 of 12"
        #expect(try Cut(text).isNear(Cut("x,-0.25000000000000006\ny,0.001 of 12")))
        for fault in [
            "x,0.25\ny,1e-3 of 12", "x,-0.25001\ny,1e-3 of 12", "z,-0.25\ny,1e-3 of 12", "x,-0.25\ny,1e-3 of",
        ] {
            #expect(try !Cut(text).isNear(Cut(fault)), "\(fault)")
        }
    }
}
