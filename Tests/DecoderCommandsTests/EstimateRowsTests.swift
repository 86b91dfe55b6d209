import Estimation
import Mechanisms
import MetricDefinitions
import Testing

@testable import DecoderCommands

@Suite("The rows of an estimate")
struct EstimateRowsTests {
    private static func estimate(count: Double, detected: Bool = false) -> FrequencyEstimate {
        FrequencyEstimate(
            count: count, standardError: 1, frequency: count / 1000, interval: 0...1, pValue: 0.5, isDetected: detected)
    }

    private static func rows(_ values: [MechanismInput], _ estimates: [FrequencyEstimate]) -> EstimateRows {
        EstimateRows(
            ReleasedEstimates(reportCount: 1000, figures: .frequencies(estimates)), of: values, in: .string)
    }

    private static func rows(mean: Double, standardError: Double) throws -> EstimateRows {
        let range = try #require(NumberRange(low: -10, high: 10))
        let estimate = MeanEstimate(
            mean: mean, standardError: standardError, interval: mean - 2 * standardError...mean + 2 * standardError)
        return EstimateRows(ReleasedEstimates(reportCount: 9, figures: .mean(estimate)), of: [], in: .number(range))
    }

    @Test("A text that reads (none) is a text to programs, and no event is null")
    func absence() {
        let rows = Self.rows(
            [.text(Array("(none)".utf8)), .absent], [Self.estimate(count: 1), Self.estimate(count: 2)])
        #expect((0..<2).map { rows.cells(at: $0, for: .programs)[0] } == [.text("(none)"), .null])
        #expect((0..<2).map { rows.cells(at: $0, for: .spreadsheets)[0] } == [.text("(none)"), .text("(none)")])
    }

    @Test("Texts are quoted and escaped as each format asks; an empty one is seen")
    func texts() {
        let texts = ["say \"hi\", you", "=1+1", "a\u{1B}[31mb\u{202E}", "two\nlines", "", "naïve 𝄞"]
        let rows = Self.rows(texts.map { .text(Array($0.utf8)) }, texts.map { _ in Self.estimate(count: 0) })
        let separated = texts.indices.map { rows.cells(at: $0, for: .spreadsheets)[0].separated }
        #expect(
            separated == [
                "\"say \"\"hi\"\", you\"", "'=1+1", "a\u{1B}[31mb\u{202E}", "\"two\nlines\"", "", "naïve 𝄞",
            ])
        let json = texts.indices.map { JSONOutput.cell(rows.cells(at: $0, for: .programs)[0]).rendered }
        #expect(
            json == [
                #""say \"hi\", you""#, #""=1+1""#, #""a\u001b[31mb\u202e""#, #""two\nlines""#, #""""#, #""naïve 𝄞""#,
            ])
        let shown = texts.indices.map { rows.cells(at: $0, for: .people)[0].shown }
        #expect(
            shown == [
                "say \"hi\", you", "=1+1", "a⟦U+001B⟧[31mb⟦U+202E⟧", "two⟦U+000A⟧lines", "\"\"", "naïve 𝄞",
            ])
    }

    @Test("Up to 50 rows people see all in order; of more, 50: those detected first, the most frequent first")
    func shown() {
        let few = (0..<50).map { Self.estimate(count: Double($0), detected: $0 % 2 == 0) }
        #expect(Self.rows(Array(repeating: .absent, count: 50), few).shown == Array(0..<50))
        // 20 detected ones with small counts, and 80 others with greater ones, two of them equal.
        var many: [FrequencyEstimate] = []
        for index in 0..<100 {
            let isDetected = index % 5 == 0
            many.append(
                Self.estimate(count: isDetected ? Double(index) : Double(1000 + index / 2), detected: isDetected))
        }
        let rows = Self.rows(Array(repeating: .absent, count: 100), many)
        let detected: [Int] = (0..<20).map { 95 - 5 * $0 }
        let others: [Int] = (0..<100).filter { $0 % 5 != 0 }.sorted { ($1 / 2, $0) < ($0 / 2, $1) }
        #expect(rows.detectedCount == 20 && rows.shown == detected + others.prefix(30))
    }

    @Test("A mean has one row in units of the range, with as many digits as its standard error asks")
    func mean() throws {
        let cases: [(Double, Double, [String], [String])] = [
            (
                151.23456, 1.3612, ["151.235", "1.361", "148.512", "153.957"], ["151.2", "1.4", "148.5", "154.0"]
            ),
            (
                -0.00001, 0.0213, ["-0.00001", "0.02130", "-0.04261", "0.04259"], ["0.000", "0.021", "-0.043", "0.043"]
            ),
            (5e6, 21_340, ["5000000", "21340", "4957320", "5042680"], ["5000000", "21340", "4957320", "5042680"]),
            (1e300, 1e299, ["1e+300", "1e+299", "8e+299", "1.2e+300"], ["1e+300", "1e+299", "8e+299", "1.2e+300"]),
        ]
        for (mean, error, programs, people) in cases {
            let rows = try Self.rows(mean: mean, standardError: error)
            #expect(rows.count == 1 && rows.shown == [0])
            #expect(rows.cells(at: 0, for: .programs).map(\.shown) == ["mean"] + programs)
            #expect(rows.cells(at: 0, for: .spreadsheets) == rows.cells(at: 0, for: .programs))
            #expect(rows.cells(at: 0, for: .people).map(\.shown) == ["mean"] + people)
        }
        let range = try #require(NumberRange(low: 0, high: 1))
        #expect(
            EstimateRows.columns(of: .number(range)) == ["value", "estimate", "standard_error", "low", "high"])
    }

    @Test("JSON of many elements is written in blocks and is what it is as a whole")
    func blocks() throws {
        let many = JSONOutput.object([
            ("rows", .elements(count: 20_000) { .object([("n", .cell(.integer($0)))]) }),
            ("none", .elements(count: 0) { _ in .cell(.null) }),
        ])
        let whole = JSONOutput.object([
            ("rows", .array((0..<20_000).map { .object([("n", .cell(.integer($0)))]) })), ("none", .array([])),
        ])
        var blocks: [String] = []
        many.write { blocks.append($0) }
        #expect(blocks.joined() == whole.rendered && many.rendered == whole.rendered)
        #expect(blocks.count > 5 && blocks.allSatisfy { $0.utf8.count < 1 << 17 })
    }
}
