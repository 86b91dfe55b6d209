import Estimation
import LocalPrivacy
import Mechanisms
import Testing

@Suite("Intervals cover, by exact summation over the support's distribution")
struct CoverageTests {
    @Test("with few reports or little noise, intervals cover at least as often as they claim")
    func exactZone() throws {
        for (reportCount, step) in [(1, 1), (2, 1), (3, 1), (10, 1), (40, 3), (150, 13)] {
            for (valueCount, thousandths) in [(2, 100), (2, 1000), (2, 4000), (3, 2000), (50, 6000), (2, 16_000)] {
                let worst = try worstCoverage(
                    reportCount: reportCount, valueCount: valueCount, thousandths: thousandths,
                    holders: Array(stride(from: 0, through: reportCount, by: step)), zone: .exact)
                #expect(worst >= 0.95, "\(reportCount) reports of \(valueCount) values at \(thousandths): \(worst)")
            }
        }
    }

    @Test("at large ε intervals cover at least as often as they claim, also with thousands of reports")
    func largeEpsilon() throws {
        for (reportCount, valueCount, thousandths) in [
            (1000, 2, 6000), (1000, 100, 5000), (3000, 2, 8000), (5000, 16, 16_000),
        ] {
            let holders = [0, 1, 2, 3, 7, 20, 55, 148, 400, reportCount / 2, reportCount - 30, reportCount - 1]
            let worst = try worstCoverage(
                reportCount: reportCount, valueCount: valueCount, thousandths: thousandths, holders: holders,
                zone: .exact)
            #expect(worst >= 0.95, "\(reportCount) reports of \(valueCount) values at \(thousandths): \(worst)")
        }
    }

    @Test("normal intervals cover at least 94 % where their zone begins, and 94.8 % from ten thousand reports on")
    func normalZone() throws {
        for (reportCount, valueCount, thousandths, floor) in [
            (410, 2, 100, 0.94), (520, 2, 1000, 0.94), (1000, 2, 1000, 0.94), (1000, 2, 2000, 0.94),
            (1200, 4, 2000, 0.94), (1000, 8, 100, 0.94), (2600, 2, 2900, 0.94), (3000, 20, 2000, 0.94),
            (10_000, 2, 1000, 0.948),
            (20_000, 10, 1000, 0.948),
        ] {
            let holders = (0...24).map { $0 * reportCount / 24 } + [1, 2, 5, 13, 30, reportCount - 1]
            let worst = try worstCoverage(
                reportCount: reportCount, valueCount: valueCount, thousandths: thousandths, holders: holders,
                zone: .normal)
            #expect(worst >= floor, "\(reportCount) reports of \(valueCount) values at \(thousandths): \(worst)")
        }
    }

    @Test("other confidences are kept where tails are exact")
    func otherConfidences() throws {
        for probability in [0.5, 0.8, 0.99, 0.999] {
            let worst = try worstCoverage(
                reportCount: 25, valueCount: 3, thousandths: 3000, holders: Array(0...25), zone: .exact,
                confidence: try #require(ConfidenceLevel(probability)))
            #expect(worst >= probability, "confidence \(probability): \(worst)")
        }
    }

    @Test("normal intervals alone cover less than 80 % in places where noise is little: exact tails are needed")
    func normalAloneUndercovers() throws {
        let support = try oracle(valueCount: 2, thousandths: 6000).support
        let model = SupportModel(reportCount: 100, support: support, noise: .independent)
        let covered = (0...100).reduce(0) { sum, supportCount in
            let estimate = model.estimate(
                supportCount: supportCount, confidence: .standard, detectionThreshold: 0)
            let half = 1.96 * estimate.standardError / 100
            let covers = abs(estimate.frequency - 0.5) <= half
            return sum + (covers ? density(supportCount, holders: 50, model: model) : 0)
        }
        #expect(covered < 0.8)
    }

    @Test("a confidence level lies strictly between 0 and 1")
    func confidenceLevels() {
        for probability in [0, 1, -0.5, 1.5, .infinity, .nan] { #expect(ConfidenceLevel(probability) == nil) }
        for probability in [0x1p-1074, 0.5, 1 - 0x1p-53] {
            #expect(ConfidenceLevel(probability)?.probability == probability)
        }
    }

    private enum Zone { case exact, normal }

    private func oracle(valueCount: Int, thousandths: Int) throws -> RandomizedResponse {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: thousandths), valueCount: valueCount, reportsAbsence: false)
        return try RandomizedResponse(configuration: .init(declared: declaration))
    }

    private func worstCoverage(
        reportCount: Int, valueCount: Int, thousandths: Int, holders: [Int], zone: Zone,
        confidence: ConfidenceLevel = .standard
    ) throws -> Double {
        let support = try oracle(valueCount: valueCount, thousandths: thousandths).support
        let model = SupportModel(reportCount: reportCount, support: support, noise: .independent)
        let coverage = ExactCoverage(model: model, confidence: confidence)
        let zones = Set(holders.map { coverage.usesExactTails(holders: $0) })
        #expect(zones == [zone == .exact], "\(reportCount) reports of \(valueCount) values at \(thousandths)")
        return coverage.coverages(holders: holders).min() ?? 0
    }

    private func density(_ supportCount: Int, holders: Int, model: SupportModel) -> Double {
        let own = BinomialDistribution(trialCount: holders, probability: model.support.truthful)
        let other = BinomialDistribution(
            trialCount: model.reportCount - holders, probability: model.support.spurious)
        return (0...min(holders, supportCount)).reduce(0) {
            $0 + own.density(at: $1) * other.density(at: supportCount - $1)
        }
    }
}
