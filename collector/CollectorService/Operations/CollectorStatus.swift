internal import Foundation
internal import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

/// How a collector is, at one moment: for `/metrics` and `/v1/status`.
package struct CollectorStatus: Sendable {
    /// What `--version` says.
    package static let version = "0.1.0"

    let isDraining: Bool
    let isStorable: Bool
    let today: UTCDay
    let counts: IngestFigures.Counts
    let connections: ConnectionLedger.Counts
    /// `nil` if the store does not tell.
    let store: StoreFigures?
    let process: ProcessFigures
    /// When the certificate that senders are shown ends, in seconds since 1970; `nil` without TLS.
    let certificateEnd: Int64?
    let metricSet: MetricSet

    /// The hash of the metric set that is in use, in hexadecimal digits.
    var registryHash: String {
        guard let bytes = try? metricSet.encoded(), let hash = try? SHA256.digest(bytes) else { return "unknown" }
        return hexadecimal(hash)
    }

    /// The text format of Prometheus.
    var metricsText: String {
        var page = MetricsText()
        page.info("dither_build_info", "Always 1; the version of the collector.", ["version": Self.version])
        page.info(
            "dither_registry_info", "Always 1; the metric set in use.",
            ["project": metricSet.project, "hash": registryHash])
        page.family("dither_ready", .gauge, "1 if a batch would be stored now.", isStorable && !isDraining ? 1 : 0)
        addIngest(to: &page)
        if let store { add(store, to: &page) }
        addDayWork(to: &page)
        if let certificateEnd {
            page.family(
                "dither_certificate_end_timestamp_seconds", .gauge, "When the certificate ends that senders are shown.",
                Double(certificateEnd))
        }
        page.family(
            "process_resident_memory_bytes", .gauge, "Resident memory.", Double(process.residentByteCount))
        page.family("process_open_fds", .gauge, "Open files and connections.", Double(process.descriptorCount))
        page.family("process_max_fds", .gauge, "How many files may be open.", Double(process.descriptorLimit))
        page.family(
            "process_cpu_seconds_total", .counter, "Processor time of all threads.", process.processorSeconds)
        return page.text
    }

    private func addIngest(to page: inout MetricsText) {
        let rejected = counts.reportsRejected
        page.family(
            "dither_reports_received_total", .counter,
            "Reports of batches that were answered with 200, repeated batches included.", by: "result",
            [("accepted", Double(counts.reportsReceived - rejected)), ("rejected", Double(rejected))])
        page.family(
            "dither_reports_rejected_total", .counter, "Rejected reports by the code that their sender was told.",
            by: "code", counts.rejectionsByCode.map { ($0.code.rawValue, Double($0.count)) })
        page.family("dither_batches_total", .counter, "Batches that were answered with 200.", Double(counts.batches))
        page.family(
            "dither_requests_total", .counter, "Answers to senders by class of status.", by: "status",
            counts.answersByClass.enumerated().map { ("\($0.offset + 1)xx", Double($0.element)) })
        page.family(
            "dither_requests_refused_total", .counter, "Refused requests by the token that their sender was told.",
            by: "code", counts.refusalsByToken.map { ($0.token.rawValue, Double($0.count)) })
        page.family(
            "dither_requests_in_progress", .gauge, "Requests of senders that are being answered.",
            Double(counts.requestsUnderWay))
        page.family(
            "dither_connections", .gauge, "Open connections of senders.", Double(connections.open))
        page.family(
            "dither_connections_limit", .gauge, "How many connections of senders may be open.",
            Double(connections.limit))
        page.family(
            "dither_connections_closed_total", .counter,
            "Connections that the collector closed: evicted for another one, refused for want of room, overdue, or no HTTP.",
            by: "cause",
            [
                ("evicted", Double(connections.evicted)), ("malformed", Double(connections.malformed)),
                ("overdue", Double(connections.overdue)), ("refused", Double(connections.refused)),
            ])
        page.family("dither_ingest_request_size_bytes", "Bodies of batches, as announced.", counts.bodySizes)
        page.family(
            "dither_commit_wait_seconds", "From a batch that was read to its being on the disk.", counts.commitWaits)
    }

    private func add(_ store: StoreFigures, to page: inout MetricsText) {
        page.family(
            "dither_batches_repeated_total", .counter, "Batches that were known already.",
            Double(store.repeatedBatchCount))
        page.family("dither_reports_stored", .gauge, "Reports in the store.", Double(store.reportCount))
        page.family("dither_reports_staged", .gauge, "Reports that no chunk holds so far.", Double(store.stagedCount))
        page.family("dither_store_size_bytes", .gauge, "The store without its log.", Double(store.byteCount))
        page.family("dither_store_wal_bytes", .gauge, "The store's write-ahead log.", Double(store.logByteCount))
        if let free = store.freeByteCount {
            page.family("dither_store_free_bytes", .gauge, "Free space where the store lies.", Double(free))
        }
        // Names of the registry alone, of which there are few; what the store has of other metrics is not told.
        page.family(
            "dither_metric_reports", .gauge,
            "Reports about the day before yesterday, rounded down to hundreds.", by: "metric",
            metricSet.metrics.map { ($0.name, Double(store.settledCounts[$0.identifier.value] ?? 0)) })
    }

    private func addDayWork(to page: inout MetricsText) {
        if let day = counts.lastDayWork.flatMap({ UTCDay(index: $0) }) {
            page.family(
                "dither_day_work_last_timestamp_seconds", .gauge, "Start of the last day whose work was done.",
                Double(day.startInSeconds))
        }
        page.family(
            "dither_day_work_failures_total", .counter, "Attempts at a day's work that failed.",
            Double(counts.dayWorkFailures))
    }
}
