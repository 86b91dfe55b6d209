internal import DecoderCommands
internal import Foundation
internal import Mechanisms
internal import MetricDefinitions

/// What `dither estimate` says of the demo's store, as its own process.
struct DemoEstimate {
    /// The output for people.
    let table: String
    /// The reports counted.
    let reports: Int
    /// The share of `true`, and its interval.
    let frequency, low, high: Double
    /// p* − q*: how much of the truth a report carries.
    let slope: Double

    init(registry: String, store: String, metric: MetricDefinition) throws {
        guard let mechanism = metric.mechanism as? RandomizedResponse else {
            throw CommandError(.validationFailed, "\(metric.name) is not a fresh randomized response.")
        }
        slope = 1 - Double(mechanism.rule.lieThreshold) * 0x1p-63
        let arguments = ["estimate", "--registry", registry, "--store", store, "--metric", metric.name]
        table = String(decoding: try Self.run(arguments), as: UTF8.self)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let answer = try decoder.decode(Answer.self, from: try Self.run(arguments + ["--format", "json"]))
        guard let row = answer.rows.first(where: { $0.value == true }) else {
            throw CommandError(.runtimeFailure, "the estimate has no row for `true`.")
        }
        (reports, frequency, low, high) = (answer.reports, row.frequency, row.frequencyLow, row.frequencyHigh)
    }

    private struct Answer: Decodable {
        struct Row: Decodable {
            var value: Bool?
            var frequency, frequencyLow, frequencyHigh: Double
        }
        var reports: Int
        var rows: [Row]
    }

    private static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandError(.runtimeFailure, "dither estimate ended with status \(process.terminationStatus).")
        }
        return data
    }
}
