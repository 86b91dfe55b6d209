import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Frequency oracles' shapes and hashes")
struct OracleShapeTests {
    @Test("a subset's payload is refused unless it has as many items as the mechanism names")
    func subsetsHaveTheirSize() {
        let shape = SubsetReport.Shape(itemCount: 10, subsetSize: 3)
        func error(_ bytes: [UInt8]) -> ReportError? {
            do throws(ReportError) { _ = try SubsetReport(decoding: bytes.span, shape: shape) } catch { return error }
            return nil
        }
        #expect(error([0b1000_0001, 0b10]) == nil)
        for bytes: [UInt8] in [[0, 0], [0b1000_0001, 0], [0b1000_0001, 0b11], [0b11, 0b100]] {
            #expect(error(bytes) == .valueOutOfRange, "\(bytes)")
        }
        #expect(error([7]) == .wrongByteCount(actual: 1, expected: 2))
    }

    @Test("a hashed report's payload is refused for a value or seed bits that there are not")
    func hashedReportsAreChecked() {
        func error(_ bytes: [UInt8], _ seedBitCount: Int) -> ReportError? {
            let shape = HashedReport.Shape(seedBitCount: seedBitCount, valueCount: 5)
            do throws(ReportError) { _ = try HashedReport(decoding: bytes.span, shape: shape) } catch { return error }
            return nil
        }
        #expect(error([63, 0, 0, 0, 0, 0, 0, 0, 4], 6) == nil)
        #expect(error([64, 0, 0, 0, 0, 0, 0, 0, 4], 6) == .valueOutOfRange)
        #expect(error([0, 0, 0, 0, 0, 0, 0, 0, 5], 6) == .valueOutOfRange)
        #expect(error([255, 255, 255, 255, 255, 255, 255, 255, 4], 64) == nil)
        #expect(error([0], 64) == .wrongByteCount(actual: 1, expected: 9))
    }

    @Test(
        "every two items meet under exactly as many seeds as the collision numerator says, and no more often together")
    func hashesArePairwiseIndependent() throws {
        for (items, range, seedBits) in [(4, 2, 6), (4, 3, 6), (5, 3, 8), (8, 4, 8), (3, 5, 8), (2, 3, 8)] {
            let hash = try oracle(items: items, range: range, seedBits: seedBits).hash
            let seeds = 0..<UInt64(1) << UInt64(seedBits)
            let pairs = UInt64(1) << UInt64(2 * hash.bucketBitCount)
            for first in 0..<items {
                for second in 0..<first {
                    let meetings = seeds.count { hash.value(of: first, seed: $0) == hash.value(of: second, seed: $0) }
                    #expect(
                        UInt64(meetings) * pairs == hash.collisionNumerator * UInt64(seeds.count),
                        "\(first) and \(second) of \(items), \(range) values")
                }
            }
        }
    }

    @Test("a hash value's buckets are those that the function sends to it")
    func bucketsAreOfTheirValue() throws {
        for (items, range) in [(2, 2), (16, 7), (1000, 3), (65_536, 65_536), (65_536, 1000)] {
            let hash = try oracle(items: items, range: range, seedBits: 64).hash
            var noise = SeededNoise(seed: 0x5eed_0601)
            for _ in 0..<200 {
                let (seed, item) = (noise.next(), noise.index(below: items))
                let value = hash.value(of: item, seed: seed)
                let word = UInt32(truncatingIfNeeded: seed) &* UInt32(item) &+ UInt32(seed >> 32)
                let bucket = UInt64(word) >> UInt64(hash.shift)
                #expect(
                    (hash.firstBucket(of: value)..<hash.firstBucket(of: value + 1)).contains(bucket),
                    "\(item) of \(items), \(range) values")
            }
        }
    }

    @Test("refuse shapes that a compiled set must not hold, whoever wrote it")
    func shapesAreChecked() throws {
        func name(_ make: () throws(ParameterError) -> Void) -> String? {
            do throws(ParameterError) { try make() } catch { return error.name }
            return nil
        }
        for (items, size, expected) in [
            (1, 1, "categoryCountOutOfRange"), (65_537, 4, "categoryCountOutOfRange"), (8, 0, "countOutOfRange"),
            (8, 8, "countOutOfRange"), (8, -1, "countOutOfRange"),
        ] {
            let configuration = SubsetSelection.Configuration(
                itemCount: items, subsetSize: size, reportsAbsence: false, epsilonThousandths: 1000,
                lieThreshold: 1 << 63)
            #expect(
                name { () throws(ParameterError) in _ = try SubsetSelection(configuration: configuration) } == expected)
        }
        for (items, range, seedBits, expected) in [
            (1, 4, 64, "categoryCountOutOfRange"), (65_537, 4, 64, "categoryCountOutOfRange"),
            (8, 1, 64, "countOutOfRange"), (8, 65_537, 64, "countOutOfRange"), (8, 4, 63, "countOutOfRange"),
            (8, 4, 66, "countOutOfRange"), (8, 4, 0, "countOutOfRange"), (8, 3, 6, "countOutOfRange"),
        ] {
            #expect(
                name { () throws(ParameterError) in
                    let configuration = OptimizedLocalHashing.Configuration(
                        itemCount: items, hashRange: range, reportsAbsence: false, epsilonThousandths: 1000,
                        lieThreshold: 1 << 63, seedBitCount: seedBits)
                    _ = try OptimizedLocalHashing(configuration: configuration)
                } == expected, "\(items), \(range), \(seedBits)")
        }
        for items in [1, 65_537] {
            let noise = UnaryNoise(
                itemCount: items, reportsAbsence: false, epsilonThousandths: 1000, clearThreshold: 1 << 62)
            #expect(
                name { () throws(ParameterError) in
                    _ = try SymmetricUnaryEncoding(configuration: .init(noise: noise))
                } == "categoryCountOutOfRange")
            #expect(
                name { () throws(ParameterError) in
                    _ = try OptimizedUnaryEncoding(configuration: .init(noise: noise))
                } == "categoryCountOutOfRange")
        }
        for items in [1, 1 << 20] {
            let configuration = HadamardResponse.Configuration(
                itemCount: items, reportsAbsence: false, epsilonThousandths: 1000, lieThreshold: 1 << 62)
            #expect(
                name { () throws(ParameterError) in _ = try HadamardResponse(configuration: configuration) }
                    == "categoryCountOutOfRange")
        }
    }

    private func oracle(items: Int, range: Int32, seedBits: Int32) throws -> OptimizedLocalHashing {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), domain: .items(items), reportsAbsence: false,
            parameters: ["hash_range": DeclaredNumber(range), "seed_bits": DeclaredNumber(seedBits)])
        return try OptimizedLocalHashing(configuration: .init(declared: declared))
    }

    private func oracle(items: Int, range: Int, seedBits: Int) throws -> OptimizedLocalHashing {
        try oracle(items: items, range: Int32(range), seedBits: Int32(seedBits))
    }
}
