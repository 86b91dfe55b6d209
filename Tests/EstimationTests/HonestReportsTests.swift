import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@testable import Estimation

@Suite("What honest reports look like")
struct HonestReportsTests {
    @Test("every value's reports have exactly the stated law of set bits")
    func weightsHaveTheirLaw() throws {
        func check<Oracle: ReportCounter & ExactlyAuditable>(_ oracle: Oracle) throws {
            let laws = try #require(oracle.honestReports.weights)
            for item in oracle.auditedInputs.indices {
                var law = [Double](repeating: 0, count: laws.bitCount + 1)
                for report in oracle.allReports {
                    let payload = report.encoded(shape: oracle.shape).dropFirst(
                        oracle.partitionByteCount + laws.firstByte)
                    law[payload.reduce(0) { $0 + $1.nonzeroBitCount }] += oracle.probability(of: report, given: item)
                }
                // A weight counted a thousand times in its own law is no surprise; so the law is none to itself.
                let counts = law.map { Int(($0 * 1e9).rounded()) }
                #expect(laws.logPValue(counts: counts) > -1e-3, "\(Oracle.identifier) about \(item)")
                // The planted fault: a hundredth of the reports with one weight.
                var faulty = counts
                faulty[1] += 10_000_000
                #expect(laws.logPValue(counts: faulty) < -1e4, "\(Oracle.identifier) about \(item)")
            }
        }
        try check(try made(SymmetricUnaryEncoding.self))
        try check(try made(OptimizedUnaryEncoding.self))
        try check(try made(OptimizedSymmetricUnaryEncoding.self, permanent: 4000))
        try check(try made(BasicRappor.self, permanent: 4000))
        try check(try made(DBitFlip.self, domain: .range, ["buckets": 5, "sampled_buckets": 2]))
    }

    @Test("no payload is likelier or less likely about any value than its bounds")
    func payloadsKeepTheirBounds() throws {
        func check<Oracle: ReportCounter & ExactlyAuditable>(_ oracle: Oracle, isTight: Bool = true) throws {
            let bounds = try #require(oracle.honestReports.payloads)
            var (least, greatest) = (1.0, 0.0)
            for report in oracle.allReports {
                for item in oracle.auditedInputs.indices {
                    let probability = oracle.probability(of: report, given: item)
                    (least, greatest) = (min(least, probability), max(greatest, probability))
                }
            }
            #expect(bounds.least <= least && greatest <= bounds.greatest, "\(Oracle.identifier)")
            #expect(bounds.least >= least * 0.999 && greatest >= bounds.greatest * 0.999, "\(Oracle.identifier)")
        }
        try check(try made(RandomizedResponse.self))
        try check(try made(MemoizedRandomizedResponse.self, permanent: 4000))
        try check(try made(HadamardResponse.self))
        try check(try made(ProjectiveGeometryResponse.self))
        try check(try made(OneBitMean.self, domain: .range))
        try check(try made(SquareWave.self, domain: .range, ["buckets": 8]))
    }

    @Test("codes of no value are supported with the stated probability, whatever the device holds")
    func unheldCodesAreNoise() throws {
        func check<Oracle: PureFrequencyOracle & ExactlyAuditable>(_ oracle: Oracle, unheld: Int) throws {
            for item in oracle.auditedInputs.indices {
                var probabilities = [Double](repeating: 0, count: unheld)
                for report in oracle.allReports {
                    var aggregate = oracle.makeAggregate(of: Fingerprint(value: 1))
                    oracle.absorb(report, into: &aggregate)
                    let support = try #require(oracle.unheldSupport(in: aggregate))
                    #expect(support.counts.count == unheld)
                    #expect(support.probability == oracle.support.spurious)
                    for (place, count) in support.counts.enumerated() {
                        probabilities[place] += Double(count) * oracle.probability(of: report, given: item)
                    }
                }
                #expect(probabilities.allSatisfy { abs($0 / oracle.support.spurious - 1) < 1e-9 }, "\(probabilities)")
            }
        }
        // Lines of a plane, planes of a space, and points of a line.
        try check(try made(ProjectiveGeometryResponse.self, ["field_order": 2, "dimension": 3]), unheld: 7 - 4)
        try check(try made(ProjectiveGeometryResponse.self, ["field_order": 2, "dimension": 4]), unheld: 15 - 4)
        try check(try made(ProjectiveGeometryResponse.self, ["field_order": 5, "dimension": 2]), unheld: 6 - 4)
        try check(try made(HadamardResponse.self), unheld: 7 - 4)
        let seven = InputDomain.items(7)
        let full = try made(ProjectiveGeometryResponse.self, domain: seven, ["field_order": 2, "dimension": 3])
        #expect(full.unheldSupport(in: full.makeAggregate(of: Fingerprint(value: 1))) == nil, "every point has an item")
        let hadamard = try made(HadamardResponse.self, domain: seven)
        #expect(hadamard.unheldSupport(in: hadamard.makeAggregate(of: Fingerprint(value: 1))) == nil)
    }

    @Test("a count of such a code raises the alarm no oftener than its level, and does when a part supports it")
    func unheldCounts() {
        for probability in [0.01, 0.2, 0.5, 0.9] {
            let law = BinomialDistribution(trialCount: 400, probability: probability)
            func logPValue(_ count: Int) -> Double {
                UnheldSupport(counts: [count], probability: probability).logPValue(reportCount: 400)
            }
            for level in [0.5, 0.1, 0.01] {
                let alarm = (0...400).filter { logPValue($0) <= log(level) }.reduce(0) { $0 + law.density(at: $1) }
                #expect(alarm <= level, "\(probability), \(level)")
            }
            #expect(logPValue(Int(400 * probability)) == 0)
            #expect(logPValue(400) < log(1e-9) && (logPValue(0) < log(1e-9)) == (probability > 0.1))
        }
    }

    @Test("two values are supported together no more often than stated, whatever the device holds")
    func pairsKeepTheirBounds() throws {
        func check<Oracle: ReportCounter & ExactlyAuditable>(_ oracle: Oracle) throws {
            let inputs = oracle.auditedInputs
            let pairs = try #require(oracle.pairSupport(of: inputs))
            var (mean, square) = (-1.0, 0.0)
            for item in inputs.indices {
                for first in 0..<pairs.valueCount {
                    for second in 0..<first {
                        var (product, productSquare) = (0.0, 0.0)
                        for report in oracle.allReports {
                            let payload = Array(
                                report.encoded(shape: oracle.shape).dropFirst(oracle.partitionByteCount))
                            let supported = pairs.supportedValues(payload.span)
                            let values = try #require(supported)
                            func score(_ place: Int) -> Double {
                                Double(values.supported >> UInt16(place) & 1) - pairs.spurious
                            }
                            let z = score(first) * score(second)
                            let probability = oracle.probability(of: report, given: item)
                            product += z * probability
                            productSquare += z * z * probability
                        }
                        (mean, square) = (max(mean, product), max(square, productSquare))
                    }
                }
            }
            #expect(mean <= pairs.mean + 1e-9 && pairs.mean <= max(0, mean) + 1e-6, "\(Oracle.identifier): \(mean)")
            #expect(square <= pairs.square + 1e-9 && pairs.square <= square + 1e-6, "\(Oracle.identifier)")
        }
        try check(try made(SymmetricUnaryEncoding.self))
        try check(try made(OptimizedUnaryEncoding.self))
        try check(try made(SubsetSelection.self, ["subset_size": 2]))
        try check(try made(OptimizedSymmetricUnaryEncoding.self, permanent: 4000))
    }

    @Test("an alarm at any level is at most that likely, for every population of a few honest devices")
    func falseAlarmsAreRarerThanTheirLevel() throws {
        let rates = [0.5, 0.1, 0.01]
        let laws = WeightLaws(
            bitCount: 3, support: SupportProbabilities(truthful: 0.6, spurious: 0.3, gap: 0.3), trueBits: 0...1)
        for holders in [0, 5, 12] {
            let devices = (0..<12).map { device in
                WeightLaws.law(
                    bitCount: 3, trueBits: device < holders ? 1 : 0,
                    support: SupportProbabilities(truthful: 0.6, spurious: 0.3, gap: 0.3))
            }
            let exact = ExactCounts(devices)
            for rate in rates {
                #expect(exact.probability { laws.logPValue(counts: $0) <= log(rate) } <= rate, "\(holders), \(rate)")
            }
        }
        let oracle = try made(RandomizedResponse.self)
        let bounds = try #require(oracle.honestReports.payloads)
        for population in [[12, 0, 0, 0], [3, 3, 3, 3], [0, 6, 6, 0]] {
            let devices = population.enumerated().flatMap { value, count in
                let law = (0..<4).map { oracle.probability(of: CategoryReport(category: $0), given: value) }
                return [[Double]](repeating: law, count: count)
            }
            let exact = ExactCounts(devices)
            for rate in rates {
                let alarm = exact.probability { bounds.logPValue(counts: $0, reportCount: 12) <= log(rate) }
                #expect(alarm <= rate, "\(population), \(rate)")
            }
        }
    }

    @Test("values that most reports support raise the alarm of pairs no oftener than its level")
    func frequentSupport() {
        let spurious = 0.98, count = 60
        let pairs = PairSupport(
            valueCount: 2, support: SupportProbabilities(truthful: 0.99, spurious: spurious, gap: 0.01)
        ) { _ in nil }
        // A device that holds neither value: the numbers of reports that support one of the two, and none, exactly.
        let (one, none) = (2 * spurious * (1 - spurious), (1 - spurious) * (1 - spurious))
        for level in [0.05, 0.01] {
            var probability = 0.0
            for ones in 0...count {
                for nones in 0...(count - ones) {
                    var sums = PairSums()
                    for report in 0..<count {
                        let supported: UInt16 = report < nones ? 0b00 : report < nones + ones ? 0b01 : 0b11
                        sums.add(SupportedValues(active: 0b11, supported: supported), spurious: spurious)
                    }
                    guard pairs.logPValue(sums, pairCount: 1) <= log(level) else { continue }
                    let ways =
                        lgamma(Double(count + 1)) - lgamma(Double(ones + 1)) - lgamma(Double(nones + 1))
                        - lgamma(Double(count - ones - nones + 1))
                    let logarithm =
                        ways + Double(ones) * log(one) + Double(nones) * log(none)
                        + Double(count - ones - nones) * log(spurious * spurious)
                    probability += exp(logarithm)
                }
            }
            #expect(probability <= level)
        }
    }

    @Test("weights are counted as bits are, and merge in any order")
    func weightsMerge() throws {
        let definition = Fingerprint(value: 0xD17E)
        var noise = SeededNoise(seed: 0x5eed_0901)
        for stride in [1, 7, 8, 9, 17] {
            let payloads = (0..<stride * 40).map { _ in UInt8(truncatingIfNeeded: noise.next()) }
            let first = stride > 2 ? 2 : 0
            var expected = [Int](repeating: 0, count: 8 * (stride - first) + 1)
            for start in Swift.stride(from: 0, to: payloads.count, by: stride) {
                expected[payloads[start + first..<start + stride].reduce(0) { $0 + $1.nonzeroBitCount }] += 1
            }
            var whole = WeightCounts(of: definition, byteCount: stride - first), left = whole, right = whole
            whole.count(payloads.span, stride: stride, from: first)
            left.count(payloads.span.extracting(0..<stride * 15), stride: stride, from: first)
            right.count(payloads.span.extracting(stride * 15..<payloads.count), stride: stride, from: first)
            let parts = (left, right)
            try left.merge(parts.1)
            try right.merge(parts.0)
            #expect(whole.counts == expected && left == whole && right == whole, "\(stride) bytes")
        }
        var one = WeightCounts(of: definition, byteCount: 1)
        #expect(throws: AggregateError.differentDefinitions(definition, Fingerprint(value: 1))) {
            try one.merge(WeightCounts(of: Fingerprint(value: 1), byteCount: 1))
        }
        #expect(throws: AggregateError.differentDomains(valueCount: 9, otherValueCount: 17)) {
            try one.merge(WeightCounts(of: definition, byteCount: 2))
        }
    }

    private func made<Mechanism: LocalRandomizer>(
        _: Mechanism.Type, domain: InputDomain = .items(4), permanent: Int? = nil,
        _ parameters: [String: Int32] = [:]
    ) throws -> Mechanism {
        var declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 2000), domain: domain, reportsAbsence: false,
            parameters: parameters.mapValues { DeclaredNumber($0) })
        declared.permanentEpsilon = try permanent.map { try Epsilon(thousandths: $0) }
        return try Mechanism(configuration: .init(declared: declared))
    }
}

extension ExactlyAuditable {
    fileprivate func probability(of report: Report, given item: Int) -> Double {
        let words = likelihood(of: report, given: item).words
        let numerator = words.reversed().reduce(0.0) { $0 * 0x1p64 + Double($1) }
        return numerator * pow(2, -Double(likelihoodBitCount))
    }
}
