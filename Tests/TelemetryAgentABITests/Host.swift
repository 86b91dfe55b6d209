import CTelemetryAgent
import Foundation
import MetricDefinitions
import TestSupport
import Testing

/// A folder and options for one test, as a host in C would fill them in.
final class Host {
    let folder: String
    let metrics: [UInt8]
    private var texts: [UnsafeMutablePointer<CChar>] = []
    private let metricsMemory: UnsafeMutableRawPointer

    init(_ set: MetricSet? = nil) throws {
        let shared = URL(filePath: "/dev/shm")
        let parent =
            FileManager.default.isWritableFile(atPath: shared.path)
            ? shared : FileManager.default.temporaryDirectory
        let url = parent.appending(path: "dither-abi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        folder = url.path(percentEncoded: false)
        metrics = try (try set ?? hostMetricSet()).encoded()
        metricsMemory = .allocate(byteCount: metrics.count, alignment: 1)
        metricsMemory.copyMemory(from: metrics, byteCount: metrics.count)
    }

    deinit {
        texts.forEach { free($0) }
        metricsMemory.deallocate()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var state: String { folder + "/state" }

    /// A text that lives as long as the host.
    func text(_ text: String) -> UnsafePointer<CChar>? {
        guard let copy = strdup(text) else { return nil }
        texts.append(copy)
        return UnsafePointer(copy)
    }

    /// Sound options; nobody listens at the endpoint.
    func options() -> dither_options {
        var options = dither_options()
        options.size = MemoryLayout<dither_options>.size
        options.metrics = UnsafeRawPointer(metricsMemory)
        options.metrics_size = metrics.count
        options.endpoint = text("http://127.0.0.1:9")
        options.state_folder = text(state)
        return options
    }

    /// An open agent.
    func open() -> dither_agent {
        var (options, agent) = (options(), dither_agent(0))
        #expect(dither_open(&options, &agent) == DITHER_OK, "\(lastError())")
        return agent
    }
}

/// The thread's last error.
func lastError() -> String { dither_last_error().map { String(cString: $0) } ?? "NULL" }

/// `departed_late`, `carrier`, `destination`, `air_time` and `word`, of one type each but for two of texts; and
/// `any_delay` with `combine: any`.
func hostMetricSet() throws -> MetricSet {
    try testMetricSet(metrics: [
        try booleanMetric(), try categoryMetric(), try rapporMetric(identifier: 3, name: "destination"),
        try meanMetric(identifier: 4, name: "air_time"),
        try booleanMetric(identifier: 5, name: "any_delay", combination: .any), try sketchMetric(),
    ])
}
