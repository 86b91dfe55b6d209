internal import Foundation
internal import MetricDefinitions
internal import ReportFormat

extension CollectorStatus {
    /// What `/v1/status` answers. Counts since the start are in `/metrics`.
    private struct Document: Encodable {
        struct Store: Encodable {
            var reports: Int
            var staged: Int
            var bytes: Int
            var logBytes: Int
            var freeBytes: Int?
        }

        struct Registry: Encodable {
            var project: String
            var hash: String
            var metrics: Int
        }

        var version: String
        var ready: Bool
        var draining: Bool
        var today: String
        var lastDayWork: String?
        var store: Store?
        var registry: Registry
    }

    /// A JSON object.
    var json: String {
        let document = Document(
            version: Self.version, ready: isStorable && !isDraining, draining: isDraining, today: today.description,
            lastDayWork: counts.lastDayWork.flatMap { UTCDay(index: $0) }?.description,
            store: store.map {
                .init(
                    reports: $0.reportCount, staged: $0.stagedCount, bytes: $0.byteCount, logBytes: $0.logByteCount,
                    freeBytes: $0.freeByteCount)
            },
            registry: .init(project: metricSet.project, hash: registryHash, metrics: metricSet.metrics.count))
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Safe because numbers and texts of our own can always be encoded.
        return String(decoding: try! encoder.encode(document), as: UTF8.self) + "\n"
    }
}
