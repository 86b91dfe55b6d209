import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("Sums over sets of values have errors of their own")
struct SumTests {
    @Test("of every oracle that counts one category a report, over exact likelihoods")
    func laws() throws {
        for type in OracleCatalog.standard.oracles {
            guard let auditable = type as? any AuditableOracle.Type else { continue }
            let breaches = try breaches(of: auditable)
            #expect(breaches.isEmpty)
        }
    }

    @Test("an oracle that says nothing of dependence gets upper bounds, and says that they are")
    func unknownDependence() throws {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 2000), valueCount: 5, reportsAbsence: false)
        let sound = try RandomizedResponse(configuration: .init(declared: declaration))
        // It leaves ``PureFrequencyOracle/subsetSupport(ofValues:)`` as it is.
        let silent = FaultyOracle(sound, nil)
        #expect(try EstimationLaws(silent).sumBreaches().isEmpty)
        var aggregate = silent.makeAggregate(of: Fingerprint(value: 4))
        for item in 0..<5 { for _ in 0...(100 * item) { aggregate.count(supporting: item) } }
        let pool = PooledReports(aggregate, on: UTCDay(containing: 0))
        let inputs = (0..<5).map { MechanismInput.item($0) }
        let sets = [[0, 1, 2], [4]]
        let bounds = try silent.sums(
            of: sets, among: inputs, from: pool, confidence: .standard, progress: { _, _ in })
        let exact = try sound.sums(of: sets, among: inputs, from: pool, confidence: .standard, progress: { _, _ in })
        #expect(bounds.map(\.isBound) == [true, false] && exact.map(\.isBound) == [false, false])
        #expect(abs(bounds[0].estimate.count - exact[0].estimate.count) < 1e-9)
        #expect(bounds[0].estimate.standardError > exact[0].estimate.standardError)
        #expect(bounds[1].estimate == exact[1].estimate)
    }

    @Test("covariances of pairs make the variances of a set: for exclusive values, those of one merged value")
    func covariances() throws {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 2000), valueCount: 9, reportsAbsence: false)
        let support = try RandomizedResponse(configuration: .init(declared: declaration)).support
        let (p, q) = (support.truthful, support.spurious)
        for count in 1...8 {
            let set = SubsetSupport.correlated(
                valueCount: count, support: support, withOwn: -p * q, betweenOthers: -q * q)
            guard case .correlated(let own, let other) = set else {
                Issue.record("covariances make variances")
                return
            }
            let inside = p + Double(count - 1) * q, outside = Double(count) * q
            #expect(abs(own - inside * (1 - inside)) < 1e-12 && abs(other - outside * (1 - outside)) < 1e-12)
        }
    }

    @Test("a sum over all values of a mechanism whose reports are of one value is all reports, without error")
    func whole() throws {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 500), valueCount: 3, reportsAbsence: true)
        let oracle = try RandomizedResponse(configuration: .init(declared: declaration))
        var aggregate = oracle.makeAggregate(of: Fingerprint(value: 4))
        for item in [0, 0, 1, 3, 3, 3] { aggregate.count(supporting: item) }
        let pool = PooledReports(aggregate, on: UTCDay(containing: 0))
        let inputs: [MechanismInput] = [.item(0), .item(1), .item(2), .absent]
        let sum = try oracle.sums(
            of: [[0, 1, 2, 3]], among: inputs, from: pool, confidence: .standard, progress: { _, _ in })[0]
        #expect(sum.estimate.count == 6 && sum.estimate.standardError == 0 && sum.estimate.interval == 1...1)
        #expect(throws: EstimationError.candidateOutOfDomain(position: 0)) {
            try oracle.sums(of: [[0]], among: [.item(9)], from: pool, confidence: .standard, progress: { _, _ in })
        }
    }

    @Test("bits that are independent: sums cover over the exact distribution, within a day and over several")
    func bits() throws {
        let oracle = try basicRappor()
        for (devices, dayCount, floor) in [(24, 1, 0.95), (24, 3, 0.95), (300, 1, 0.94)] {
            for set in [[0, 2], [1, 3, 4], [4, 0]] {
                let counted =
                    set.contains(4) ? [1, 2, 3].filter { !set.contains($0) } + (set.contains(0) ? [] : [0]) : set
                let holderCounts = devices > 100 ? [0, 40, 150, 300] : [0, 1, 5, 12, 24]
                for holders in holderCounts {
                    let inBits = set.contains(4) ? devices - holders : holders
                    let totals = bitDistribution(
                        oracle, devices: devices, holders: inBits, bits: counted.count, days: dayCount)
                    var covered = 0.0
                    for (count, probability) in totals.enumerated() where probability > 1e-12 {
                        let sum = try self.sum(oracle, set, counted, count, devices: devices, days: dayCount)
                        let truth = Double(holders) / Double(devices)
                        covered += sum.estimate.interval.contains(truth) ? probability : 0
                    }
                    #expect(covered >= floor, "\(devices) devices, \(dayCount) days, \(set), \(holders) holders")
                }
            }
        }
    }

    @Test("a sum of one bit is that bit's estimate, and one of all is all reports")
    func bitEdges() throws {
        let oracle = try basicRappor()
        let one = try sum(oracle, [2], [2], 13, devices: 30, days: 1)
        let pool = try pool(oracle, [2], 13, devices: 30, days: 1)
        let single = try oracle.estimates(of: [.item(2)], from: pool, confidence: .standard, progress: { _, _ in })[0]
        #expect(one.estimate == single && !one.isBound)
        let all = try sum(oracle, [0, 1, 2, 3, 4], [], 0, devices: 30, days: 1)
        #expect(all.estimate.count == 30 && all.estimate.standardError == 0)
    }

    @Test("an unknown mechanism's sums are of intervals that hold at once: counts add up, errors too")
    func bounded() throws {
        let shared = ConfidenceLevel.standard.shared(by: 5).probability
        #expect(abs(shared - 0.99) < 1e-12)
        #expect(abs(ConfidenceLevel.standard.shared(by: 0).probability - 0.95) < 1e-12)
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 4000), domain: .text, reportsAbsence: false,
            parameters: ["rows": DeclaredNumber(16), "width": DeclaredNumber(64)])
        let sketch = try CountMeanSketch.make(declared: declared) as? CountMeanSketch
        let oracle = try #require(sketch)
        var noise = SeededNoise(seed: 0x5C37)
        var aggregate = oracle.makeAggregate(of: Fingerprint(value: 4))
        let texts = ["JFK", "LGA", "EWR"].map { MechanismInput.text(Array($0.utf8)) }
        for index in 0..<600 {
            let value = try oracle.input(from: texts[index % 2], on: DeviceContext(permanentNoise: nil))
            oracle.absorb(oracle.randomize(value, using: &noise), into: &aggregate)
        }
        let pool = PooledReports(aggregate, on: UTCDay(containing: 0))
        let parts = try oracle.estimates(
            of: texts, from: pool, confidence: ConfidenceLevel.standard.shared(by: 2), progress: { _, _ in })
        let sum = try oracle.sums(
            of: [[0, 2]], among: texts, from: pool, confidence: .standard, progress: { _, _ in })[0]
        #expect(sum.isBound && sum.origin == nil)
        let (first, last) = (parts[0], parts[2])
        let (count, error): (Double, Double) = (first.count + last.count, first.standardError + last.standardError)
        let high: Double = first.interval.upperBound + last.interval.upperBound
        let pValue: Double = min(1, 2 * min(first.pValue, last.pValue))
        #expect(sum.estimate.count == count && sum.estimate.standardError == error)
        #expect(sum.estimate.interval.upperBound == high && sum.estimate.pValue == pValue)
    }

    private func breaches<Oracle: AuditableOracle>(of _: Oracle.Type) throws -> [String] {
        try MechanismFixture.of(Oracle.self).configurations.filter { $0.values <= 8 }.flatMap { declaration in
            try EstimationLaws(try declaration.mechanism(Oracle.self)).sumBreaches()
                .map { "\(Oracle.self), \(declaration): \($0)" }
        }
    }

    private func basicRappor() throws -> BasicRappor {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 2000), permanentEpsilon: try Epsilon(thousandths: 4000),
            domain: .items(4), reportsAbsence: true)
        return try #require(try BasicRappor.make(declared: declared) as? BasicRappor)
    }

    private func pool(
        _ oracle: BasicRappor, _ counted: [Int], _ count: Int, devices: Int, days: Int
    ) throws -> PooledReports<BitCounts> {
        var pool: PooledReports<BitCounts>?
        for day in 0..<days {
            var aggregate = BitCounts(of: Fingerprint(value: 5), cohortCount: 1, bitCount: oracle.shape.bitCount)
            var setCounts = [Int](repeating: 0, count: oracle.shape.bitCount)
            // How a total is spread over bits and days makes no difference to it.
            var rest = day == 0 ? count : 0
            for bit in counted {
                setCounts[bit] = rest
                rest = 0
            }
            aggregate.add(reportCount: devices, setCounts: setCounts, cohort: 0)
            let next = PooledReports(aggregate, on: UTCDay(containing: Int64(day) * 86_400))
            if pool == nil { pool = next } else { try pool?.merge(next) }
        }
        return try #require(pool)
    }

    private func sum(
        _ oracle: BasicRappor, _ set: [Int], _ counted: [Int], _ count: Int, devices: Int, days: Int
    ) throws -> SumEstimate {
        let inputs: [MechanismInput] = (0..<4).map { .item($0) } + [.absent]
        let pool = try pool(oracle, counted, count, devices: devices, days: days)
        return try oracle.sums(
            of: [set], among: inputs, from: pool, confidence: .standard, progress: { _, _ in })[0]
    }

    /// The distribution of the total of bits over devices that report on all days: a mixture over permanent responses.
    private func bitDistribution(
        _ oracle: BasicRappor, devices: Int, holders: Int, bits: Int, days: Int
    ) -> [Double] {
        let rule = oracle.response.rule
        let flip = Double(rule.flip) * 0x1p-64,
            (clear, set) = (Double(rule.clear) * 0x1p-64, Double(rule.set) * 0x1p-64)
        func bit(holds: Bool) -> [Double] {
            let one = BinomialDistribution(trialCount: days, probability: set)
            let zero = BinomialDistribution(trialCount: days, probability: clear)
            let isSet = holds ? 1 - flip : flip
            return (0...days).map { isSet * one.density(at: $0) + (1 - isSet) * zero.density(at: $0) }
        }
        func times(_ distribution: [Double], _ count: Int) -> [Double] {
            (0..<count).reduce([1.0]) { sum, _ in convolved(sum, distribution) }
        }
        return convolved(times(bit(holds: true), holders), times(bit(holds: false), devices * bits - holders))
    }

    private func convolved(_ left: [Double], _ right: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: left.count + right.count - 1)
        for (i, first) in left.enumerated() where first > 1e-16 {
            for (j, second) in right.enumerated() { sums[i + j] += first * second }
        }
        return sums
    }
}
