public import LocalPrivacy
internal import Mechanisms
public import ReportFormat
internal import SecureRandomness

/// Why bytes or definitions make no metric set.
public enum MetricSetError: Error, Hashable, Sendable {
    /// The bytes end early, go on too long, or hold text that is not UTF-8.
    case format(ByteFormatError)
    /// The first four bytes are not `DTMS`.
    case wrongMagic
    /// Another version of the compiled format.
    case unsupportedVersion(UInt8)
    /// The checksum does not match: the file is damaged.
    case checksumMismatch
    /// The bytes are not what this set encodes to.
    case notCanonical
    /// A set has between one and 1,024 metrics.
    case metricCountOutOfRange(Int)
    /// A definition is unsound; counted from 0.
    case metric(position: Int, MetricDefinitionError)
    /// Two metrics share an identity or a name, or are out of order.
    case duplicateMetric(position: Int)
    /// The project's name is empty, too long, or holds control characters.
    case malformedProject
    /// A ceiling is above ``MetricSet/largestDayCeilingThousandths`` or ``MetricSet/largestLifetimeCeilingThousandths``.
    case ceilingTooHigh(ceiling: PrivacyBudget, largestThousandths: Int)
    /// The day's sum of ε is above the ceiling.
    case dayCeilingExceeded(sum: PrivacyBudget, ceiling: PrivacyBudget)
    /// The lifetime sum of ε is above the ceiling.
    case lifetimeCeilingExceeded(sum: PrivacyBudget, ceiling: PrivacyBudget)
    /// A number is outside its range.
    case parameter(ParameterError)
    /// The delay is in 0...720 hours.
    case enrolmentDelayOutOfRange(Int)
}

/// All that agent and collector need of a registry, checked and compiled. An instance is proof that every definition
/// is sound and that their sums keep the ceilings.
public struct MetricSet: Sendable {
    static let magic = Array("DTMS".utf8)
    static let formatVersion: UInt8 = 1

    /// The most that any registry may let one device lose in one day, in thousandths: agents have it compiled in.
    public static let largestDayCeilingThousandths = 16_000
    /// The most that any registry may let one device lose in its life, in thousandths: agents have it compiled in.
    public static let largestLifetimeCeilingThousandths = 1_000_000

    /// The project's name.
    public let project: String
    /// What one device may lose in one day, over all metrics.
    public let dayCeiling: PrivacyBudget
    /// What one device may lose in its life, over all metrics.
    public let lifetimeCeiling: PrivacyBudget
    /// A new device waits a random time up to this before its first period.
    public let enrolmentDelayHours: Int
    /// The metrics, in the order of their identities.
    public let metrics: [MetricDefinition]

    /// A set of these metrics, in any order.
    ///
    /// - Throws: ``MetricSetError``.
    public init(
        project: String, dayCeiling: PrivacyBudget, lifetimeCeiling: PrivacyBudget, enrolmentDelayHours: Int,
        metrics unordered: [MetricDefinition]
    ) throws(MetricSetError) {
        guard !project.isEmpty, MetricDefinition.isWellFormed(text: project, byteLimit: 64) else {
            throw .malformedProject
        }
        guard (0...720).contains(enrolmentDelayHours) else { throw .enrolmentDelayOutOfRange(enrolmentDelayHours) }
        for (ceiling, largest) in [
            (dayCeiling, Self.largestDayCeilingThousandths), (lifetimeCeiling, Self.largestLifetimeCeilingThousandths),
        ] where ceiling.thousandths > largest {
            throw .ceilingTooHigh(ceiling: ceiling, largestThousandths: largest)
        }
        guard (1...1024).contains(unordered.count) else { throw .metricCountOutOfRange(unordered.count) }
        let metrics = unordered.sorted { $0.identifier < $1.identifier }
        var names: Set<String> = []
        for (position, metric) in metrics.enumerated() {
            guard position == 0 || metrics[position - 1].identifier < metric.identifier,
                names.insert(metric.name).inserted
            else { throw .duplicateMetric(position: position) }
        }
        let (daySum, lifetimeSum): (PrivacyBudget, PrivacyBudget)
        do {
            daySum = try Self.daySum(of: metrics)
            lifetimeSum = try Self.lifetimeSum(of: metrics)
        } catch { throw .parameter(error) }
        guard daySum <= dayCeiling else { throw .dayCeilingExceeded(sum: daySum, ceiling: dayCeiling) }
        guard lifetimeSum <= lifetimeCeiling else {
            throw .lifetimeCeilingExceeded(sum: lifetimeSum, ceiling: lifetimeCeiling)
        }
        (self.project, self.dayCeiling, self.lifetimeCeiling) = (project, dayCeiling, lifetimeCeiling)
        (self.enrolmentDelayHours, self.metrics) = (enrolmentDelayHours, metrics)
    }

    /// Σ ε of one report of each metric.
    public static func daySum(of metrics: [MetricDefinition]) throws(ParameterError) -> PrivacyBudget {
        var sum = PrivacyBudget.zero
        for metric in metrics { sum = try sum.adding(try PrivacyBudget(metric.mechanism.epsilon, reports: 1)) }
        return sum
    }

    /// Σ of what each metric takes of a device's lifetime ceiling.
    public static func lifetimeSum(of metrics: [MetricDefinition]) throws(ParameterError) -> PrivacyBudget {
        var sum = PrivacyBudget.zero
        for metric in metrics { sum = try sum.adding(metric.lifetimeBudget) }
        return sum
    }

    /// The metric of this name.
    public func metric(named name: String) -> MetricDefinition? { metrics.first { $0.name == name } }

    /// The metric of this wire identity.
    ///
    /// - Complexity: logarithmic in the number of metrics.
    public func metric(_ identifier: UInt32) -> MetricDefinition? {
        var (low, high) = (0, metrics.count)
        while low < high {
            let middle = (low + high) / 2
            if metrics[middle].identifier.value < identifier { low = middle + 1 } else { high = middle }
        }
        return low < metrics.count && metrics[low].identifier.value == identifier ? metrics[low] : nil
    }

    /// The canonical bytes: `DTMS`, version, content, and the SHA-256 of all that.
    ///
    /// - Throws: ``MetricSetError/parameter(_:)`` when libcrypto has no SHA-256.
    public func encoded() throws(MetricSetError) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(Self.magic)
        writer.append(Self.formatVersion)
        writer.append(text: project)
        writer.append(UInt32(dayCeiling.thousandths))
        writer.append(UInt32(lifetimeCeiling.thousandths))
        writer.append(UInt16(enrolmentDelayHours))
        writer.append(UInt16(metrics.count))
        for metric in metrics { writer.append(metric.encoded) }
        return writer.bytes + (try Self.checksum(of: writer.bytes))
    }

    /// Reads a compiled set and proves it again.
    ///
    /// - Throws: ``MetricSetError``; any bytes give a set or an error.
    public init(
        decoding bytes: [UInt8], catalog: MechanismCatalog = .standard
    ) throws(MetricSetError) {
        guard bytes.starts(with: Self.magic) else { throw .wrongMagic }
        guard bytes.count >= 5 + 32 else { throw .format(.truncated(offset: bytes.count, needed: 37)) }
        guard bytes[4] == Self.formatVersion else { throw .unsupportedVersion(bytes[4]) }
        let content = Array(bytes.dropLast(32))
        guard try Self.checksum(of: content) == Array(bytes.suffix(32)) else { throw .checksumMismatch }
        var reader = ByteReader(content, in: 5..<content.count)
        let header = try Self.header(from: &reader)
        var metrics: [MetricDefinition] = []
        for position in 0..<header.metricCount {
            do { metrics.append(try MetricDefinition(reading: &reader, catalog: catalog)) } catch {
                throw .metric(position: position, error)
            }
        }
        do { try reader.finish() } catch { throw .format(error) }
        try self.init(
            project: header.project, dayCeiling: header.dayCeiling, lifetimeCeiling: header.lifetimeCeiling,
            enrolmentDelayHours: header.enrolmentDelayHours, metrics: metrics)
        guard try encoded() == bytes else { throw .notCanonical }
    }

    private struct Header {
        var project: String
        var dayCeiling, lifetimeCeiling: PrivacyBudget
        var enrolmentDelayHours, metricCount: Int
    }

    private static func header(from reader: inout ByteReader) throws(MetricSetError) -> Header {
        let (project, day, lifetime, delay, count): (String, UInt32, UInt32, UInt16, UInt16)
        do {
            project = try reader.text()
            day = try reader.integer(UInt32.self)
            lifetime = try reader.integer(UInt32.self)
            delay = try reader.integer(UInt16.self)
            count = try reader.integer(UInt16.self)
        } catch { throw .format(error) }
        do {
            return Header(
                project: project, dayCeiling: try PrivacyBudget(thousandths: Int(day)),
                lifetimeCeiling: try PrivacyBudget(thousandths: Int(lifetime)), enrolmentDelayHours: Int(delay),
                metricCount: Int(count))
        } catch { throw .parameter(error) }
    }

    private static func checksum(of bytes: [UInt8]) throws(MetricSetError) -> [UInt8] {
        do { return try SHA256.digest(bytes) } catch { throw .parameter(.digestUnavailable) }
    }
}
