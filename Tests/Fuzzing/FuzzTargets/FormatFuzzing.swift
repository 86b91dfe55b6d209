internal import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness
internal import TelemetryAgent

/// Bytes for the decoders.
enum FormatFuzzing {
    static func metricSet(_ bytes: [UInt8]) {
        // Once as they are and once under a right checksum, which no search would find.
        for candidate in [bytes, sealed(bytes)] {
            guard let set = try? MetricSet(decoding: candidate) else { continue }
            let again = try? set.encoded()
            precondition(again == candidate, "a set encodes to the bytes it came from")
            let reduced = try? set.reduced(by: set)
            precondition(reduced?.metrics.count == set.metrics.count, "a set is reduced to itself by itself")
            for metric in set.metrics { pair(metric, payload: bytes) }
        }
    }

    /// Beginnings of the bytes as reports of a pair, if the metric is one.
    private static func pair(_ metric: MetricDefinition, payload bytes: [UInt8]) {
        guard case .pair = metric.domain, let pair = metric.mechanism as? any PairRandomizer else { return }
        for count in 0...min(bytes.count, 64) {
            guard let reports = try? pair.reports(in: Array(bytes.prefix(count))) else { continue }
            precondition(reports.first.count + reports.second.count >= count, "no byte of a payload is lost")
        }
    }

    private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > 32, let checksum = try? SHA256.digest(Array(bytes.dropLast(32))) else { return bytes }
        return bytes.dropLast(32) + checksum
    }

    static func signedSet(_ bytes: [UInt8]) {
        guard let set = try? SignedMetricSet(decoding: bytes) else { return }
        precondition(set.encoded == bytes, "a signed set encodes to the bytes it came from")
        let stranger = Ed25519PublicKey(bytes: [UInt8](repeating: 7, count: 32))
        let keys = stranger.map { [$0] } ?? []
        let verified = try? set.verified(trusting: keys, afterSequence: 0, afterRotation: 0)
        precondition(verified == nil, "nobody signs for a stranger")
        try? set.verifySignatures()
    }

    static func batch(_ bytes: [UInt8]) {
        guard let batch = try? Batch(decoding: bytes) else { return }
        precondition(batch.encoded == bytes, "a batch encodes to the bytes it came from")
    }

    /// Status, content type, waiting time and body, from the bytes in this order.
    static func answer(_ bytes: [UInt8]) {
        let types = [
            "application/json", "application/problem+json", "text/html", "application/json; charset=utf-8", "",
        ]
        let statuses = [200, 204, 301, 400, 401, 404, 410, 413, 415, 422, 429, 500, 502, 503, 504, 0]
        guard bytes.count >= 3 else { return }
        let answer = ServerAnswer(
            status: statuses[Int(bytes[0]) % statuses.count], contentType: types[Int(bytes[1]) % types.count],
            retryAfterSeconds: Int64(bytes[2]) << 40, body: Array(bytes.dropFirst(3)))
        if case .failed(.unavailable(_, let seconds?)) = answer.outcome {
            precondition((1...86_400).contains(seconds), "nobody makes an agent wait for longer than a day")
        }
    }
}
