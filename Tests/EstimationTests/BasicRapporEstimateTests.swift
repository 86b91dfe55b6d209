import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@Suite("Estimates of basic RAPPOR")
struct BasicRapporEstimateTests {
    private static let definition = Fingerprint(value: 5)

    private static func mechanisms() throws -> [BasicRappor] {
        try MechanismFixture.of(BasicRappor.self).configurations.map { try $0.mechanism(BasicRappor.self) }
    }

    private static func estimates(_ mechanism: BasicRappor, _ counts: BitCounts) throws -> [FrequencyEstimate] {
        try mechanism.estimates(
            of: mechanism.auditedInputs, from: PooledReports(counts, on: UTCDay(containing: 0)), confidence: .standard
        ) { _, _ in }
    }

    /// The probability of each report about each input, rounded from the exact numerators.
    private static func probabilities(_ mechanism: BasicRappor) -> [[Double]] {
        mechanism.auditedInputs.indices.map { item in
            mechanism.allReports.map { report in
                let words = mechanism.likelihood(of: report, given: item).words
                let numerator = words.reversed().reduce(0.0) { $0 * 0x1p64 + Double($1) }
                return numerator * Double(sign: .plus, exponent: -mechanism.likelihoodBitCount, significand: 1)
            }
        }
    }

    @Test("are unbiased, of every value and of absence: over all reports about an input they add up to it")
    func unbiased() throws {
        for mechanism in try Self.mechanisms() {
            let single = try mechanism.allReports.map { report in
                var counts = mechanism.makeAggregate(of: Self.definition)
                mechanism.absorb(report, into: &counts)
                return try Self.estimates(mechanism, counts).map(\.count)
            }
            for (item, row) in Self.probabilities(mechanism).enumerated() {
                for candidate in mechanism.auditedInputs.indices {
                    let terms = zip(single, row).map { $0[candidate] * $1 }
                    let scale = terms.reduce(1) { $0 + abs($1) }
                    #expect(abs(terms.reduce(0, +) - (item == candidate ? 1 : 0)) < 1e-12 * scale)
                }
            }
        }
    }

    /// The estimate of absence depends on the sum of all bits alone, which is Bin(H, q*) + Bin(k·n − H, p*).
    @Test("of absence cover and do not detect too often, by the exact distribution of few bits with little noise")
    func scarceAbsence() throws {
        let noise: [String: Int64] = ["f": 2_000_000, "p": 1_000_000, "q": 999_000_000]
        let mechanism = try BasicRappor(
            configuration: try BasicRappor.Configuration(
                declared: MechanismDeclaration(
                    domain: .items(2), reportsAbsence: true,
                    parameters: noise.mapValues { DeclaredNumber(billionths: $0) })))
        let total = 20
        let (set, clear) = (
            Self.fraction(mechanism.response.rule.reportLikelihood(whereSet: true)),
            Self.fraction(mechanism.response.rule.reportLikelihood(whereSet: false))
        )
        let estimates = try (0...2 * total).map { sum in
            var counts = mechanism.makeAggregate(of: Self.definition)
            for report in 0..<total {
                let bits: UInt64 = 2 * report + 1 < sum ? 3 : 2 * report < sum ? 1 : 0
                mechanism.absorb(BitVectorReport(partition: 0, words: [bits]), into: &counts)
            }
            return try #require(try Self.estimates(mechanism, counts).last)
        }
        for holders in 0...total {
            let distribution = (0..<2 * total).reduce([1.0]) { row, bit in
                let probability = bit < holders ? set : clear
                return zip(row + [0], [0] + row).map { $0 * (1 - probability) + $1 * probability }
            }
            let truth = Double(total - holders) / Double(total)
            let covered = zip(estimates, distribution).reduce(0) { sum, part in
                let interval = part.0.interval
                return sum + (interval.lowerBound <= truth + 1e-9 && truth - 1e-9 <= interval.upperBound ? part.1 : 0)
            }
            #expect(covered >= 0.95, "\(holders): \(covered)")
            guard holders == total else { continue }
            for estimate in estimates {
                let asSmall = zip(estimates, distribution).reduce(0) {
                    $0 + ($1.0.pValue <= estimate.pValue ? $1.1 : 0)
                }
                // Tails leave out counts of less than 10⁻³⁰ of the likeliest.
                #expect(asSmall <= estimate.pValue * (1 + 1e-9) + 1e-28)
            }
        }
    }

    @Test("have the standard error of the noise, of values and of absence")
    func standardErrors() throws {
        for mechanism in try Self.mechanisms() {
            let probabilities = Self.probabilities(mechanism), inputs = mechanism.auditedInputs
            let values = mechanism.configuration.valueCount, total = Double(1 << 30)
            let gap = mechanism.response.rule
            let difference =
                Self.fraction(gap.reportLikelihood(whereSet: true))
                - Self.fraction(gap.reportLikelihood(whereSet: false))
            // The reports are shared out between the inputs as 1 : 2 : 3 : …
            let weights = inputs.indices.map { Double($0 + 1) / Double(inputs.count * (inputs.count + 1) / 2) }
            func moments(_ statistic: (BitVectorReport) -> Double) -> (mean: Double, variance: Double) {
                var (mean, variance) = (0.0, 0.0)
                for (weight, row) in zip(weights, probabilities) {
                    let first = zip(mechanism.allReports, row).reduce(0) { $0 + statistic($1.0) * $1.1 }
                    let second = zip(mechanism.allReports, row).reduce(0) {
                        $0 + statistic($1.0) * statistic($1.0) * $1.1
                    }
                    mean += weight * first
                    variance += weight * (second - first * first)
                }
                return (mean, variance)
            }
            var counts = mechanism.makeAggregate(of: Self.definition)
            let expected = (0..<values).map { bit in Int((total * moments { $0[bit] ? 1 : 0 }.mean).rounded()) }
            counts.add(reportCount: Int(total), setCounts: expected, cohort: 0)
            let estimates = try Self.estimates(mechanism, counts)
            for (place, input) in inputs.enumerated() {
                let variance = moments { report in
                    guard case .item(let bit) = input else { return Double(report.words[0].nonzeroBitCount) }
                    return report[bit] ? 1 : 0
                }.variance
                let claimed = pow(estimates[place].standardError * difference, 2)
                #expect(abs(claimed / (total * variance) - 1) < 1e-5, "\(input)")
                #expect(abs(estimates[place].frequency - weights[place]) < 1e-6)
            }
        }
    }

    private static func fraction(_ number: WideUnsigned) -> Double {
        number.words.reversed().reduce(0.0) { $0 * 0x1p64 + Double($1) } * 0x1p-128
    }

    @Test("pool days by the overlap of devices, for values and for absence")
    func pooledErrors() throws {
        let mechanism = try #require(try Self.mechanisms().first { $0.configuration.valueCount == 3 })
        func pooled(days: Int) throws -> [FrequencyEstimate] {
            let none = mechanism.makeAggregate(of: Self.definition)
            var reports = PooledReports(none, on: UTCDay(containing: 0))
            for day in 0..<days {
                var counts = none
                counts.add(reportCount: 3000 / days, setCounts: [1500 / days, 1300 / days, 1200 / days], cohort: 0)
                try reports.merge(PooledReports(counts, on: UTCDay(containing: Int64(day) * 86_400)))
            }
            return try mechanism.estimates(
                of: mechanism.auditedInputs, from: reports, confidence: .standard
            ) { _, _ in }
        }
        let rule = mechanism.response.rule, total = 3000.0, days = 10.0
        let (t, p, q) = (Double(rule.flip) * 0x1p-64, Double(rule.clear) * 0x1p-64, Double(rule.set) * 0x1p-64)
        for (one, ten) in zip(try pooled(days: 1), try pooled(days: 10)) {
            #expect(one.frequency == ten.frequency)
            // Each device has reported on all ten days, so that the permanent noise counts ten times as much; three bits
            // of noise are in absence.
            let bits = one.frequency == (try pooled(days: 1)).last?.frequency ? 3.0 : 1.0
            let added = bits * (days - 1) * total * (q - p) * (q - p) * t * (1 - t)
            let gap = (1 - 2 * t) * (q - p)
            let expected = one.standardError * one.standardError + added / (gap * gap)
            #expect(abs(ten.standardError * ten.standardError / expected - 1) < 1e-9)
        }
    }

    @Test("refuse what is no value")
    func candidatesAreRefused() throws {
        let mechanism = try Self.mechanisms()[0]
        let reports = PooledReports(mechanism.makeAggregate(of: Self.definition), on: UTCDay(containing: 0))
        for candidate in [MechanismInput.item(-1), .item(mechanism.configuration.valueCount), .text([65]), .place(0)] {
            #expect(throws: EstimationError.candidateOutOfDomain(position: 1)) {
                try mechanism.estimates(of: [.item(0), candidate], from: reports, confidence: .standard) { _, _ in }
            }
        }
    }
}
