internal import Foundation
public import Mechanisms
public import ReportFormat

/// Looks, while reports are counted, for what honest reports cannot look like.
///
/// Three tests, as far as the mechanism has them: how many bits are set (``WeightLaws``), how often payloads are sent
/// (``PayloadBounds``, ``UnheldSupport``), and which values are supported together (``PairSupport``). Each has a p-value that
/// is at most as likely to be small as it says, whatever the devices hold and however few reports there are, so that
/// Bonferroni's correction over tests and periods bounds the rate of false alarms.
///
/// Reports of one period are from different devices and so independent. Those of several periods are too where noise is fresh;
/// of memoized mechanisms each period is tested by itself.
public struct ReportScreen<Oracle: ReportCounter>: Sendable {
    /// The most reports of which pairs of values are looked at: enough for any attack that matters, and few beside counting.
    public static var pairedReportLimit: Int { 1 << 17 }

    private static var pairedByteLimit: Int { 1 << 25 }

    private let oracle: Oracle
    private let honest: HonestReports
    private let definition: Fingerprint
    /// Of how many reports one is looked at for pairs.
    private let sampledShare: Double
    private let isMemoized: Bool
    private var weights: [UTCDay: WeightCounts] = [:]
    private var payloads: [UTCDay: Double] = [:]
    private var samples: [UTCDay: [Sample]] = [:]

    /// Reports that are looked at for pairs.
    private struct Sample {
        let part: Int
        var payloads: [UInt8]
    }

    /// Looks at reports that will be so many.
    public init(_ oracle: Oracle, definition: Fingerprint, reportCount: Int) {
        (self.oracle, self.definition, honest) = (oracle, definition, oracle.honestReports)
        isMemoized = oracle is any LongitudinalRandomizer
        let limit = min(Self.pairedReportLimit, Self.pairedByteLimit / max(1, oracle.storedByteCount))
        let share = oracle.supportsPairs ? min(1, Double(limit) / Double(max(1, reportCount))) : 0
        sampledShare = share
    }

    /// Looks at well-formed payloads that lie end to end.
    ///
    /// - Parameter part: which of the parts they are that several screens look at, in their order.
    /// - Complexity: about as much as to read them from memory.
    public mutating func count(_ payloads: Span<UInt8>, on day: UTCDay, part: Int = 0) {
        let (stride, definition) = (oracle.storedByteCount, definition)
        if let laws = honest.weights {
            weights[day, default: WeightCounts(of: definition, byteCount: stride - laws.firstByte)]
                .count(payloads, stride: stride, from: laws.firstByte)
        }
        guard sampledShare > 0 else { return }
        // Which reports are looked at is fixed by their places alone, whatever they hold.
        let sampled = Int((Double(payloads.count / stride) * sampledShare).rounded(.up)) * stride
        let sample = payloads.withUnsafeBufferPointer { Sample(part: part, payloads: Array($0.prefix(sampled))) }
        samples[day, default: []].append(sample)
    }

    /// A screen for the same reports that has seen none.
    public var unseen: Self {
        var screen = self
        (screen.weights, screen.payloads, screen.samples) = ([:], [:], [:])
        return screen
    }

    /// Adds what another screen has seen of other parts, or of other days.
    ///
    /// - Throws: ``AggregateError``; this screen is then of no use.
    public mutating func merge(_ other: Self) throws(AggregateError) {
        for (day, counts) in other.weights {
            if weights[day] == nil { weights[day] = counts } else { try weights[day]?.merge(counts) }
        }
        samples.merge(other.samples) { $0 + $1 }
        payloads.merge(other.payloads) { $1 }
    }

    /// Whether all reports of a period have to be counted by themselves for ``count(_:on:)-(Oracle.Aggregate,_)``.
    public var looksAtAggregates: Bool { honest.payloads != nil }

    /// Looks at what all reports of a period count to.
    public mutating func count(_ aggregate: Oracle.Aggregate, on day: UTCDay) {
        guard let bounds = honest.payloads, let counts = oracle.payloadCounts(in: aggregate) else { return }
        var logPValue = bounds.logPValue(counts: counts, reportCount: aggregate.reportCount)
        if let unheld = oracle.unheldSupport(in: aggregate) {
            logPValue = min(logPValue, unheld.logPValue(reportCount: aggregate.reportCount)).multiplied(by: 2)
        }
        payloads[day] = logPValue
    }

    /// What all tests together say.
    ///
    /// - Parameters:
    ///   - values: what is estimated.
    ///   - counts: the estimates of these values: those with the largest are looked at in pairs.
    ///   - familySize: how many outcomes share the rate of false alarms.
    public func outcome(
        values: [MechanismInput] = [], counts: [Double] = [], familySize: Int = 1
    ) -> ScreenOutcome? {
        var tests: [[ScreenOutcome.Finding]] = []
        if let laws = honest.weights {
            tests.append(
                weights.map { .init(.weights, day: $0.key, logPValue: laws.logPValue(counts: $0.value.counts)) })
        }
        if honest.payloads != nil {
            tests.append(payloads.map { .init(.payloads, day: $0.key, logPValue: $0.value) })
        }
        if let pairs = pairFindings(values: values, counts: counts) { tests.append(pairs) }
        guard !tests.isEmpty else { return nil }
        let corrected = tests.flatMap { findings in
            let family = Double(findings.count * tests.count * familySize)
            return findings.map { $0.withLogPValue($0.logPValue.multiplied(by: family)) }
        }
        let sorted = corrected.sorted { ($0.logPValue, $0.day) < ($1.logPValue, $1.day) }
        return ScreenOutcome(finding: sorted.first, tests: tests.compactMap(\.first?.test))
    }

    private func pairFindings(values: [MechanismInput], counts: [Double]) -> [ScreenOutcome.Finding]? {
        let largest = values.indices.filter { counts.indices.contains($0) && !counts[$0].isNaN }
            .sorted { (counts[$1], $0) < (counts[$0], $1) }
        guard let pairs = oracle.pairSupport(of: largest.map { values[$0] }), pairs.valueCount >= 2, !samples.isEmpty
        else { return nil }
        let pairCount = Double(values.count) * Double(values.count - 1) / 2
        func finding(_ samples: [Sample], day: UTCDay) -> ScreenOutcome.Finding {
            let sums = sums(of: samples, pairs: pairs)
            return .init(.pairs, day: day, logPValue: pairs.logPValue(sums, pairCount: pairCount))
        }
        // Sums of products depend on their order in the last place, which is that of the parts whoever read them.
        let byDay = samples.sorted { $0.key < $1.key }.map { day, samples in
            (day: day, samples: samples.sorted { $0.part < $1.part })
        }
        guard isMemoized else { return byDay.first.map { [finding(byDay.flatMap(\.samples), day: $0.day)] } }
        return byDay.map { finding($0.samples, day: $0.day) }
    }

    private func sums(of samples: [Sample], pairs: PairSupport) -> PairSums {
        var sums = PairSums()
        let stride = oracle.storedByteCount
        for sample in samples {
            let bytes = sample.payloads.span
            for offset in Swift.stride(from: 0, to: bytes.count, by: stride) {
                guard let values = pairs.supportedValues(bytes.extracting(offset..<offset + stride)) else { continue }
                sums.add(values, spurious: pairs.spurious)
            }
        }
        return sums
    }
}

/// What a ``ReportScreen`` has found.
public struct ScreenOutcome: Hashable, Sendable {
    /// What is looked at.
    public enum Test: String, CaseIterable, Hashable, Sendable {
        /// How many bits are set.
        case weights
        /// How often each payload is sent.
        case payloads
        /// Which values are supported together.
        case pairs
    }

    /// What one test says of one period.
    struct Finding: Hashable, Sendable {
        let test: Test
        let day: UTCDay
        let logPValue: Double

        init(_ test: Test, day: UTCDay, logPValue: Double) {
            (self.test, self.day, self.logPValue) = (test, day, logPValue)
        }

        func withLogPValue(_ logPValue: Double) -> Finding { Finding(test, day: day, logPValue: logPValue) }
    }

    /// The rate of false alarms: the probability of one where all reports are honest is at most this.
    public static let falseAlarmRate = 0.01

    /// The tests that the mechanism has.
    public let tests: [Test]
    /// A bound on the probability that honest reports look as strange, over all tests and periods.
    public let pValue: Double
    /// The test with the smallest p-value.
    public let test: Test?
    /// The first period that the test is about.
    public let day: UTCDay?

    init(finding: Finding?, tests: [Test]) {
        (self.tests, test, day) = (tests, finding?.test, finding?.day)
        pValue = exp(finding?.logPValue ?? 0)
    }

    /// Whether the reports are not all honest, but for ``falseAlarmRate``.
    public var isAlarm: Bool { pValue <= Self.falseAlarmRate }
}
