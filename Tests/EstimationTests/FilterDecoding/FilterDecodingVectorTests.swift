import TestSupport
import Testing

@testable import Estimation

@Suite("The decoder of filters agrees with an independent one")
struct FilterDecodingVectorTests {
    struct Vector: Decodable {
        var name: String
        var bitCount: Int, hashCount: Int
        var cohortSizes: [Int], setCounts: [Int]
        var clear: Double, set: Double
        var rows: [[Int32]]
        var shares: [Share]
        var unknownShare: Double, smallestDetectableShare: Double, dispersion: Double, misfitDeviations: Double
        var isRobust: Bool
        var iterationCount: Int

        struct Share: Decodable {
            var unbiased: Double, standardError: Double, pValue: Double, low: Double, high: Double, share: Double
            var isDetected: Bool
        }

        var decoding: FilterDecoding {
            get throws {
                let example = FilterExample(bits: bitCount, hashes: hashCount, cohortSizes: cohortSizes, texts: rows)
                let counts = FilterCounts(
                    bitCount: bitCount, cohortSizes: cohortSizes, setCounts: setCounts, clear: clear, set: set)
                return try FilterDecoder().decode(counts, design: example.design)
            }
        }
    }

    @Test(
        "message passing, the refinement and the intervals come to the same numbers, with light missing strings and heavy"
    )
    func vectors() throws {
        let vectors = try Fixtures.json("filters/decoding.json", as: [Vector].self)
        #expect(vectors.map(\.isRobust) == [false, true])
        for vector in vectors {
            let decoding = try vector.decoding, tolerance = 1e-7
            #expect(decoding.backgroundIsRobust == vector.isRobust)
            #expect(decoding.iterationCount == vector.iterationCount)
            #expect(decoding.indistinguishable.isEmpty && !decoding.isInsufficient)
            #expect(isNear(decoding.unknownShare, vector.unknownShare, tolerance, of: 1))
            #expect(isNear(decoding.smallestDetectableShare, vector.smallestDetectableShare, tolerance))
            #expect(isNear(decoding.dispersion, vector.dispersion, tolerance))
            #expect(isNear(decoding.misfitDeviations, vector.misfitDeviations, tolerance, of: 1))
            #expect(decoding.isMisfit == (vector.misfitDeviations > 3))
            for (candidate, (found, expected)) in zip(decoding.shares, vector.shares).enumerated() {
                // Shares are compared on the scale of their standard errors, and these as they are.
                let error = expected.standardError
                let isEqual =
                    isNear(found.unbiased, expected.unbiased, tolerance, of: error)
                    && isNear(found.share, expected.share, tolerance, of: error)
                    && isNear(found.interval.lowerBound, expected.low, tolerance, of: error)
                    && isNear(found.interval.upperBound, expected.high, tolerance, of: error)
                    && isNear(found.standardError, error, tolerance)
                    && isNear(found.pValue, expected.pValue, 1e-5) && found.isDetected == expected.isDetected
                #expect(isEqual, "\(vector.name), candidate \(candidate): \(found), \(expected)")
            }
        }
    }
}
