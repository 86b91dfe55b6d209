import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

/// A set is compiled elsewhere; the agent takes none that gives less noise than it declares.
@Suite("What an agent makes of thresholds")
struct NoiseRefusalTests {
    private static func fields(of metric: MetricDefinition) -> MetricDefinition.Fields {
        var fields = MetricDefinition.Fields()
        (fields.identifier, fields.version, fields.name) = (metric.identifier.value, metric.version, metric.name)
        (fields.summary, fields.domain, fields.lifetime) = (metric.summary, metric.domain, metric.lifetime)
        (fields.whenAbsent, fields.combination) = (metric.whenAbsent, metric.combination)
        (fields.minimumReports, fields.owner, fields.expiry) = (metric.minimumReports, metric.owner, metric.expiry)
        return fields
    }

    /// The bytes of a set in which one threshold differs by a number of words.
    private static func set(_ metric: MetricDefinition, threshold: UInt64, plus change: Int64) throws -> [UInt8] {
        let content = Array(try testMetricSet(metrics: [metric]).encoded().dropLast(32))
        let written = (0..<8).map { UInt8(truncatingIfNeeded: threshold >> (8 * $0)) }
        let replacement = (0..<8).map {
            UInt8(truncatingIfNeeded: (threshold &+ UInt64(bitPattern: change)) >> (8 * $0))
        }
        let offset = try #require(
            (0...content.count - 8).first { Array(content[$0..<$0 + 8]) == written })
        return try MetricSetCodingTests.sealed(
            Array(content[..<offset]) + replacement + Array(content[(offset + 8)...]))
    }

    @Test("a threshold one word below the smallest is refused, as a loss above the declared ε")
    func lessNoiseIsRefused() throws {
        let metric = try booleanMetric()
        let mechanism = try #require(metric.mechanism as? RandomizedResponse)
        let error = try #require(
            throws: MetricSetError.self
        ) { try MetricSet(decoding: try Self.set(metric, threshold: mechanism.configuration.lieThreshold, plus: -1)) }
        guard case .metric(position: 0, .parameter(.lossAboveEpsilon(let loss, let epsilon))) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(epsilon == mechanism.epsilon)
        #expect(loss > PrivacyLoss(epsilon))
    }

    @Test("either threshold of a memoized metric one word below the smallest is refused")
    func lessMemoizedNoiseIsRefused() throws {
        let metric = try memoizedMetric()
        let configuration = try #require(metric.mechanism as? MemoizedRandomizedResponse).configuration
        for threshold in [configuration.permanentLieThreshold, configuration.instantaneousLieThreshold] {
            let error = try #require(throws: MetricSetError.self) {
                try MetricSet(decoding: try Self.set(metric, threshold: threshold, plus: -1))
            }
            guard case .metric(position: 0, .parameter(.lossAboveEpsilon)) = error else {
                Issue.record("\(error)")
                continue
            }
        }
    }

    @Test("more noise is taken, shows in the realised loss, and is another definition")
    func moreNoiseIsTaken() throws {
        let metric = try booleanMetric()
        let mechanism = try #require(metric.mechanism as? RandomizedResponse)
        let noisier = try MetricSet(
            decoding: try Self.set(metric, threshold: mechanism.configuration.lieThreshold, plus: 1 << 50))
        #expect(noisier.metrics[0].mechanism.loss < mechanism.loss)
        #expect(noisier.metrics[0].mechanism.epsilon == mechanism.epsilon)
        #expect(noisier.metrics[0].fingerprint != metric.fingerprint)
    }

    @Test("a definition whose hash leaves out texts, caps and gate keeps its fingerprint; all else changes it")
    func fingerprintsCoverMeaningAndNoise() throws {
        let metric = try categoryMetric(), base = Self.fields(of: metric)
        func fingerprint(_ change: (inout MetricDefinition.Fields) -> Void) throws -> String {
            var fields = base
            change(&fields)
            return try MetricDefinition(fields, mechanism: metric.mechanism).fingerprint.description
        }
        let original = metric.fingerprint.description
        #expect(try fingerprint { $0.name = "airline" } == original)
        #expect(try fingerprint { $0.summary = "Which airline?" } == original)
        #expect(try fingerprint { $0.lifetime = .budget(.init(metric.mechanism.epsilon)) } == original)
        #expect(try fingerprint { $0.minimumReports = 1 } == original)
        #expect(try fingerprint { $0.owner = "someone@else.example" } == original)
        #expect(try fingerprint { $0.expiry = .lastDay(.init(containing: 0)) } == original)
        #expect(try fingerprint { $0.identifier = 77 } != original)
        #expect(try fingerprint { $0.version = 2 } != original)
        #expect(try fingerprint { $0.domain = .category(["AA", "B6", "DL", "US"]) } != original)
        #expect(try fingerprint { $0.domain = .category(["B6", "AA", "DL", "UA"]) } != original)
        #expect(try categoryMetric(epsilonThousandths: 1999).fingerprint.description != original)
        let five = try categoryMetric(categories: ["AA", "B6", "DL", "UA", "WN"], whenAbsent: .value(.category("WN")))
        #expect(
            try categoryMetric(categories: five.domain.labels, whenAbsent: .value(.category("UA"))).fingerprint
                != five.fingerprint)
        #expect(try categoryMetric(categories: five.domain.labels, whenAbsent: .skip).fingerprint != five.fingerprint)
    }
}

extension PrivacyBudget {
    /// What one report takes.
    fileprivate init(_ epsilon: Epsilon) {
        self = (try? PrivacyBudget(epsilon, reports: 1)) ?? .zero
    }
}
