import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import Testing

@Suite("Reports of one device over several days share its permanent response")
struct PooledMemoizedTests {
    @Test("Σ min(n_t, n_t') is the sum over all pairs of periods, whatever their order")
    func overlap() {
        for counts in [[7], [3, 3, 3], [5, 1, 4], [10, 200, 3, 3, 9]] {
            let pairs = counts.flatMap { first in counts.map { min(first, $0) } }.reduce(0, +)
            let overlap = ReportOverlap(reportCounts: counts)
            #expect(overlap.pairCount == Double(pairs) && overlap.periodCount == counts.count)
        }
    }

    @Test("when the same devices report every day, the variance is that of all noise enumerated")
    func variance() throws {
        for (devices, holders, days) in [(3, 0, 4), (3, 1, 4), (4, 4, 3), (2, 1, 9)] {
            let oracle = try self.oracle()
            let distribution = supportDistribution(oracle, devices: devices, holders: holders, days: days)
            let mean = zip(0..., distribution).reduce(0) { $0 + Double($1.0) * $1.1 }
            let square = zip(0..., distribution).reduce(0) { $0 + Double($1.0 * $1.0) * $1.1 }
            let model = try self.model(oracle, reportCounts: Array(repeating: devices, count: days))
            let frequency = Double(holders) / Double(devices), reports = Double(devices * days)
            let expected = reports * (oracle.support.spurious + frequency * oracle.support.gap)
            #expect(abs(mean / expected - 1) <= 1e-12)
            #expect(abs(model.variance(frequency: frequency) / (square - mean * mean) - 1) <= 1e-10)
        }
    }

    @Test("when fewer devices report on some days, the variance is not understated, whoever holds the value")
    func unequalDays() throws {
        let oracle = try self.oracle()
        // Five devices: the first reports on all days, the last on one; every subset of them may hold the value.
        let daysOfDevice = [6, 4, 4, 2, 1]
        let reportCounts = (1...6).map { day in daysOfDevice.count { $0 >= day } }
        let model = try self.model(oracle, reportCounts: reportCounts)
        for mask in 0..<(1 << daysOfDevice.count) {
            var (variance, held) = (0.0, 0)
            for (device, days) in daysOfDevice.enumerated() {
                let holds = mask >> device & 1 == 1
                held += holds ? days : 0
                variance += self.variance(of: deviceDistribution(oracle, holds: holds, days: days))
            }
            let frequency = Double(held) / Double(daysOfDevice.reduce(0, +))
            #expect(model.variance(frequency: frequency) >= variance * (1 - 1e-12), "holders \(mask)")
        }
    }

    @Test("pooled over 30 days, intervals cover; those of independent reports would cover less than 65 %")
    func coverage() throws {
        let oracle = try self.oracle(), devices = 200, days = 30
        for holders in [0, 40, 100] {
            let distribution = supportDistribution(oracle, devices: devices, holders: holders, days: days)
            let pooled = try model(oracle, reportCounts: Array(repeating: devices, count: days))
            let naive = SupportModel(
                reportCount: devices * days, support: oracle.support, noise: .independent)
            let truth = Double(holders) / Double(devices)
            #expect(coverage(of: pooled, truth: truth, distribution) >= 0.94, "\(holders) holders")
            #expect(coverage(of: naive, truth: truth, distribution) < 0.65, "\(holders) holders")
        }
    }

    @Test("pooled over 30 days, false detections stay rare; those of independent reports do not")
    func pValues() throws {
        let oracle = try self.oracle(), devices = 200, days = 30
        let distribution = supportDistribution(oracle, devices: devices, holders: 0, days: days)
        func falseDetections(_ model: SupportModel) -> Double {
            zip(0..., distribution).reduce(0) { sum, part in
                let estimate = model.estimate(
                    supportCount: part.0, confidence: .standard, detectionThreshold: 0.05)
                return sum + (estimate.isDetected ? part.1 : 0)
            }
        }
        let pooled = try model(oracle, reportCounts: Array(repeating: devices, count: days))
        let naive = SupportModel(reportCount: devices * days, support: oracle.support, noise: .independent)
        #expect(falseDetections(pooled) <= 0.06)
        #expect(falseDetections(naive) > 0.1)
    }

    @Test("the oracle takes the pooled variance for several days, and that of independent reports for one")
    func oracleChoosesTheModel() throws {
        let oracle = try self.oracle()
        var aggregate = oracle.makeAggregate(of: Fingerprint(value: 3))
        for item in 0..<600 { aggregate.count(supporting: item % oracle.shape) }
        let first = PooledReports(aggregate, on: UTCDay(containing: 0))
        var both = first
        try both.merge(PooledReports(aggregate, on: UTCDay(containing: 86_400)))
        let (one, two) = (estimate(oracle, first), estimate(oracle, both))
        let independent = SupportModel(reportCount: 1200, support: oracle.support, noise: .independent)
        #expect(one.standardError == standardError(try model(oracle, reportCounts: [600]), one.frequency))
        #expect(two.standardError == standardError(try model(oracle, reportCounts: [600, 600]), two.frequency))
        #expect(two.standardError > 1.05 * standardError(independent, two.frequency))
    }

    private func oracle() throws -> MemoizedRandomizedResponse {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 2000), valueCount: 3,
            reportsAbsence: true)
        return try MemoizedRandomizedResponse(configuration: .init(declared: declaration))
    }

    private func model(_ oracle: MemoizedRandomizedResponse, reportCounts: [Int]) throws -> SupportModel {
        let permanent = try #require(oracle.permanentSupport)
        return SupportModel(
            reportCount: reportCounts.reduce(0, +), support: oracle.support,
            noise: .shared(permanent, ReportOverlap(reportCounts: reportCounts)))
    }

    private func estimate(
        _ oracle: MemoizedRandomizedResponse, _ reports: PooledReports<SupportCounts>
    ) -> FrequencyEstimate {
        oracle.estimates(from: reports, confidence: .standard)[0]
    }

    private func standardError(_ model: SupportModel, _ frequency: Double) -> Double {
        model.variance(frequency: frequency).squareRoot() / model.support.gap
    }

    private func coverage(of model: SupportModel, truth: Double, _ distribution: [Double]) -> Double {
        zip(0..., distribution).filter { $0.1 > 1e-15 }.reduce(0) { sum, part in
            let estimate = model.estimate(supportCount: part.0, confidence: .standard, detectionThreshold: 0)
            return sum + (estimate.interval.contains(truth) ? part.1 : 0)
        }
    }

    /// How many of a device's reports support value 0: a mixture over its permanent response.
    private func deviceDistribution(_ oracle: MemoizedRandomizedResponse, holds: Bool, days: Int) -> [Double] {
        let item = holds ? 0 : 1, scale = Double(sign: .plus, exponent: -oracle.stageLikelihoodBitCount, significand: 1)
        var sum = [Double](repeating: 0, count: days + 1)
        for permanent in oracle.allPermanentResponses {
            let weight = double(oracle.permanentLikelihood(of: permanent, given: item)) * scale
            let report = CategoryReport(category: 0)
            let probability = double(oracle.instantaneousLikelihood(of: report, given: permanent)) * scale
            let distribution = BinomialDistribution(trialCount: days, probability: probability)
            for count in 0...days { sum[count] += weight * distribution.density(at: count) }
        }
        return sum
    }

    private func supportDistribution(
        _ oracle: MemoizedRandomizedResponse, devices: Int, holders: Int, days: Int
    ) -> [Double] {
        (0..<devices).reduce([1.0]) { distribution, device in
            let own = deviceDistribution(oracle, holds: device < holders, days: days)
            var sums = [Double](repeating: 0, count: distribution.count + own.count - 1)
            for (i, first) in distribution.enumerated() where first > 1e-30 {
                for (j, second) in own.enumerated() { sums[i + j] += first * second }
            }
            return sums
        }
    }

    private func variance(of distribution: [Double]) -> Double {
        let mean = zip(0..., distribution).reduce(0) { $0 + Double($1.0) * $1.1 }
        return zip(0..., distribution).reduce(0) { $0 + Double($1.0 * $1.0) * $1.1 } - mean * mean
    }

    private func double(_ wide: WideUnsigned) -> Double { wide.words.reversed().reduce(0) { $0 * 0x1p64 + Double($1) } }
}
