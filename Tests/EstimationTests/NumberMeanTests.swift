import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@Suite("Means from windows on a grid")
struct NumberMeanTests {
    @Test("are unbiased for every place, summed over all outputs")
    func unbiased() throws {
        for thousandths in [1, 500, 1000, 4000, 16_000] {
            for place in [0, 1, 12_345, 1 << 30, 1 << 31, 1 << 32 - 1, 1 << 32] as [UInt64] {
                for oracle in try oracles(thousandths, grid: 10) {
                    let (mean, variance) = try moments(oracle, place: place)
                    let scale = max(1, variance.squareRoot())
                    #expect(abs(mean - Double(place) * 0x1p-32) <= 1e-11 * scale, "\(oracle), \(thousandths), \(place)")
                }
            }
        }
    }

    @Test("have the published variances in the limit of a fine grid with the published window")
    func publishedVariances() throws {
        for thousandths in [700, 1000, 2000, 4000] {
            let e = exp(Double(thousandths) / 1000), s = exp(Double(thousandths) / 2000)
            let epsilon = try Epsilon(thousandths: thousandths)
            let piecewise = try Piecewise(
                configuration: .init(epsilon: epsilon, stepCount: 8192, width: Int((8192 / s).rounded())))
            let hybrid = try hybrid(thousandths, grid: 8192)
            for x in [-1, -0.5, 0, 0.25, 1] {
                let place = UInt64((x + 1) * 0x1p31)
                // For numbers from −1 to 1; places are half as far apart. Grids add a quarter of a step squared at most.
                let published = x * x / (s - 1) + (s + 3) / (3 * (s - 1) * (s - 1))
                let measured = 4 * (try moments(piecewise, place: place).variance)
                #expect(abs(measured / published - 1) < 2e-3, "\(thousandths), \(x): \(measured), \(published)")
                let mixed = (s + 3) / (3 * s * (s - 1)) + (e + 1) * (e + 1) / (s * (e - 1) * (e - 1))
                let both = 4 * (try moments(hybrid, place: place).variance)
                #expect(abs(both / mixed - 1) < 2e-3, "\(thousandths), \(x): \(both), \(mixed)")
            }
        }
    }

    @Test("have with the window that a registry gets a greatest variance below that of the published one")
    func leastWorstVariance() throws {
        for (thousandths, gain) in [(500, 0.995), (1000, 0.98), (2000, 0.9), (4000, 0.7), (8000, 0.4)] {
            let epsilon = try Epsilon(thousandths: thousandths)
            let least = try piecewise(thousandths, grid: 256)
            let width = max(1, Int((256 / exp(Double(thousandths) / 2000)).rounded()))
            let published = try Piecewise(configuration: .init(epsilon: epsilon, stepCount: 256, width: width))
            func greatest(_ oracle: Piecewise) throws -> Double {
                try [0, 1 << 30, 1 << 31].map { try moments(oracle, place: $0).variance }.max() ?? 0
            }
            #expect(try greatest(least) < gain * greatest(published), "\(thousandths)")
        }
    }

    @Test("have the standard error that the noise has about the very numbers, whatever their spread")
    func standardErrors() throws {
        let total = 1 << 40
        for thousandths in [700, 2000, 6000] {
            for places in [[0.5], [0, 1], [0.1, 0.2, 0.9, 0.95], [0, 0, 0, 1]] as [[Double]] {
                for oracle in try oracles(thousandths, grid: 64) {
                    let chances = try places.map { try shares(oracle, place: UInt64($0 * 0x1p32)) }
                    let counts = chances[0].indices.map { output in
                        Int(chances.reduce(0) { $0 + $1[output] } / Double(places.count) * Double(total))
                    }
                    let variance =
                        try places.map { try moments(oracle, place: UInt64($0 * 0x1p32)).variance }
                        .reduce(0, +) / Double(places.count)
                    let estimate = try self.estimate(oracle, counts: counts)
                    let ratio = estimate.standardError / (variance / Double(total)).squareRoot()
                    #expect((0.9999...1.01).contains(ratio), "\(oracle), \(thousandths), \(places): \(ratio)")
                    let truth = places.reduce(0, +) / Double(places.count)
                    #expect(abs(estimate.mean - truth) < 1e-6)
                }
            }
        }
    }

    @Test("have the variance that is told beforehand, which is greatest at an end or in the middle")
    func foretold() throws {
        for thousandths in [300, 700, 2000, 6000] {
            for oracle in try oracles(thousandths, grid: 64) {
                let foretelling = try #require(oracle as? any MeanVariance)
                for place in stride(from: 0, through: 1, by: 0.125) {
                    let ratio =
                        foretelling.variance(at: place)
                        / (try moments(oracle, place: UInt64(place * 0x1p32)).variance)
                    // These places are points of the grid, to which nothing is rounded: 1.4 % at most, at ε = 6.
                    #expect((1 - 1e-9...1.02).contains(ratio), "\(oracle), \(thousandths), \(place): \(ratio)")
                    #expect(foretelling.variance(at: place) <= foretelling.greatestVariance)
                }
            }
        }
        let bit = try OneBitMean(
            configuration: .init(
                epsilonThousandths: 610, lieThreshold: try hybrid(610, grid: 8).bit.configuration.lieThreshold))
        #expect(bit.greatestVariance == (try hybrid(610, grid: 8)).greatestVariance)
    }

    @Test("have intervals that cover, by the exact distribution of few outputs, however few the reports")
    func exactCoverage() throws {
        for (thousandths, total) in [(1000, 1), (1000, 12), (3000, 30), (8000, 30)] {
            let oracle = try piecewise(thousandths, grid: 2)
            try #require(oracle.shape <= 4)
            for places in [[0], [0.5], [0, 1], [0.25, 0.4, 1]] as [[Double]] {
                let devices = try (0..<total).map {
                    try shares(oracle, place: UInt64(places[$0 % places.count] * 0x1p32))
                }
                let truth = (0..<total).reduce(0) { $0 + places[$1 % places.count] } / Double(total)
                let coverage = try ExactCounts(devices).probability {
                    try estimate(oracle, counts: $0).interval.contains(truth)
                }
                #expect(coverage >= 0.95, "\(thousandths), \(total), \(places): \(coverage)")
            }
        }
    }

    @Test("have intervals that cover as often as they claim where the normal distribution makes them")
    func normalCoverage() throws {
        for oracle in try oracles(2000, grid: 16) {
            let places = [0.02, 0.1, 0.1, 0.3, 0.9]
            let chances = try places.map { try shares(oracle, place: UInt64($0 * 0x1p32)) }
            var sampler = OutputSampler(chances, seed: 0x5eed_0701)
            let truth = places.reduce(0, +) / 5
            var missed = 0
            for _ in 0..<400 {
                let estimate = try estimate(oracle, counts: sampler.counts(devicesOfEach: 1000))
                missed += estimate.interval.contains(truth) ? 0 : 1
            }
            #expect(
                BinomialTest(comparisons: 2).accepts(successes: missed, of: 400, probability: 0.05),
                "\(oracle): \(missed)")
        }
    }

    @Test(
        "cover in 94 to 96 % by the exact distribution where the normal distribution makes them, and before that at least 95 %"
    )
    func exactZones() throws {
        let oracle = try piecewise(2000, grid: 2)
        try #require(oracle.shape == 3)
        // In the middle between two points, where rounding is as much as the standard error counts.
        let chances = try shares(oracle, place: 1 << 30)
        for (total, isNormal) in [(20, false), (40, false), (240, true), (280, true)] {
            var (coverage, normal) = (0.0, 0.0)
            for first in 0...total {
                for second in 0...total - first {
                    let counts = [first, second, total - first - second]
                    let weight = zip(counts, chances).reduce(lgamma(Double(total + 1))) {
                        $0 + Double($1.0) * log($1.1) - lgamma(Double($1.0 + 1))
                    }
                    guard weight > -30 else { continue }
                    let estimate = try estimate(oracle, counts: counts)
                    if estimate.interval.contains(0.25) { coverage += exp(weight) }
                    if halfWidthRatio(estimate) < 1.000001 { normal += exp(weight) }
                }
            }
            let claimed = isNormal ? 0.94...0.96 : 0.95...1
            #expect(claimed.contains(coverage), "\(total): \(coverage)")
            #expect(isNormal ? normal > 0.9999 : normal < 0.0001, "\(total): \(normal)")
        }
    }

    @Test(
        "are those of the normal distribution from a seventh of the devices that their range would ask for, and cover")
    func normalZone() throws {
        for oracle in try oracles(6000, grid: 256) {
            let places = [0.02, 0.1, 0.1, 0.3, 0.9]
            var sampler = OutputSampler(
                try places.map { try shares(oracle, place: UInt64($0 * 0x1p32)) }, seed: 0x5eed_0704)
            let truth = places.reduce(0, +) / 5
            var (missed, widest) = (0, 0.0)
            for _ in 0..<300 {
                let estimate = try estimate(oracle, counts: sampler.counts(devicesOfEach: 800))
                missed += estimate.interval.contains(truth) ? 0 : 1
                widest = max(widest, halfWidthRatio(estimate))
            }
            #expect(widest < 1.000001, "\(oracle): \(widest)")
            #expect(
                BinomialTest(comparisons: 2).accepts(successes: missed, of: 300, probability: 0.05),
                "\(oracle): \(missed)")
        }
    }

    /// Half the interval in units of that of the normal distribution.
    private func halfWidthRatio(_ estimate: MeanEstimate) -> Double {
        (estimate.interval.upperBound - estimate.interval.lowerBound) / (2 * 1.959963984540054 * estimate.standardError)
    }

    @Test("of the hybrid at ε of up to 0.61 are those of one bit, and of no reports there are none")
    func bitsAlone() throws {
        let hybrid = try hybrid(610, grid: 8)
        let bit = try OneBitMean(
            configuration: .init(epsilonThousandths: 610, lieThreshold: hybrid.configuration.lieThreshold))
        for counts in [[3, 4], [0, 7], [400_000, 600_000]] {
            #expect(try estimate(hybrid, counts: counts) == estimate(bit, counts: counts))
        }
        for oracle in try oracles(1000, grid: 8) {
            #expect(emptyMean(oracle) == nil)
        }
    }

    private func emptyMean<Oracle: MeanOracle>(_ oracle: Oracle) -> MeanEstimate? {
        let none = PooledReports(oracle.makeAggregate(of: Fingerprint(value: 1)), on: UTCDay(containing: 0))
        return oracle.meanPlace(from: none, confidence: .standard)
    }

    private func declaration(_ thousandths: Int, grid: Int) throws -> MechanismDeclaration {
        MechanismDeclaration(
            epsilon: try Epsilon(thousandths: thousandths), domain: .range, reportsAbsence: false,
            parameters: ["grid": DeclaredNumber(Int32(grid))])
    }

    private func piecewise(_ thousandths: Int, grid: Int) throws -> Piecewise {
        try Piecewise(configuration: .init(declared: try declaration(thousandths, grid: grid)))
    }

    private func hybrid(_ thousandths: Int, grid: Int) throws -> Hybrid {
        try Hybrid(configuration: .init(declared: try declaration(thousandths, grid: grid)))
    }

    private func oracles(_ thousandths: Int, grid: Int) throws -> [any MeanOracle] {
        [try piecewise(thousandths, grid: grid), try hybrid(thousandths, grid: grid)]
    }

    /// The probability of every output, from the integers and the definition.
    private func shares(_ oracle: any MeanOracle, place: UInt64) throws -> [Double] {
        if let piecewise = oracle as? Piecewise { return shares(piecewise.grid, place: place) }
        let hybrid = try #require(oracle as? Hybrid)
        let ones = Double(hybrid.bit.onesNumerator(of: place)) * 0x1p-64
        let picked = Double(hybrid.configuration.piecewiseThreshold) * 0x1p-64
        guard picked > 0 else { return [1 - ones, ones] }
        return [(1 - picked) * (1 - ones), (1 - picked) * ones] + shares(hybrid.grid, place: place).map { picked * $0 }
    }

    private func shares(_ grid: GridWindow, place: UInt64) -> [Double] {
        let position = Double(place) * 0x1p-32 * Double(grid.stepCount)
        let point = Int(position), beyond = position - Double(point)
        let outside = Double(grid.window.outsideThreshold) * 0x1p-64
        return (0..<grid.window.outputCount).map { output in
            func probability(_ point: Int) -> Double {
                (point..<point + grid.window.width).contains(output)
                    ? (1 - outside) / Double(grid.window.width) : outside / Double(grid.stepCount)
            }
            return (1 - beyond) * probability(point) + (beyond > 0 ? beyond * probability(point + 1) : 0)
        }
    }

    /// The mean and the variance of the estimate from one report about a place.
    private func moments(_ oracle: any MeanOracle, place: UInt64) throws -> (mean: Double, variance: Double) {
        let shares = try shares(oracle, place: place)
        // A score is affine in the output, so two tell it; bits have scores of their own.
        let (first, bits) = oracle is Hybrid ? (2, 2) : (0, 0)
        func score(_ output: Int) throws -> Double {
            try estimate(oracle, counts: shares.indices.map { $0 == output ? 1 : 0 }).mean
        }
        var scores = try (0..<min(bits, shares.count)).map(score)
        if shares.count > bits {
            let (low, high) = (try score(first), try score(shares.count - 1))
            let step = (high - low) / Double(shares.count - 1 - first)
            scores += (first..<shares.count).map { low + step * Double($0 - first) }
        }
        let mean = zip(shares, scores).reduce(0) { $0 + $1.0 * $1.1 }
        return (mean, zip(shares, scores).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) })
    }

    private func estimate(_ oracle: any MeanOracle, counts: [Int]) throws -> MeanEstimate {
        func mean<Oracle: MeanOracle>(_ oracle: Oracle) throws -> MeanEstimate {
            let aggregate = try #require(
                try SupportCounts(of: Fingerprint(value: 1), counts: counts) as? Oracle.Aggregate)
            let reports = PooledReports(aggregate, on: UTCDay(containing: 0))
            return try #require(oracle.meanPlace(from: reports, confidence: .standard))
        }
        return try mean(oracle)
    }
}
