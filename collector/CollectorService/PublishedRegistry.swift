internal import Foundation
package import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

/// The signed metric set that a collector hands to every agent alike, as the file has it.
package struct PublishedRegistry: Hashable, Sendable {
    /// The file's bytes.
    package let bytes: [UInt8]
    /// What tells these bytes from others: their SHA-256 in quotation marks.
    package let entityTag: String

    /// Reads the file and checks what can be checked without knowing which keys the agents trust.
    ///
    /// - Parameter metricSet: the collector's own metrics; no set is published that asks for reports it would refuse.
    /// - Throws: ``CollectorError``.
    package init(path: String, metricSet: MetricSet) throws(CollectorError) {
        guard let content = Self.read(path) else { throw .signedSetUnreadable(path: path) }
        bytes = content
        let published: MetricSet
        do {
            let signed = try SignedMetricSet(decoding: bytes)
            try signed.verifySignatures()
            published = try signed.unverifiedSet()
        } catch { throw .signedSetInvalid(path: path, error) }
        guard published.project == metricSet.project else { throw .signedSetInvalid(path: path, .otherProject) }
        for metric in published.metrics {
            guard let own = metricSet.metric(metric.identifier.value), own.version == metric.version,
                own.definitionHash == metric.definitionHash
            else { throw .signedSetUnknownMetric(path: path, name: metric.name) }
        }
        do { entityTag = "\"\(hexadecimal(try SHA256.digest(bytes)))\"" } catch {
            throw .signedSetInvalid(path: path, .cryptography(error))
        }
    }

    /// The file's bytes, but not many more than a signed set may have; `nil` if it cannot be read.
    private static func read(_ path: String) -> [UInt8]? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        var content = Data()
        do {
            while content.count <= SignedMetricSet.byteLimit,
                let part = try file.read(upToCount: SignedMetricSet.byteLimit), !part.isEmpty
            {
                content += part
            }
        } catch { return nil }
        return Array(content)
    }
}
