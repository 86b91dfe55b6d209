internal import Estimation
internal import Mechanisms
internal import ReportFormat
internal import SecureRandomness

/// A million reports from text to estimates, beside the times that google/rappor took.
struct GoogleRapporRow: Row {
    let name = "11"
    let operation = "a million RAPPOR reports of 16 bits: encode, count, decode with 1,100 candidates"
    let anchor = "google/rappor, recorded: Python client 30.8 s, sums 2.1 s, decoding in R 4.9 s"
    let goal = Goal.speed(atLeast: 25)
    let unit = "run"
    let bottleneck: String? = "nearly all of it is encoding: " + memoizedBottleneck

    private static let deviceCount = 100_000, reportsPerDevice = 10, valueCount = 1000, candidateCount = 1100

    func prepare() throws -> Comparison {
        let rappor = try documentedRappor(bitCount: 16)
        let candidates = (0..<Self.candidateCount).map { MechanismInput.text(Array("value \($0)".utf8)) }
        guard let day = UTCDay(index: 20_000) else { throw Skipped(reason: "there is no day 20,000") }
        return Comparison(
            ours: .timed(units: 1) {
                let reports = try Self.payloads(of: rappor, candidates)
                var counts = rappor.makeAggregate(of: Fingerprint(value: 1))
                for (cohort, payloads) in reports.enumerated() {
                    try rappor.tally(payloads.span, partition: cohort, into: &counts)
                }
                let estimates = try rappor.estimates(
                    of: candidates, from: PooledReports(counts, on: day), confidence: .standard
                ) { _, _ in }
                guard estimates.count == Self.candidateCount else { throw Skipped(reason: "nothing was estimated") }
                keep(estimates)
            },
            anchor: .recorded(secondsPerUnit: 30.8 + 2.1 + 4.9))
    }

    /// The payloads of every cohort, end to end: each device reports ten times, a value that it holds.
    private static func payloads(of rappor: Rappor, _ candidates: [MechanismInput]) throws -> [[UInt8]] {
        var payloads = [[UInt8]](repeating: [], count: rappor.cohortCount)
        let mechanism = erased(rappor)
        for device in 0..<deviceCount {
            let noise = try PermanentNoise(secret: .random(), metric: 1, definitionHash: [])
            let context = DeviceContext(permanentNoise: noise)
            // A few values are frequent: of any two numbers below 1,000 the lesser product is likelier small.
            let value = candidates[device % 997 * (device / 997 % 100) / 100]
            for _ in 0..<reportsPerDevice {
                let stored = rappor.stored(payload: try mechanism.payload(for: value, on: context))
                payloads[stored.partition] += stored.rest
            }
        }
        return payloads
    }
}
