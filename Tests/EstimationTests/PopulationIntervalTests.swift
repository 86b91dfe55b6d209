import Estimation
import LocalPrivacy
import Mechanisms
import Testing

@Suite("Intervals for the population cover it")
struct PopulationIntervalTests {
    private func support(_ thousandths: Int, _ valueCount: Int = 2) throws -> SupportProbabilities {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: thousandths), valueCount: valueCount, reportsAbsence: false)
        return try RandomizedResponse(configuration: .init(declared: declaration)).support
    }

    @Test("with one report a device, over the exact distribution of the count, at every share of the population")
    func pure() throws {
        for (reportCount, thousandths, valueCount, floor) in [
            (30, 1000, 2, 0.95), (150, 6000, 2, 0.95), (60, 3000, 5, 0.95), (1200, 1000, 2, 0.94),
        ] {
            let support = try support(thousandths, valueCount)
            let (own, realised) = coverages(support, reportCount, useCount: true)
            #expect(own >= floor, "\(reportCount) at \(thousandths): \(own)")
            // What covers the devices that reported does not cover those that they are drawn from.
            if thousandths == 6000 { #expect(realised < 0.8) }
        }
    }

    @Test("where only an interval is known, the draw is added to it, and what results still covers")
    func widened() throws {
        for (reportCount, thousandths, floor) in [
            (30, 1000, 0.95), (60, 3000, 0.95), (150, 6000, 0.95), (1500, 1000, 0.94),
        ] {
            let (coverage, _) = coverages(try support(thousandths), reportCount, useCount: false)
            #expect(coverage >= floor, "\(reportCount) at \(thousandths): \(coverage)")
        }
    }

    @Test("the standard error is that of the count over noise and draw")
    func standardError() throws {
        let support = try support(2000), total = 400.0
        let model = SupportModel(reportCount: 400, support: support, noise: .independent)
        for count in [100, 200, 300] {
            let sample = model.estimate(supportCount: count, confidence: .standard, detectionThreshold: 0)
            let population = sample.ofPopulation(
                from: PopulationDraw(reportCounts: [400]), support: support, confidence: .standard)
            let share = Double(count) / total
            let exact = (total * share * (1 - share)).squareRoot() / support.gap
            #expect(abs(population.standardError / exact - 1) < 1e-12)
            #expect(population.count == sample.count && population.pValue == sample.pValue)
        }
    }

    @Test("several days are drawn as the same devices: as many draws as one day has reports")
    func pooled() throws {
        let support = try support(4000)
        let model = SupportModel(reportCount: 3000, support: support, noise: .independent)
        let sample = model.estimate(supportCount: 1200, confidence: .standard, detectionThreshold: 0)
        let once = sample.ofPopulation(
            from: PopulationDraw(reportCounts: [3000]), support: support, confidence: .standard)
        let daily = sample.ofPopulation(
            from: PopulationDraw(reportCounts: [1000, 1000, 1000]), support: support, confidence: .standard)
        let draw = once.standardError * once.standardError - sample.standardError * sample.standardError
        let expected = (sample.standardError * sample.standardError + 3 * draw).squareRoot()
        #expect(abs(daily.standardError / expected - 1) < 1e-12)
        #expect(daily.interval.upperBound - daily.frequency >= 1.95 * daily.standardError / 3000)
    }

    /// The worst coverage over shares of the population, of the population's interval and of the realised one.
    private func coverages(
        _ support: SupportProbabilities, _ reportCount: Int, useCount: Bool
    ) -> (population: Double, realised: Double) {
        let model = SupportModel(reportCount: reportCount, support: support, noise: .independent)
        let draw = PopulationDraw(reportCounts: [reportCount])
        let samples = (0...reportCount).map {
            model.estimate(supportCount: $0, confidence: .standard, detectionThreshold: 0)
        }
        let populations = samples.map {
            $0.ofPopulation(from: draw, support: useCount ? support : nil, confidence: .standard)
        }
        var worst = (1.0, 1.0)
        for share in [0, 0.001, 0.01, 0.03, 0.08, 0.2, 0.35, 0.5, 0.8, 0.95, 0.99, 1] {
            let count = BinomialDistribution(
                trialCount: reportCount, probability: support.spurious + share * support.gap)
            var covered = (0.0, 0.0)
            for supportCount in 0...reportCount {
                let density = count.density(at: supportCount)
                if populations[supportCount].interval.contains(share) { covered.0 += density }
                if samples[supportCount].interval.contains(share) { covered.1 += density }
            }
            worst = (min(worst.0, covered.0), min(worst.1, covered.1))
        }
        return worst
    }
}
