import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat

/// An oracle whose estimates can be judged against exact likelihoods.
protocol AuditableOracle: PureFrequencyOracle, ExactlyAuditable {}
extension RandomizedResponse: AuditableOracle {}
extension MemoizedRandomizedResponse: AuditableOracle {}
extension SubsetSelection: AuditableOracle {}
extension SymmetricUnaryEncoding: AuditableOracle {}
extension OptimizedUnaryEncoding: AuditableOracle {}
extension HadamardResponse: AuditableOracle {}
extension OptimizedLocalHashing: AuditableOracle {}
extension ProjectiveGeometryResponse: AuditableOracle {}
extension OptimizedSymmetricUnaryEncoding: AuditableOracle {}
extension Loloha: AuditableOracle {}

/// The laws, generic over oracles, for reports of a single period. Each function returns what it found.
struct EstimationLaws<Oracle: AuditableOracle> {
    let oracle: Oracle
    let definition = Fingerprint(value: 0xD17E)
    let day = UTCDay(containing: 0)

    init(_ oracle: Oracle) { self.oracle = oracle }

    /// Every breach of every law.
    func breaches() throws -> [EstimationBreach] {
        try countingBreaches() + malformedBreaches() + monoidBreaches() + biasBreaches() + varianceBreaches()
            + coverageBreaches() + pValueBreaches()
    }

    var itemCount: Int { oracle.auditedInputs.count }

    func aggregate(of reports: [Oracle.Report]) -> Oracle.Aggregate {
        var aggregate = oracle.makeAggregate(of: definition)
        for report in reports { oracle.absorb(report, into: &aggregate) }
        return aggregate
    }

    func tally(_ reports: [Oracle.Report]) throws -> Oracle.Aggregate {
        var aggregate = oracle.makeAggregate(of: definition)
        // By partition, as a store keeps them.
        var payloads: [Int: [UInt8]] = [0: []]
        for report in reports {
            let stored = oracle.stored(payload: report.encoded(shape: oracle.shape))
            payloads[stored.partition, default: []] += stored.rest
        }
        for (partition, bytes) in payloads { try oracle.tally(bytes.span, partition: partition, into: &aggregate) }
        return aggregate
    }

    func estimates(_ aggregate: Oracle.Aggregate) -> [FrequencyEstimate] {
        oracle.estimates(from: PooledReports(aggregate, on: day), confidence: .standard)
    }

    /// The aggregate of this many reports of each kind, by merging doubles, so that billions take no time.
    func aggregate(reportCounts: [Int]) throws -> Oracle.Aggregate {
        var sum = oracle.makeAggregate(of: definition)
        for (report, count) in zip(oracle.allReports, reportCounts) {
            var (power, rest) = (aggregate(of: [report]), count)
            while rest > 0 {
                if rest & 1 == 1 { try sum.merge(power) }
                rest >>= 1
                if rest > 0 { try power.merge(power) }
            }
        }
        return sum
    }

    /// The probability of a report, rounded from the exact numerator.
    func probability(of report: Oracle.Report, given item: Int) -> Double {
        let words = oracle.likelihood(of: report, given: item).words
        let numerator = words.reversed().reduce(0.0) { $0 * 0x1p64 + Double($1) }
        return numerator * Double(sign: .plus, exponent: -oracle.likelihoodBitCount, significand: 1)
    }

    func supports(_ report: Oracle.Report, _ value: Int) -> Bool {
        oracle.supportCounts(in: aggregate(of: [report]))[value] > 0
    }

    /// The probability that a report supports a value, when the device holds `item`.
    func supportProbability(of value: Int, given item: Int) -> Double {
        oracle.allReports.reduce(0) { sum, report in
            sum + (supports(report, value) ? 1 : 0) * probability(of: report, given: item)
        }
    }
}
