internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat

/// What every report must be, whatever it is about: there, of one length, valid, of fresh noise, and distributed as
/// stated.
struct ReportChecks {
    private(set) var findings: [AuditFinding] = []

    init<M: LocalRandomizer>(of subject: AuditSubject<M>, _ settings: AuditSettings) throws {
        let inputs = subject.attackedInputs
        let count = min(100_000, max(AuditSettings.leastTrialCount, settings.trialCount / 5))
        let surveys = try settings.concurrently(inputs.count) { index in
            try Survey(of: subject, inputs[index], count: count, noise: settings.noise(4_000_000 + UInt64(index)))
        }
        findings = Self.formFindings(surveys, subject, inputs)
        findings += Self.partitionFindings(surveys, subject, settings)
        if let auditable = subject.mechanism as? any ExactlyAuditable, EnumerableInstances.isEnumerable(auditable) {
            findings.append(Self.likelihoodFinding(auditable, surveys, inputs, settings))
        }
        if let oracle = subject.mechanism as? any PureFrequencyOracle, oracle.partitionByteCount == 0 {
            findings += try Self.supportFindings(oracle, subject, inputs, count: count, settings)
        }
        findings += try SequenceChecks(of: subject, settings).findings
    }

    /// What reports about one input look like.
    private struct Survey: Sendable {
        var count = 0
        var silent = 0
        var invalid = 0
        var lengths: Set<Int> = []
        var wordCounts: Set<Int> = []
        /// How often each payload occurred, where there are few.
        var payloads: [[UInt8]: Int]?
        var partitions: [Int: Int] = [:]

        private static let payloadLimit = 1 << 16

        init<M: LocalRandomizer>(
            of subject: AuditSubject<M>, _ input: MechanismInput, count: Int, noise: AuditNoise
        ) throws {
            let agent = subject.start(), bytes = subject.mechanism.partitionByteCount
            if subject.mechanism.payloadByteCount <= 4 { payloads = [:] }
            for _ in 0..<count {
                let device = try subject.device(noise), before = noise.drawnWordCount
                let payload = try agent(input, device, noise)
                self.count += 1
                guard let payload else {
                    silent += 1
                    continue
                }
                wordCounts.insert(noise.drawnWordCount - before)
                lengths.insert(payload.count)
                guard let report = subject.report(payload) else {
                    invalid += 1
                    continue
                }
                if let vector = report as? BitVectorReport {
                    partitions[vector.partition, default: 0] += 1
                } else if let entry = report as? HadamardReport {
                    partitions[entry.row, default: 0] += 1
                } else if bytes > 0 {
                    partitions[(0..<bytes).reduce(0) { $0 | Int(payload[$1]) << (8 * $1) }, default: 0] += 1
                }
                payloads?[payload, default: 0] += 1
                if (payloads?.count ?? 0) > Self.payloadLimit { payloads = nil }
            }
            guard !noise.hasFailed else { throw AuditError.noRandomness }
        }
    }

    private static func formFindings<M: LocalRandomizer>(
        _ surveys: [Survey], _ subject: AuditSubject<M>, _ inputs: [MechanismInput]
    ) -> [AuditFinding] {
        func finding(_ check: AuditCheck, _ sound: String, _ breach: (Survey) -> String?) -> AuditFinding {
            for (survey, input) in zip(surveys, inputs) {
                if let text = breach(survey) { return AuditFinding(check, .failed, "\(input.words): \(text)") }
            }
            return AuditFinding(check, .passed, sound)
        }
        let (length, words) = (subject.mechanism.payloadByteCount, subject.mechanism.noiseWordCount)
        return [
            finding(.everyPeriodReports, "every period had a report") {
                $0.silent > 0 ? "\($0.silent) of \($0.count) periods had no report" : nil
            },
            finding(.payloadsHaveOneLength, "every payload had \(length) byte\(length == 1 ? "" : "s")") {
                $0.lengths.subtracting([length]).isEmpty
                    ? nil : "payloads of \($0.lengths.sorted()) bytes, not \(length)"
            },
            finding(.payloadsAreValid, "every payload decodes") {
                $0.invalid > 0 ? "\($0.invalid) of \($0.count) payloads do not decode" : nil
            },
            finding(.announcedNoiseIsDrawn, "every report drew \(words) words") {
                $0.wordCounts.subtracting([words]).isEmpty
                    ? nil : "reports draw \($0.wordCounts.sorted()) words, not \(words)"
            },
        ]
    }

    /// Partitions in two ways of putting them into at most 64 cells.
    private static func partitionFindings<M: LocalRandomizer>(
        _ surveys: [Survey], _ subject: AuditSubject<M>, _ settings: AuditSettings
    ) -> [AuditFinding] {
        let partitionCount: Int
        // Not from the reports themselves, among which the last ones may be missing.
        switch subject.mechanism.shape {
        case let shape as BitVectorReport.Shape: partitionCount = shape.partitionCount
        case let shape as PartitionedCategoryReport.Shape: partitionCount = shape.partitionCount
        case let shape as HadamardReport.Shape: partitionCount = shape.rowCount
        default: partitionCount = (surveys.flatMap { $0.partitions.keys }.max() ?? 0) + 1
        }
        guard partitionCount > 1, partitionCount.nonzeroBitCount == 1 else { return [] }
        let cellCount = min(64, partitionCount), width = partitionCount / cellCount
        let test = CountTest(comparisons: 2 * cellCount * surveys.count, errorRate: settings.checkErrorRate)
        let probabilities = [Double](repeating: 1 / Double(cellCount), count: cellCount)
        for survey in surveys {
            let total = survey.partitions.values.reduce(0, +)
            for cell in [{ $0 % cellCount }, { $0 / width }] as [(Int) -> Int] {
                var counts = [Int](repeating: 0, count: cellCount)
                for (partition, count) in survey.partitions { counts[cell(partition) % cellCount] += count }
                if total > 0, let breach = test.firstBreach(counts: counts, of: total, probabilities: probabilities) {
                    return [
                        AuditFinding(
                            .partitionsAreUniform, .failed,
                            "cell \(breach) of \(cellCount) has \(counts[breach]) of \(total) reports")
                    ]
                }
            }
        }
        return [AuditFinding(.partitionsAreUniform, .passed, "\(partitionCount) partitions are, in \(cellCount) cells")]
    }

    private static func likelihoodFinding<M: ExactlyAuditable>(
        _ mechanism: M, _ surveys: [Survey], _ inputs: [MechanismInput], _ settings: AuditSettings
    ) -> AuditFinding {
        let reports = mechanism.allReports.map { ($0, $0.encoded(shape: mechanism.shape)) }
        let test = CountTest(comparisons: reports.count * inputs.count, errorRate: settings.checkErrorRate)
        let audited = mechanism.auditedInputs
        for (survey, input) in zip(surveys, inputs) {
            guard let item = audited.firstIndex(of: input), let payloads = survey.payloads else { continue }
            for (place, (report, payload)) in reports.enumerated() {
                let probability = mechanism.likelihood(of: report, given: item)
                    .fraction(overBits: mechanism.likelihoodBitCount)
                let seen = payloads[payload] ?? 0
                guard !test.accepts(seen, of: survey.count, probability: probability) else { continue }
                return AuditFinding(
                    .samplesFollowLikelihoods, .failed,
                    "\(input.words): report \(place) occurred \(seen) times in \(survey.count), its probability is "
                        + "\(probability)")
            }
        }
        return AuditFinding(
            .samplesFollowLikelihoods, .passed,
            "\(reports.count) reports do, about \(inputs.count) inputs")
    }

    private static func supportFindings<M: PureFrequencyOracle, S: LocalRandomizer>(
        _ oracle: M, _ subject: AuditSubject<S>, _ inputs: [MechanismInput], count: Int, _ settings: AuditSettings
    ) throws -> [AuditFinding] {
        guard case .items(let valueCount) = oracle.configuration.domain,
            valueCount <= AuditSubject<S>.supportedItemLimit
        else {
            return []
        }
        for (place, input) in inputs.enumerated() {
            let own: Int
            switch input {
            case .item(let item): own = item
            case .absent: own = valueCount
            case .text, .place, .pair: continue
            }
            var aggregate = oracle.makeAggregate(of: Fingerprint(value: 0))
            let agent = subject.start(), noise = settings.noise(4_100_000 + UInt64(place))
            var counted = 0
            for _ in 0..<count {
                guard let payload = try agent(input, try subject.device(noise), noise),
                    let report = try? M.Report(decoding: payload.span, shape: oracle.shape)
                else { continue }
                oracle.absorb(report, into: &aggregate)
                counted += 1
            }
            let support = oracle.supportCounts(in: aggregate)
            guard counted > 0 else { continue }
            let test = CountTest(comparisons: support.count * inputs.count, errorRate: settings.checkErrorRate)
            let probabilities = support.indices.map { $0 == own ? oracle.truthfulSupport : oracle.spuriousSupport }
            guard let breach = test.firstBreach(counts: support, of: counted, probabilities: probabilities) else {
                continue
            }
            return [
                AuditFinding(
                    .supportFollowsModel, .failed,
                    "\(counted) reports about \(input.words) support value \(breach) \(support[breach]) times, "
                        + "\(Int(probabilities[breach] * Double(counted))) are expected")
            ]
        }
        return [AuditFinding(.supportFollowsModel, .passed, "as often as p* and q* say")]
    }
}
