import Estimation
import Foundation
import TestSupport
import Testing

@testable import DecoderCommands

@Suite("Associations of google/rappor's reports")
struct AssociationCommandTests {
    /// Files of a test, deleted with it.
    private final class Folder {
        let path = NSTemporaryDirectory() + "dither-association-\(UUID().uuidString)"

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func file(_ name: String, _ text: String) throws -> String {
            try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
            return "\(path)/\(name)"
        }
    }

    private func parameters(bitCount: Int) throws -> RapporParameters {
        try RapporParameters(
            bitCount: bitCount, hashCount: 1, cohortCount: 2, clearResponse: 0.25, setResponse: 0.75,
            permanentNoise: 0.5)
    }

    private func read(_ text: String, names: (String?, String?) = (nil, nil)) throws -> AssociationFile {
        let folder = try Folder(), path = try folder.file("reports.csv", text)
        var progress = Progress("reading", isVisible: false)
        do {
            return try AssociationFile(
                reading: path, names: names,
                parameters: (try parameters(bitCount: 4), try parameters(bitCount: 1)), progress: &progress)
        } catch let error as CommandError {
            throw CommandError(error.status, error.message.replacingOccurrences(of: folder.path + "/", with: ""))
        }
    }

    @Test(
        "malformed reports are refused by line and column, with a remedy",
        arguments: [
            ("", "reports.csv:1:1: the file has no row. Write 'client,cohort' and the names of two variables or more."),
            ("id,cohort,a,b\n", "reports.csv:1:1: the header does not start with 'client,cohort'. "),
            ("client,group,a,b\n", "reports.csv:1:8: the header does not start with 'client,cohort'. "),
            ("client,cohort,a\n", "reports.csv:1:15: the header names 1 of two variables. "),
            ("client,cohort,a,b\nc,0,0101\n", "reports.csv:2:5: the row has 3 cells where the header has 4. "),
            ("client,cohort,a,b\nc,x,0101,1\n", "reports.csv:2:3: the cohort is no whole number. "),
            ("client,cohort,a,b\nc,2,0101,1\n", "reports.csv:2:3: cohort 2 is none of the 2 (m), "),
            ("client,cohort,a,b\nc,-1,0101,1\n", "reports.csv:2:3: the cohort is negative. "),
            ("client,cohort,a,b\nc,0,0101,1\nc,1,010,1\n", "reports.csv:3:5: the report has 3 digits where k = 4. "),
            ("client,cohort,a,b\nc,0,0121,1\n", "reports.csv:2:5: the report has a digit that is neither 0 nor 1. "),
            ("client,cohort,a,b\nc,0,0101,\n", "reports.csv:2:10: the report has 0 digits where a truth value has 1. "),
            ("client,cohort,a,b\nc,0,0101,0101\n", "reports.csv:2:10: the report has 4 digits where a truth value "),
            ("client,cohort,a,b\nc,0,\"0101,1\n", "reports.csv:2:5: the quotation mark that starts this cell"),
        ])
    func refusals(text: String, message: String) throws {
        let error = try #require(throws: CommandError.self) { _ = try read(text) }
        #expect(error.status == .validationFailed)
        #expect(error.message.hasPrefix(message), "\(error.message)")
    }

    @Test("variables are columns by name, and one that is missing or there twice is refused")
    func names() throws {
        let text = "client,cohort,x,flag,word,x\r\nc,1,1,1,\"0001\",0\r\n"
        let file = try read(text, names: ("word", "flag"))
        #expect(file.first.name == "word" && file.second.name == "flag")
        #expect(file.first.kinds == [.init(cohort: 1, words: [1])])
        #expect(file.second.kinds == [.init(cohort: 0, words: [1])])
        #expect(throws: CommandError.self) { _ = try read(text, names: ("word", "flags")) }
        #expect(throws: CommandError.self) { _ = try read(text, names: ("word", "x")) }
        #expect(throws: CommandError.self) { _ = try read(text, names: ("word", "word")) }
    }

    @Test("equal reports are one kind, the highest bit comes first, and empty lines and line ends do not matter")
    func kinds() throws {
        let file = try read("client,cohort,a,b\r\nc,0,1000,1\n\nd,0,1000,0\r\ne,1,1000,1\n")
        #expect(file.reportCount == 3)
        #expect(file.cohorts == [0, 0, 1])
        #expect(file.first.kinds == [.init(cohort: 0, words: [8]), .init(cohort: 1, words: [8])])
        #expect(file.first.kindOfDevice == [0, 0, 1])
        #expect(file.first.counts == [2, 1])
        // A truth value means the same in every cohort.
        #expect(file.second.kinds == [.init(cohort: 0, words: [1]), .init(cohort: 0, words: [0])])
    }

    @Test("candidates of the same bits count as one, so that they are found and their share goes to no others")
    func equalCandidates() throws {
        let folder = try Folder(), map = try folder.file("map.csv", "a,1,5\nb,1,5\nc,2,6\nd,3,8\n")
        var column = AssociationColumn(name: "word", parameters: try parameters(bitCount: 4))
        var noise = SeededNoise(seed: 0xA550_0005), progress = Progress("reading", isVisible: false)
        for device in 0..<8000 {
            // Of five devices three have a or b, and two c. A bit is set with 5/8, and with 3/8 if the value has it clear.
            let own: UInt64 = device % 5 < 3 ? 0 : 1
            let word = (0..<4).reduce(UInt64(0)) { $0 | (noise.next() % 8 < ($1 == own ? 5 : 3) ? 1 << $1 : 0) }
            column.append(.init(cohort: device % 2, words: [word]))
        }
        for keepsAll in [false, true] {
            let variable = try AssociationVariable(
                column, mapPath: map, selection: .init(keepsAll: keepsAll, includesOther: true), progress: &progress)
            #expect(variable.labels.values == ["a or b", "c"] + (keepsAll ? ["d"] : []))
            #expect(variable.notes.contains { $0.contains("of word that the reports cannot tell apart") })
        }
        #expect(AssociationLabels.joined(["a", "b", "c", "d", "e"]) == "a or b or c or 2 more")
    }

    private func result() throws -> AssociationResult {
        let (low, high) = (Foundation.log(0.1), Foundation.log(0.9))
        var first = ReportLikelihoods(valueCount: 3), second = ReportLikelihoods(valueCount: 2)
        for row in [[high, low, low], [low, high, low], [low, low, high]] { _ = first.append(logLikelihoods: row) }
        for row in [[high, low], [low, high]] { _ = second.append(logLikelihoods: row) }
        var reports = AssociationReports(first: first, second: second)
        for (kinds, count) in [((0, 0), 400), ((0, 1), 100), ((1, 0), 100), ((1, 1), 300), ((2, 1), 100)] {
            for device in 0..<count { reports.append(first: kinds.0, second: kinds.1, cohort: device % 2) }
        }
        let estimate = try #require(AssociationEstimate(of: reports))
        return AssociationResult(
            source: "reports.csv",
            variables: (
                AssociationLabels(name: "word", values: ["a\"b", ""], isTruth: false, hasOther: true),
                AssociationLabels(name: "flag", values: ["FALSE", "TRUE"], isTruth: true, hasOther: false)
            ), estimate: estimate, confidence: .standard, variableNotes: ["2 of 3 candidates."])
    }

    @Test("google's file names the second variable first, and its metrics have google's keys")
    func googleFiles() throws {
        let result = try result()
        let lines = result.resultsFile.split(separator: "\n").map(String.init)
        #expect(lines.first == "\"flag\",\"word\",\"proportion\"")
        #expect(
            lines.dropFirst().map { $0.split(separator: ",").dropLast().joined(separator: ",") } == [
                "FALSE,\"a\"\"b\"", "TRUE,\"a\"\"b\"", "FALSE,\"Empty\"", "TRUE,\"Empty\"", "FALSE,\"Other\"",
                "TRUE,\"Other\"",
            ])
        let sum = lines.dropFirst().reduce(0.0) { $0 + (Double($1.split(separator: ",").last ?? "") ?? .nan) }
        #expect(abs(sum - 1) < 1e-9)
        let metrics = try #require(
            JSONSerialization.jsonObject(
                with: Data(result.metricsFile(elapsed: .milliseconds(1500), fitting: .milliseconds(250)).utf8))
                as? [String: Any])
        #expect(
            Set(metrics.keys) == [
                "num_reports", "reports_sample_size", "estimate_dimensions", "sum_estimates", "total_elapsed_time",
                "em_elapsed_time", "num_em_iters",
            ])
        #expect(metrics["num_reports"] as? Int == 1000)
        #expect(metrics["estimate_dimensions"] as? [Int] == [2, 3])
        #expect(metrics["em_elapsed_time"] as? Double == 0.25)
    }

    @Test("rows are pairs, other strings have a label of their own, and notes say what the test says")
    func rows() throws {
        let result = try result(), table = result.rows(for: .people).table(of: 0..<6)
        #expect(
            table.columns == ["value1", "value2", "frequency", "standard_error", "frequency_low", "frequency_high"])
        #expect(table.rows.map { $0[0] } == ["a\"b", "a\"b", "\"\"", "\"\"", "(other)", "(other)"].map { .text($0) })
        #expect(result.notes.contains { $0.hasPrefix("word and flag depend on each other: chi-square ") })
        #expect(result.notes.contains("(other) stands for all strings that are not listed."))
        #expect(result.notes.first == "2 of 3 candidates.")
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(result.json.rendered.utf8)) as? [String: Any])
        #expect(json["converged"] as? Bool == true)
        #expect((json["rows"] as? [Any])?.count == 6)
        let independence = try #require(json["independence"] as? [String: Any])
        #expect(independence["degrees_of_freedom"] as? Int == 2)
    }
}
