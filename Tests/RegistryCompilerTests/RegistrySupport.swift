import Foundation
import LocalPrivacy
import MetricDefinitions
import ReportFormat
import TestSupport

@testable import RegistryCompiler

/// The day on which every test checks expiry.
let testDay = UTCDay(containing: 1_782_864_000)

/// A folder that is gone when the test is over.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "dither-registry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

    func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: url.appending(path: name)) }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: url.appending(path: name)), as: UTF8.self)
    }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() } }
}

/// The findings of a refused registry; empty if it is accepted.
func findings(in bytes: [UInt8], expiry: RegistrySource.ExpiryRule = .refuse) throws -> [RegistryDiagnostic] {
    do {
        _ = try RegistryCompiler.metricSet(of: bytes, file: "metrics.yaml", today: testDay, expiry: expiry)
        return []
    } catch {
        guard case .refused(let findings) = error else { throw error }
        return findings
    }
}

/// A registry of one boolean metric, with some lines replaced or added.
func registry(
    _ changes: [String: String] = [:], name: String = "departed_late", project: String = "flights",
    moreMetrics: String = ""
) -> String {
    let lines = [
        ("id", "1"), ("version", "1"), ("description", "Late?"), ("type", "boolean"),
        ("mechanism", "randomized_response"), ("epsilon", "1.0"), ("epsilon_lifetime", "120"), ("period", "day"),
        ("when_absent", "{ value: false }"), ("release", "{ minimum_reports: 1000 }"), ("owner", "ops"),
        ("expires", "{ never: a test }"),
    ]
    let keys = lines.map { key, value in "    \(key): \(changes[key] ?? value)\n" }.joined()
    return "registry: 1\nproject: \(project)\nceiling: { epsilon_per_day: 16, epsilon_lifetime: 1000 }\nmetrics:\n"
        + "  \(name):\n\(keys)\(moreMetrics)"
}

extension MetricLock {
    /// The lock of a set that no registry of text was compiled to.
    init(of set: MetricSet) throws { try self.init(of: CheckedRegistry(compiled: set)) }

    /// The lock after such a set.
    func updated(to set: MetricSet) throws -> MetricLock { try updated(to: CheckedRegistry(compiled: set)) }
}

extension CheckedRegistry {
    init(compiled set: MetricSet) {
        self.init(
            set: set, file: "metrics.set", notes: [], projectPosition: .start, positions: [:], candidates: [:],
            choices: nil)
    }
}
