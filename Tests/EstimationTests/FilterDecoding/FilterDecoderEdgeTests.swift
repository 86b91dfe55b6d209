import TestSupport
import Testing

@testable import Estimation

@Suite("No counts are too odd to decode")
struct FilterDecoderEdgeTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var bits: Int, hashes: Int, cohorts: Int, candidates: Int
        var testDescription: String { "k \(bits), h \(hashes), m \(cohorts), \(candidates) candidates" }
    }

    static let shapes = [
        Shape(bits: 1, hashes: 1, cohorts: 1, candidates: 1), Shape(bits: 1, hashes: 2, cohorts: 300, candidates: 3),
        Shape(bits: 8, hashes: 1, cohorts: 1, candidates: 1), Shape(bits: 8, hashes: 2, cohorts: 3, candidates: 60),
        Shape(bits: 2, hashes: 40, cohorts: 128, candidates: 3), Shape(bits: 2, hashes: 9, cohorts: 128, candidates: 9),
        Shape(bits: 32, hashes: 2, cohorts: 8, candidates: 1), Shape(bits: 32, hashes: 2, cohorts: 8, candidates: 230),
    ]

    private static func expectSound(_ decoding: FilterDecoding, count: Int, _ comment: Comment) {
        let isSound = decoding.shares.allSatisfy { share in
            guard share.interval.lowerBound >= 0, share.interval.upperBound <= 1 else { return false }
            guard share.standardError.isFinite else {
                return share.share.isNaN && !share.isDetected && share.pValue == 1
            }
            return share.interval.contains(share.share) && share.unbiased.isFinite && share.standardError > 0
                && (0...1).contains(share.pValue)
        }
        #expect(isSound && decoding.shares.count == count, comment)
        #expect(decoding.smallestDetectableShare >= 0 && decoding.smallestDetectableShare <= 1, comment)
        #expect(!decoding.isInsufficient || !decoding.shares.contains { $0.isDetected }, comment)
    }

    private static func count(_ row: Int, of size: Int, _ fill: Int) -> Int {
        switch fill {
        case 0: 0
        case 1: size
        case 2: size / 2
        default: row % 7 == 0 ? size : 0
        }
    }

    private static let noises: [(clear: Double, set: Double)] = [
        (0, 1), (0.25, 0.75), (1, 0), (0, 1e-200), (0.5, 0.5 + 1e-12), (0, 1e-15),
    ]

    @Test("few reports and many, none set and all, with every noise", arguments: shapes)
    func counts(_ shape: Shape) throws {
        var noise = SeededNoise(seed: 0xED6E)
        // Six combinations, or all.
        for turn in 0..<(isThorough ? 72 : 6) {
            let size = [1, 1_000, 1 << 58][turn % 3], fill = turn % 4
            let (clear, set) = Self.noises[(turn + turn / 12) % Self.noises.count]
            let sizes = (0..<shape.cohorts).map { $0 % 3 == 1 && size > 3 ? size / 1_000 : size }
            let example = FilterExample(
                bits: shape.bits, hashes: shape.hashes, cohortSizes: sizes, candidates: shape.candidates, noise: &noise)
            var setCounts: [Int] = []
            for row in 0..<shape.bits * shape.cohorts {
                setCounts.append(Self.count(row, of: sizes[row / shape.bits], fill))
            }
            let counts = FilterCounts(
                bitCount: shape.bits, cohortSizes: sizes, setCounts: setCounts, clear: clear, set: set)
            let decoding = try FilterDecoder().decode(counts, design: example.design)
            Self.expectSound(decoding, count: shape.candidates, "N \(size), p* \(clear), q* \(set), fill \(fill)")
        }
    }

    @Test("all candidates equal are one group, and nothing more is said of them", arguments: [3, 20])
    func equal(_ cohorts: Int) throws {
        let text = (0..<Int32(cohorts)).flatMap { cohort -> [Int32] in [cohort * 16, cohort * 16 + 5] }
        let example = FilterExample(
            bits: 16, hashes: 2, cohortSizes: [Int](repeating: 5_000, count: cohorts),
            texts: [[Int32]](repeating: text, count: 5))
        let counts = example.expectedCounts(shares: [1], clear: 0.25, set: 0.75)
        let decoding = try FilterDecoder().decode(counts, design: example.design)
        Self.expectSound(decoding, count: 5, "all equal")
        #expect(decoding.indistinguishable == [[0, 1, 2, 3, 4]] && abs(decoding.unknownShare) < 0.01)
    }

    @Test("no candidates, or no reports, is insufficient and no failure")
    func nothing() throws {
        var noise = SeededNoise(seed: 0xED6F)
        for (sizes, candidates) in [([100, 100], 0), ([0, 0], 4)] {
            let example = FilterExample(bits: 8, hashes: 2, cohortSizes: sizes, candidates: candidates, noise: &noise)
            let counts = example.expectedCounts(shares: [], clear: 0.25, set: 0.75)
            let decoding = try FilterDecoder().decode(counts, design: example.design)
            Self.expectSound(decoding, count: candidates, "nothing")
            #expect(decoding.isInsufficient && decoding.shares.allSatisfy { $0.interval == 0...1 })
        }
    }

    @Test("any correction, alpha and confidence decide")
    func choices() throws {
        var noise = SeededNoise(seed: 0xED70)
        let example = FilterExample(
            bits: 32, hashes: 2, cohortSizes: [Int](repeating: 4_000, count: 4), candidates: 30, noise: &noise)
        let counts = example.simulatedCounts(shares: [0.4, 0.1], noise: &noise)
        for correction in FilterCorrection.allCases {
            for alpha in [Double.leastNonzeroMagnitude, 1e-100, 0.05, 0.5, 1 - 1e-16] {
                for level in [1e-300, 0.95, 1 - 1e-16] {
                    let confidence = try #require(ConfidenceLevel(level))
                    let decoder = FilterDecoder(correction: correction, alpha: alpha, confidence: confidence)
                    let decoding = try decoder.decode(counts, design: example.design)
                    Self.expectSound(decoding, count: 30, "\(correction), α \(alpha), \(level)")
                }
            }
        }
    }

    @Test("more candidates than a matrix can hold are refused where there is one cohort")
    func tooMany() throws {
        let texts = (0...DenseShares.countLimit).map { [Int32($0)] }
        let example = FilterExample(bits: 8_192, hashes: 1, cohortSizes: [10], texts: texts)
        let counts = example.expectedCounts(shares: [], clear: 0.25, set: 0.75)
        #expect(throws: EstimationError.tooManyCandidates(count: example.candidateCount, limit: DenseShares.countLimit))
        {
            try FilterDecoder().decode(counts, design: example.design)
        }
    }
}
