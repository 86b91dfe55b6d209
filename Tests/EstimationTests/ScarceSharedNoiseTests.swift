import Estimation
import Testing

/// Exact distributions of the support of a value when every device reports on each of T days from one permanent response,
/// for so few devices, or so little noise, that no normal distribution describes them.
@Suite("Reports that share little noise")
struct ScarceSharedNoiseTests {
    private struct Setting {
        /// The probabilities of the permanent and of the fresh stage.
        var permanent: SupportProbabilities, fresh: SupportProbabilities
        var deviceCount: Int, periodCount: Int

        init(_ permanentLie: Double, _ freshLie: Double, devices: Int, periods: Int) {
            func stage(_ lie: Double) -> SupportProbabilities {
                SupportProbabilities(truthful: 1 - lie, spurious: lie, gap: 1 - 2 * lie)
            }
            (permanent, fresh) = (stage(permanentLie), stage(freshLie))
            (deviceCount, periodCount) = (devices, periods)
        }

        var model: SupportModel {
            let truthful = permanent.truthful * fresh.truthful + permanent.spurious * fresh.spurious
            let support = SupportProbabilities(
                truthful: truthful, spurious: 1 - truthful, gap: permanent.gap * fresh.gap)
            let overlap = ReportOverlap(reportCounts: [Int](repeating: deviceCount, count: periodCount))
            return SupportModel(
                reportCount: deviceCount * periodCount, support: support, noise: .shared(permanent, overlap))
        }

        /// The distribution of C when so many devices hold the value.
        func distribution(holders: Int) -> [Double] {
            func binomial(_ probability: Double) -> [Double] {
                (0..<periodCount).reduce([1.0]) { row, _ in
                    zip(row + [0], [0] + row).map { $0 * (1 - probability) + $1 * probability }
                }
            }
            func device(_ supports: Double) -> [Double] {
                zip(binomial(fresh.truthful), binomial(fresh.spurious)).map { $0 * supports + $1 * (1 - supports) }
            }
            let (own, other) = (device(permanent.truthful), device(permanent.spurious))
            return (0..<deviceCount).reduce([1.0]) { sum, number in
                let part = number < holders ? own : other
                var result = [Double](repeating: 0, count: sum.count + part.count - 1)
                for (left, probability) in sum.enumerated() {
                    for (right, share) in part.enumerated() { result[left + right] += probability * share }
                }
                return result
            }
        }
    }

    private static let settings = [
        Setting(0.0001, 0.001, devices: 30, periods: 5), Setting(0.01, 0.002, devices: 40, periods: 7),
        Setting(0.2, 0.1, devices: 25, periods: 3), Setting(0.001, 0.2, devices: 12, periods: 10),
    ]

    @Test("have p-values that are no smaller than the probability of so much support")
    func pValues() {
        for setting in Self.settings {
            let model = setting.model, distribution = setting.distribution(holders: 0)
            var tail = 0.0
            for (count, probability) in distribution.enumerated().reversed() {
                tail += probability
                let estimate = model.estimate(supportCount: count, confidence: .standard, detectionThreshold: 0)
                #expect(estimate.pValue >= tail * (1 - 1e-9), "\(setting), \(count)")
            }
        }
    }

    @Test("have intervals that cover at least as often as they say, whatever number of devices holds the value")
    func coverage() {
        for setting in Self.settings {
            let model = setting.model, total = setting.deviceCount * setting.periodCount
            let intervals = (0...total).map {
                model.estimate(supportCount: $0, confidence: .standard, detectionThreshold: 0).interval
            }
            for holders in 0...setting.deviceCount {
                let truth = Double(holders) / Double(setting.deviceCount)
                let covered = zip(intervals, setting.distribution(holders: holders)).reduce(0) { sum, part in
                    sum + (part.0.lowerBound <= truth + 1e-9 && truth - 1e-9 <= part.0.upperBound ? part.1 : 0)
                }
                #expect(covered >= 0.95, "\(setting), \(holders) holders: \(covered)")
            }
        }
    }
}
