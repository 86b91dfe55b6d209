internal import Glibc
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat
internal import TelemetryAgent

/// What `Benchmarks/` needs of the agent's uploads, on fresh TLS connections.
///
/// - `transport URL CERTIFICATE`: posts of one batch
/// - `settled URL CERTIFICATE FOLDER`: flushes that send a report and settle the queue, under a clock that goes on by a day
///
/// Prints `ready`; then for every line that it reads, a number of units, does so many and prints the seconds of processor
/// time that one took.
@main
enum UploadHost {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count >= 3, let mode = arguments.first else { return usage() }
        let (url, certificate) = (arguments[arguments.startIndex + 1], arguments[arguments.startIndex + 2])
        let endpoint = try Endpoint(url)
        switch (mode, arguments.count) {
        case ("transport", 3): try transport(to: endpoint, certificate)
        case ("settled", 4): try settled(to: endpoint, certificate, folder: arguments[arguments.startIndex + 3])
        default: usage()
        }
    }

    private static func usage() {
        print("usage: upload-host transport URL CERTIFICATE | settled URL CERTIFICATE FOLDER")
    }

    private static func transport(to endpoint: Endpoint, _ certificate: String) throws {
        let uploader = try ReportUploader(endpoint: endpoint, certificateFile: certificate)
        guard let identifier = BatchIdentifier(bytes: [UInt8](1...16)), let day = UTCDay(index: 20_000) else { return }
        let record = ReportRecord(metric: 1, period: day, fingerprint: Fingerprint(value: 1), payload: [1])
        let body = try Batch(identifier: identifier, reports: [record]).encoded
        try answer {
            let start = seconds()
            try require(uploader.post(body).outcome == .delivered(refused: []))
            return seconds() - start
        }
    }

    private static func settled(to endpoint: Endpoint, _ certificate: String, folder: String) throws {
        let metric = try metric(), clock = DayClock()
        let set = try MetricSet(
            project: "benchmark", dayCeiling: try PrivacyBudget(thousandths: 16_000),
            lifetimeCeiling: try PrivacyBudget(thousandths: 1_000_000), enrolmentDelayHours: 0, metrics: [metric])
        var configuration = Agent.Configuration(
            metricSet: set, endpoint: endpoint, stateFolder: folder, environment: [:], clock: clock)
        configuration.certificateFile = certificate
        let agent = Agent(configuration)
        try agent.setConsent(true)
        // The period after enrolment, and whatever else a device waits for.
        while try agent.flush(now: true).acknowledged == 0 { clock.day += 1 }
        try answer {
            clock.day += 1
            try agent.record(.boolean(true), for: metric.name)
            clock.day += 1
            let start = seconds()
            let report = try agent.flush(now: true)
            try require(report.acknowledged > 0 && report.waiting == 0)
            return seconds() - start
        }
    }

    /// Answers lines: the mean of what `unit` says that it took.
    private static func answer(_ unit: () throws -> Double) throws {
        print("ready")
        fflush(nil)
        while let line = readLine(), let count = Int(line) {
            var sum = 0.0
            for _ in 0..<count { sum += try unit() }
            print(sum / Double(count))
            fflush(nil)
        }
    }

    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func require(_ holds: Bool) throws {
        struct NotDelivered: Error {}
        guard holds else { throw NotDelivered() }
    }

    private static func metric() throws -> MetricDefinition {
        var fields = MetricDefinition.Fields()
        (fields.identifier, fields.version, fields.name) = (1, 1, "delayed")
        fields.summary = "Was there a delay?"
        fields.domain = .boolean
        fields.lifetime = .budget(try PrivacyBudget(thousandths: 1_000_000))
        (fields.minimumReports, fields.owner) = (1000, "ops@airline.example")
        fields.expiry = .never(reason: "A metric of a benchmark")
        fields.whenAbsent = .none
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 100), valueCount: 2, reportsAbsence: true)
        return try MetricDefinition(fields, mechanism: try RandomizedResponse.make(declared: declared))
    }
}

/// Noon of one day after another.
private final class DayClock: AgentClock, @unchecked Sendable {
    // Safe because one thread uses it.
    var day: Int64 = 20_000

    func secondsSinceEpoch() -> Int64 { day * 86_400 + 43_200 }
}
