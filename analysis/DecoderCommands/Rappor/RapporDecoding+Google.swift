internal import Estimation
internal import Foundation

extension RapporDecoding {
    private static let resultsHeader = [
        "string", "estimate", "std_error", "proportion", "prop_std_error", "prop_low_95", "prop_high_95",
    ]

    /// Writes google/rappor's results.csv and metrics.json, each as a whole.
    ///
    /// - Throws: ``CommandError`` of status 1.
    func writeGoogleFiles(to folder: String, elapsed: Duration) throws(CommandError) {
        try GoogleFiles.write(
            [("results.csv", resultsFile), ("metrics.json", metricsFile(elapsed: elapsed))], to: folder)
    }

    /// The detected strings, the most frequent first, as R's write.csv writes them: names between quotation marks, numbers
    /// plain. Of strings, counts are rounded down; of truth values both are there, and not rounded.
    var resultsFile: String {
        let isRounded = fit != nil
        let listed = names.indices.filter { !isRounded || estimates[$0].isDetected }
        let sorted = isRounded ? listed.sorted { (estimates[$1].count, $0) < (estimates[$0].count, $1) } : listed
        let total = Double(reportCount)
        let lines = sorted.map { row in
            let estimate = estimates[row]
            let counts = [estimate.count, estimate.standardError].map { isRounded ? $0.rounded(.down) : $0 }
            let numbers =
                counts + [
                    estimate.frequency, estimate.standardError / total, estimate.interval.lowerBound,
                    estimate.interval.upperBound,
                ]
            let name = names[row].isEmpty ? "Empty" : names[row]
            return ([Self.quoted(name)] + numbers.map(Self.number)).joined(separator: ",") + "\n"
        }
        return Self.resultsHeader.map(Self.quoted).joined(separator: ",") + "\n" + lines.joined()
    }

    /// The summary, with google/rappor's keys and the noise's share of the variance. The shares sum to 1; of truth values
    /// there are none.
    func metricsFile(elapsed: Duration) -> String {
        let detected = estimates.filter { fit == nil || $0.isDetected }
        func share(_ value: Double?) -> JSONOutput { .cell(value.map { .decimal($0, digits: 6) } ?? .null) }
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        return JSONOutput.object([
            ("sample_size", .cell(.integer(reportCount))),
            ("allocated_mass", share(detected.reduce(0) { $0 + $1.frequency })),
            ("num_detected", .cell(.integer(detectedCount))), ("explained_var", share(fit?.variance?.explained)),
            ("missing_var", share(fit?.variance?.missing)), ("noise_var", share(fit?.variance?.noise)),
            ("total_elapsed_time", .cell(.decimal(seconds, digits: 3))),
        ]).rendered + "\n"
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    /// In up to 15 significant digits, without an exponent where the number is whole.
    private static func number(_ value: Double) -> String {
        value == value.rounded() ? decimalDigits(value, digits: 0) : printed(value, "%.*g", digits: 15)
    }
}
