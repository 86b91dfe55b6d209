import Estimation
import Foundation
import TestSupport
import Testing

@testable import DecoderCommands

/// Reports and truth are of an independent script, with the permanent responses of google/rappor's Python and C++ clients.
@Suite("Decoding google/rappor's files")
struct RapporDecodingTests {
    private static let folder = "rappor"

    private static func path(_ name: String) -> String {
        Fixtures.url("\(folder)/\(name)").path(percentEncoded: false)
    }

    private let parameters: RapporParameters

    init() throws { parameters = try RapporParameters(reading: Self.path("params.csv")) }

    private func settings(
        _ correction: RapporCorrection = .bonferroni, confidence: ConfidenceLevel = .standard
    ) -> RapporDecoding.Settings {
        RapporDecoding.Settings(
            correction: correction, alpha: 0.05, confidence: confidence, parametersPath: "params.csv")
    }

    private func decoding(
        client: String, map: String = path("map.csv"), _ correction: RapporCorrection = .bonferroni
    ) throws -> RapporDecoding {
        var progress = Progress("decoding")
        let counts = try RapporCounts(reading: Self.path("\(client)-counts.csv"), parameters)
        return try RapporDecoding(counts, parameters, settings(correction), mapPath: map, progress: &progress)
    }

    @Test("sum-bits and hash-candidates give the bytes that the formats ask for", arguments: ["python", "cpp"])
    func bytes(client: String) throws {
        var reports = RapporReports(parameters)
        var reader = try CSVReader(path: Self.path("\(client)-reports.csv"))
        var progress = Progress("counting")
        try reports.count(&reader, progress: &progress)
        let (sums, revealsValues) = (reports.sums, reports.revealsValues)
        #expect(sums.bytes == (try Fixtures.bytes("rappor/\(client)-counts.csv")) && !revealsValues)
        let filter = try RapporFilter(parameters, client: client == "cpp" ? .cpp : .python)
        var map: [UInt8] = []
        for line in try Fixtures.lines("rappor/candidates.txt") {
            try filter.appendMapRow(of: Array(line.utf8), cohortCount: parameters.cohortCount, to: &map)
        }
        #expect(map == (try Fixtures.bytes("rappor/map.csv")))
    }

    @Test(
        "Reports of the Python and of the C++ client decode: every string of 12 % and more is found, and all are near the truth",
        arguments: ["python", "cpp"])
    func frequentStringsAreFound(client: String) throws {
        var truth = try CSVFile(path: Self.path("\(client)-truth.csv"))
        var held: [Int] = []
        while let row = try truth.nextRow() { held.append(try #require(Int(row[1]))) }
        let decoding = try decoding(client: client)
        #expect(decoding.names == (try Fixtures.lines("rappor/candidates.txt")).map(String.init))
        #expect(decoding.reportCount == 3000 && held.count == 20 && !decoding.isInsufficient)
        for (row, estimate) in decoding.estimates.enumerated() {
            let error = decoding.unbiased[row] - Double(held[row]) / 3000
            #expect(abs(error) < 4 * estimate.standardError / 3000, "\(decoding.names[row])")
            #expect(estimate.isDetected || held[row] < 300)
            #expect(estimate.interval.contains(estimate.frequency))
        }
        let fit = try #require(decoding.fit)
        #expect((0.05...0.35).contains(fit.unknownShare))
    }

    /// Of two hashes, Java's first is Python's second, so that a trace of the strings is left.
    @Test("With the bits of another client, whose map this is not, fewer are found, and the misfit is said")
    func wrongMap() throws {
        let filter = try RapporFilter(parameters, client: .java)
        var map: [UInt8] = []
        for line in try Fixtures.lines("rappor/candidates.txt") {
            try filter.appendMapRow(of: Array(line.utf8), cohortCount: parameters.cohortCount, to: &map)
        }
        let file = try TemporaryFile(map, name: "map.csv")
        let (right, wrong) = (try decoding(client: "python"), try decoding(client: "python", map: file.path))
        #expect(right.fit?.isMisfit == false && wrong.fit?.isMisfit == true)
        #expect(wrong.notes.contains { $0.hasPrefix("Model misfit (residuals ") })
        #expect(wrong.detectedCount < 4 && right.detectedCount >= 4)
    }

    @Test("Parameters with q below p say the same of the complement of all bits")
    func reversedResponse() throws {
        let counts = try RapporCounts(reading: Self.path("python-counts.csv"), parameters)
        let complement = RapporCounts(
            cohortSizes: counts.cohortSizes,
            setCounts: counts.setCounts.enumerated().map { counts.cohortSizes[$0 / 16] - $1 })
        let reversed = try RapporParameters(
            bitCount: 16, hashCount: 2, cohortCount: 8, clearResponse: 0.9, setResponse: 0.1, permanentNoise: 0.3)
        var progress = Progress("decoding")
        let one = try decoding(client: "python")
        let other = try RapporDecoding(
            complement, reversed, settings(), mapPath: Self.path("map.csv"), progress: &progress)
        for (left, right) in zip(one.estimates, other.estimates) {
            #expect(abs(left.frequency - right.frequency) < 1e-9 && left.isDetected == right.isDetected)
            #expect(abs(left.standardError - right.standardError) < 1e-6)
        }
        #expect(abs(one.smallestShare - other.smallestShare) < 1e-9)
    }

    @Test("Candidates with the same bits are named as a group, and have no estimate of their own")
    func indistinguishable() throws {
        let rows = try Fixtures.lines("rappor/map.csv").map { $0.hasSuffix("\r") ? String($0.dropLast()) : String($0) }
        let twin = "twin" + rows[0].dropFirst("google.com".count)
        let file = try TemporaryFile((rows + [twin]).map { $0 + "\r\n" }.joined(), name: "map.csv")
        let decoding = try decoding(client: "python", map: file.path)
        #expect(decoding.fit?.indistinguishable == [[0, 20]])
        #expect(decoding.notes.contains("The bits cannot tell these candidates apart: 'google.com', 'twin'."))
        #expect(decoding.page.split(separator: "\n").contains { $0.hasPrefix("google.com") && $0.contains(" - ") })
        #expect(
            decoding.json.rendered.contains("\"indistinguishable\": [\n    [\n      \"google.com\",\n      \"twin\"\n"))
    }

    @Test("Too few reports are said to be, and nothing is shown of them")
    func insufficient() throws {
        let few = RapporCounts(
            cohortSizes: [Int](repeating: 2, count: 8), setCounts: [Int](repeating: 1, count: 8 * 16))
        var progress = Progress("decoding")
        let decoding = try RapporDecoding(
            few, parameters, settings(), mapPath: Self.path("map.csv"), progress: &progress)
        #expect(decoding.isInsufficient && decoding.detectedCount == 0)
        #expect(decoding.withheldReason?.hasPrefix("16 reports are too few") == true)
        let json = decoding.withheldJSON.rendered
        #expect(json.contains("\"withheld\"") && !json.contains("\"rows\""))
    }

    @Test("Where more reports would not help, what is shown instead of a result says so")
    func insufficientForOtherReasons() throws {
        var progress = Progress("decoding")
        let full = RapporCounts(
            cohortSizes: [Int](repeating: 1000, count: 8), setCounts: [Int](repeating: 1000, count: 8 * 16))
        let misfit = try RapporDecoding(
            full, parameters, settings(), mapPath: Self.path("map.csv"), progress: &progress)
        let reason = try #require(misfit.withheldReason)
        #expect(reason.hasPrefix("the counts do not fit (residuals ") && reason.contains("; of 8000 reports, "))
        let single = try RapporParameters(
            bitCount: 4, hashCount: 2, cohortCount: 1, clearResponse: 0.25, setResponse: 0.75, permanentNoise: 0)
        let map = try TemporaryFile("a,1,2\nb,3,4\nc,1,3\nd,2,4\n", name: "map.csv")
        let counts = RapporCounts(cohortSizes: [100_000], setCounts: [50_000, 40_000, 30_000, 20_000])
        let twins = try RapporDecoding(counts, single, settings(), mapPath: map.path, progress: &progress)
        #expect(twins.withheldReason?.hasPrefix("the bits tell none of the candidates (4) from others") == true)
        let own = try TemporaryFile("a,1,2\n", name: "map.csv")
        let one = RapporCounts(cohortSizes: [1], setCounts: [1, 1, 0, 0])
        let lone = try RapporDecoding(one, single, settings(), mapPath: own.path, progress: &progress)
        #expect(lone.withheldReason?.hasPrefix("1 report is too few") == true)
    }

    @Test(
        "results.csv lists the detected strings, the most frequent first, as R writes them, and metrics.json sums to 1")
    func googleFiles() throws {
        // From the last candidate to the first, so that the order is not that of the map.
        let rows = try Fixtures.lines("rappor/map.csv").reversed().map { $0.hasSuffix("\r") ? $0.dropLast() : $0 }
        let file = try TemporaryFile(rows.map { $0 + "\n" }.joined(), name: "map.csv")
        let decoding = try decoding(client: "cpp", map: file.path)
        let lines = decoding.resultsFile.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            lines[0]
                == "\"string\",\"estimate\",\"std_error\",\"proportion\",\"prop_std_error\",\"prop_low_95\",\"prop_high_95\""
        )
        #expect(lines.count == decoding.detectedCount + 2 && lines.last == "")
        let names = ["\"google.com\"", "\"a,b \"\"c\"\"\"", "\"Empty\"", "\"Zürich\""]
        try #require(lines.count == names.count + 2)
        for (line, name) in zip(lines.dropFirst(), names) {
            try #require(line.hasPrefix(name + ","))
            let numbers = line.dropFirst(name.count + 1).split(separator: ",").compactMap { Double($0) }
            try #require(numbers.count == 6)
            #expect(
                numbers[0] == (numbers[2] * 3000).rounded(.down) && numbers[1] == (numbers[3] * 3000).rounded(.down))
            #expect(numbers[4] < numbers[2] && numbers[2] < numbers[5])
        }
        struct Metrics: Decodable {
            var sampleSize: Int, allocatedMass: Double, numDetected: Int, explainedVar: Double, missingVar: Double
            var noiseVar: Double, totalElapsedTime: Double
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let metrics = try decoder.decode(
            Metrics.self, from: Data(decoding.metricsFile(elapsed: .milliseconds(1250)).utf8))
        #expect(metrics.sampleSize == 3000 && metrics.numDetected == 4 && metrics.totalElapsedTime == 1.25)
        #expect(abs(metrics.explainedVar + metrics.missingVar + metrics.noiseVar - 1) < 2e-6)
        #expect(metrics.explainedVar > 0.7 && metrics.noiseVar > 0.05)
        #expect((0.7...0.9).contains(metrics.allocatedMass))
    }

    @Test("Both files are written as a whole, a folder is made where there is none, and what is in its way is named")
    func googleFolder() throws {
        let decoding = try decoding(client: "cpp")
        let file = try TemporaryFile("")
        let folder = URL(filePath: file.path).deletingLastPathComponent().path(percentEncoded: false)
        try decoding.writeGoogleFiles(to: folder, elapsed: .zero)
        #expect(try String(contentsOfFile: folder + "results.csv", encoding: .utf8) == decoding.resultsFile)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
        try decoding.writeGoogleFiles(to: folder + "new/folder", elapsed: .zero)
        #expect(
            try String(contentsOfFile: folder + "new/folder/results.csv", encoding: .utf8) == decoding.resultsFile)
        let error = #expect(throws: CommandError.self) {
            try decoding.writeGoogleFiles(to: file.path, elapsed: .zero)
        }
        #expect(error?.status == .runtimeFailure && error?.message.hasPrefix("--output-dir \(file.path): ") == true)
    }

    @Test("A table shows fifty of many candidates, those detected first")
    func longTable() throws {
        let filter = try RapporFilter(parameters, client: nil)
        var map: [UInt8] = []
        for name in (0..<60).map({ "decoy \($0)" }) + ["google.com"] {
            try filter.appendMapRow(of: Array(name.utf8), cohortCount: parameters.cohortCount, to: &map)
        }
        let file = try TemporaryFile(map, name: "map.csv")
        let lines = try decoding(client: "python", map: file.path).page.split(separator: "\n")
        #expect(lines[2].hasPrefix("google.com ") && lines.count(where: { $0.hasPrefix("decoy") }) == 49)
        #expect(lines.contains { $0.hasPrefix("50 of 61 candidates are shown, detected ones first") })
    }
}

/// Against exact sums of an independent script.
@Suite("Decoding google/rappor's truth values")
struct RapporTruthValueTests {
    struct Vectors: Decodable {
        struct Row: Decodable {
            var sizes: [Int], counts: [Int], p: Double, q: Double, f: Double, share: Double, standardError: Double
            var pTrue: Double, pFalse: Double
        }
        var truthValues: [Row]
    }

    private func decoding(_ row: Vectors.Row, _ correction: RapporCorrection = .bonferroni) throws -> RapporDecoding {
        let parameters = try RapporParameters(
            bitCount: 1, hashCount: 1, cohortCount: row.sizes.count, clearResponse: row.p, setResponse: row.q,
            permanentNoise: row.f)
        return RapporDecoding(
            ofTruthValues: RapporCounts(cohortSizes: row.sizes, setCounts: row.counts), parameters,
            RapporDecoding.Settings(
                correction: correction, alpha: 0.05, confidence: .standard, parametersPath: "params.csv"))
    }

    @Test("The closed form and exact p-values are those of exact sums, whichever of p and q is greater")
    func closedForm() throws {
        let vectors: Vectors = try Fixtures.json("vectors/rappor_parameters.json")
        try #require(vectors.truthValues.count == 5)
        for row in vectors.truthValues {
            let decoding = try decoding(row), (yes, no) = (decoding.estimates[0], decoding.estimates[1])
            let total = Double(row.sizes.reduce(0, +))
            #expect(decoding.names == ["TRUE", "FALSE"])
            #expect(abs(decoding.unbiased[0] - row.share) < 1e-12 && abs(decoding.unbiased[1] - 1 + row.share) < 1e-12)
            #expect(abs(yes.standardError / total - row.standardError) < 1e-12 && yes.standardError == no.standardError)
            #expect(abs(yes.pValue - row.pTrue) < 1e-9 * row.pTrue + 1e-12, "\(row) \(yes.pValue)")
            #expect(abs(no.pValue - row.pFalse) < 1e-9 * row.pFalse + 1e-12, "\(row) \(no.pValue)")
            #expect(yes.isDetected == (row.pTrue <= 0.025) && no.isDetected == (row.pFalse <= 0.025))
            for estimate in [yes, no] {
                #expect((0...1).contains(estimate.frequency) && estimate.interval.contains(estimate.frequency))
                #expect(estimate.interval.lowerBound >= 0 && estimate.interval.upperBound <= 1)
            }
            #expect(yes.interval.lowerBound == max(0, 1 - no.interval.upperBound) || yes.interval.lowerBound > 0)
        }
    }

    @Test("Without a correction each value has alpha of its own")
    func corrections() throws {
        let row = Vectors.Row(
            sizes: [100], counts: [47], p: 0.25, q: 0.75, f: 0.5, share: 0, standardError: 0, pTrue: 0, pFalse: 0)
        let p = try decoding(row).estimates[0].pValue
        try #require((0.025...0.05).contains(p))
        #expect(try !decoding(row).estimates[0].isDetected && decoding(row, .none).estimates[0].isDetected)
        // Of two p-values the larger is below 0.05 as well, or the smaller is held to half of it.
        #expect(try decoding(row, .fdr).estimates[0].isDetected == (decoding(row).estimates[1].pValue <= 0.05))
    }

    @Test("results.csv has TRUE and FALSE, not rounded")
    func googleFile() throws {
        let row = Vectors.Row(
            sizes: [200], counts: [110], p: 0.25, q: 0.75, f: 0.5, share: 0, standardError: 0, pTrue: 0, pFalse: 0)
        let lines = try decoding(row).resultsFile.split(separator: "\n")
        #expect(lines.count == 3 && lines[1].hasPrefix("\"TRUE\",140,") && lines[2].hasPrefix("\"FALSE\",60,"))
    }
}
