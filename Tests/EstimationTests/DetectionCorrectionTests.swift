import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@Suite("Adjusted p-values keep the error rates that they claim")
struct DetectionCorrectionTests {
    private static func pValues(_ seed: UInt64, _ count: Int) -> [Double] {
        var noise = SeededNoise(seed: seed)
        // Some equal, some very small.
        return (0..<count).map { index in
            let uniform = Double.random(in: 0...1, using: &noise)
            return index % 3 == 0 ? uniform * uniform * uniform * 0.01 : (uniform * 8).rounded() / 8
        }
    }

    @Test("Holm's are those of closed testing: the largest Bonferroni p-value of all sets with the value")
    func holm() {
        for count in 1...8 {
            let pValues = Self.pValues(0x401 + UInt64(count), count)
            let adjusted = DetectionCorrection.holm.adjusted(pValues)
            for index in 0..<count {
                let closed = (1..<(1 << count)).filter { $0 >> index & 1 == 1 }.map { mask in
                    let chosen = (0..<count).filter { mask >> $0 & 1 == 1 }
                    return min(1, (chosen.map { pValues[$0] }.min() ?? 1) * Double(chosen.count))
                }
                #expect(abs(adjusted[index] - (closed.max() ?? 0)) <= 1e-15, "\(pValues)")
            }
        }
    }

    @Test("those of false discovery are the smallest rates at which the steps reject the value")
    func falseDiscovery() {
        for count in 1...9 {
            let pValues = Self.pValues(0xFD1 + UInt64(count), count)
            let harmonic = (1...count).reduce(0) { $0 + 1 / Double($1) }
            for (correction, factor) in [
                (DetectionCorrection.falseDiscoveryOfIndependent, 1.0), (.falseDiscovery, harmonic),
            ] {
                let adjusted = correction.adjusted(pValues)
                var rates = [1.0]
                for p in pValues { rates += (1...count).map { p * factor * Double(count) / Double($0) } }
                for index in 0..<count {
                    let least = rates.filter { isRejected(pValues, index, rate: $0, factor) }.min() ?? 1
                    #expect(abs(adjusted[index] - min(1, least)) <= 1e-12, "\(pValues)")
                }
            }
        }
    }

    @Test("Bonferroni's are the p-values times their number, and no p-values are none")
    func bonferroni() {
        #expect(DetectionCorrection.bonferroni.adjusted([0.01, 0.5, 0]) == [0.03, 1, 0])
        for correction in [DetectionCorrection.bonferroni, .holm, .falseDiscovery, .falseDiscoveryOfIndependent] {
            #expect(correction.adjusted([]).isEmpty && correction.adjusted([0.25]) == [0.25])
        }
    }

    @Test("over all outcomes of 24 reports, false detections are as rare as claimed, whichever values are held")
    func allOutcomes() throws {
        let declaration = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 2500), valueCount: 4, reportsAbsence: false)
        let oracle = try RandomizedResponse(configuration: .init(declared: declaration))
        let total = 24
        let tails = (0...total).map { count in
            BinomialDistribution(trialCount: total, probability: oracle.support.spurious).upperTail(from: count)
        }
        for holders in [[24, 0, 0, 0], [12, 12, 0, 0]] {
            var (anyOfBonferroni, anyOfHolm, fraction) = (0.0, 0.0, 0.0)
            forEachOutcome(oracle, holders: holders) { counts, probability in
                let pValues = counts.map { tails[$0] }
                func falseCount(_ correction: DetectionCorrection) -> (false: Int, all: Int) {
                    let detected = correction.adjusted(pValues).map { $0 <= 0.05 }
                    return (zip(detected, holders).count { $0 && $1 == 0 }, detected.count { $0 })
                }
                if falseCount(.bonferroni).false > 0 { anyOfBonferroni += probability }
                if falseCount(.holm).false > 0 { anyOfHolm += probability }
                let discovery = falseCount(.falseDiscovery)
                fraction += probability * Double(discovery.false) / Double(max(1, discovery.all))
            }
            #expect(anyOfBonferroni <= 0.05 && anyOfHolm <= 0.05 && fraction <= 0.05)
            #expect(anyOfHolm >= anyOfBonferroni && anyOfHolm > 0)
        }
    }

    private func isRejected(_ pValues: [Double], _ index: Int, rate: Double, _ factor: Double) -> Bool {
        let sorted = pValues.sorted(), count = Double(pValues.count)
        let limits = sorted.indices.map { rate * Double($0 + 1) / (count * factor) * (1 + 1e-12) }
        guard let last = sorted.indices.last(where: { sorted[$0] <= limits[$0] }) else { return false }
        return pValues[index] <= sorted[last]
    }

    /// Every count of reports by category and its probability: two multinomials, convolved.
    private func forEachOutcome(
        _ oracle: RandomizedResponse, holders: [Int], _ body: ([Int], Double) -> Void
    ) {
        let support = oracle.support
        var outcomes: [[Int]: Double] = [[0, 0, 0, 0]: 1]
        for (item, count) in holders.enumerated() {
            for _ in 0..<count {
                var next: [[Int]: Double] = [:]
                for (counts, probability) in outcomes where probability > 1e-14 {
                    for category in 0..<4 {
                        var counts = counts
                        counts[category] += 1
                        let factor = category == item ? support.truthful : support.spurious
                        next[counts, default: 0] += probability * factor
                    }
                }
                outcomes = next
            }
        }
        for (counts, probability) in outcomes { body(counts, probability) }
    }
}
