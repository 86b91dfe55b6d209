internal import Glibc
internal import MetricDefinitions
internal import TelemetryAgent

/// A program that reports what `metrics.yaml` asks, through the functions that the plugin MetricConstants makes of it.
///
///     telemetry-example https://telemetry.example ~/.local/state/editor
///
/// It consents for its user, closes the day at once and sends, all of which a real program leaves to others.
@main
struct Example {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else {
            print("usage: telemetry-example ENDPOINT STATE-FOLDER")
            exit(2)
        }
        do {
            let agent = Agent(
                Agent.Configuration(
                    metricSet: try EditorMetrics.metricSet(), endpoint: try Endpoint(arguments[1]),
                    stateFolder: arguments[2]))
            try agent.setConsent(true)

            try EditorMetrics.recordCrashed(false, on: agent)
            try EditorMetrics.recordColourScheme(.highContrast, on: agent)
            try EditorMetrics.recordLanguage("Swift", on: agent)
            try EditorMetrics.recordStartSeconds(1.25, on: agent)

            let report = try agent.flush(closingPeriod: true)
            print("\(report.acknowledged) reports sent, \(report.waiting) waiting")
            if let failure = report.failure { print(failure) }
        } catch {
            print(error)
            exit(1)
        }
    }
}
