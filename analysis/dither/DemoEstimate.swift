internal import DecoderCommands
internal import Foundation

/// What `dither estimate` says of one metric of the demo's store, as its own process.
struct DemoEstimate {
    /// A value's row, as far as the demo looks at it.
    struct Row: Decodable {
        var name: String
        var count, low, high: Double
        var isDetected: Bool

        private enum CodingKeys: String, CodingKey {
            case value, count, frequencyLow = "frequency_low", frequencyHigh = "frequency_high", detected
            case estimate, low, high
        }

        init(from decoder: any Decoder) throws {
            let row = try decoder.container(keyedBy: CodingKeys.self)
            if let truth = try? row.decode(Bool.self, forKey: .value) {
                name = String(truth)
            } else {
                name = try row.decodeIfPresent(String.self, forKey: .value) ?? "(none)"
            }
            if let estimate = try row.decodeIfPresent(Double.self, forKey: .estimate) {
                (count, low, high) = (
                    estimate, try row.decode(Double.self, forKey: .low), try row.decode(Double.self, forKey: .high)
                )
                isDetected = false
            } else {
                count = try row.decode(Double.self, forKey: .count)
                low = try row.decode(Double.self, forKey: .frequencyLow)
                high = try row.decode(Double.self, forKey: .frequencyHigh)
                isDetected = try row.decode(Bool.self, forKey: .detected)
            }
        }
    }

    private struct Answer: Decodable {
        var reports: Int
        var rows: [Row]
    }

    /// The command line that people would type.
    let commandLine: String
    /// The reports counted.
    let reports: Int
    /// The rows: counts with the bounds of their share, or the mean with its own bounds.
    let rows: [Row]

    init(registry: String, store: String, metric: String) throws {
        let arguments = ["estimate", "--registry", registry, "--store", store, "--metric", metric]
        commandLine = ([CommandLine.arguments[0]] + arguments).joined(separator: " ")
        let output = try Self.run(arguments + ["--format", "json"])
        guard let answer = try? JSONDecoder().decode(Answer.self, from: output) else {
            throw CommandError(.runtimeFailure, "dither estimate --metric \(metric) gave no rows.")
        }
        (reports, rows) = (answer.reports, answer.rows)
    }

    /// Runs a command of this program as its own process.
    static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandError(
                .runtimeFailure, "dither \(arguments[0]) ended with status \(process.terminationStatus).")
        }
        return data
    }
}
