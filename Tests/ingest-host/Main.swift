internal import CollectorService
internal import CollectorSettings
internal import Foundation
internal import Glibc
internal import Logging
internal import MetricDefinitions
internal import ReportFormat

/// What `Benchmarks/ingest` needs of our own code: batches, the collector without a store, and the store without a server.
///
/// - `batch FILE COUNT BYTES`: writes a batch of COUNT reports with payloads of BYTES bytes, and beside it `FILE.set`
/// - `serve SET PORT`: the collector on a store that drops everything, on a port of 127.0.0.1
/// - `commits SET STORE BATCH SCRATCH COUNT`: stores COUNT batches one after another, each followed by the same bytes
///   written and synchronised bare; prints the medians, in microseconds, and those of the ratios
@main
enum Main {
    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        switch words.first {
        case "batch" where words.count == 4: try writeBatch(words[1], count: words[2], payloadByteCount: words[3])
        case "serve" where words.count == 3: try await serve(words[1], port: words[2])
        case "commits" where words.count == 6:
            try await PairedCommits(
                metricSet: try metricSet(at: words[1]), storePath: words[2], batchPath: words[3], scratchPath: words[4],
                count: Int(words[5]) ?? 1_000
            ).measure()
        default:
            print("usage: ingest-host batch FILE COUNT BYTES | serve SET PORT | commits SET STORE BATCH SCRATCH COUNT")
            exit(2)
        }
    }

    static func metricSet(at path: String) throws -> MetricSet {
        try MetricSet(decoding: Array(try Data(contentsOf: URL(filePath: path))))
    }

    private static func writeBatch(_ path: String, count: String, payloadByteCount: String) throws {
        let content = try BenchmarkBatch(
            reportCount: Int(count) ?? 1, payloadByteCount: Int(payloadByteCount) ?? 16)
        try Data(content.batch.encoded).write(to: URL(filePath: path))
        try Data(try content.metricSet.encoded()).write(to: URL(filePath: path + ".set"))
    }

    private static func serve(_ path: String, port: String) async throws {
        var logger = Logger(label: "ingest-host")
        logger.logLevel = .warning
        let server = try CollectorServer(
            CollectorConfiguration(
                metricSetPath: path, storePath: "",
                uploadAddress: ListenAddress(host: "127.0.0.1", port: Int(port) ?? 0)),
            logger: logger, otherStore: DroppingStore())
        try await server.run { url in
            print("listening on \(url)")
            fflush(nil)
        }
    }
}

/// Takes everything and keeps nothing.
private struct DroppingStore: ReportStore {
    func store(_ batch: AdmittedBatch) async throws(StoreError) -> [Rejection] { batch.rejected }

    func answer(to identifier: BatchIdentifier) async throws(StoreError) -> [Rejection]? { nil }

    func enter(_ metricSet: MetricSet) async throws(StoreError) {}

    func checkWritable() async throws(StoreError) {}

    func stagedGroups(before day: UTCDay) async throws(StoreError) -> [ReportGroup] { [] }

    func deleteReports(beyond policy: RetentionPolicy, on today: UTCDay) async throws(StoreError) {}

    func sealChunk(of group: ReportGroup) async throws(StoreError) -> Bool { false }

    func forgetBatches(slice: UInt8, on day: UTCDay) async throws(StoreError) {}

    func truncateLog() async throws(StoreError) -> Bool { true }

    func close() async throws(StoreError) {}
}
