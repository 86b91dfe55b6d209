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
        "under all seeds, every three items have every three elements equally often, and two meet as often as is said")
    func hashesAreIndependent() throws {
        for (items, range, seedBits) in [(4, 4, 6), (4, 3, 6), (8, 8, 9), (8, 3, 9)] {
            let hash = try oracle(items: items, range: range, seedBits: seedBits).hash
            let seeds = 0..<UInt64(1) << UInt64(seedBits), elements = 1 << hash.elementBitCount
            let values = (0..<items).map { item in seeds.map { hash.value(of: item, seed: $0) } }
            for first in 0..<items {
                for second in 0..<first {
                    let meetings = UInt64(zip(values[first], values[second]).count { $0 == $1 })
                    #expect(
                        meetings * UInt64(elements * elements) == hash.collisionNumerator * UInt64(seeds.count),
                        "\(first) and \(second) of \(items), \(range) values")
                    // Where every element has a value of its own, three items' are all different triples.
                    guard range == elements else { continue }
                    for third in 0..<second {
                        let triples = seeds.indices.map { place in
                            [first, second, third].map { values[$0][Int(place)] }
                        }
                        #expect(Set(triples).count == seeds.count, "\(first), \(second) and \(third)")
                    }
                }
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
            (1, 4, 63, "categoryCountOutOfRange"), (65_537, 4, 63, "categoryCountOutOfRange"),
            (8, 1, 63, "countOutOfRange"), (8, 65_537, 63, "countOutOfRange"), (8, 4, 64, "countOutOfRange"),
            (8, 4, 62, "countOutOfRange"), (8, 4, 0, "countOutOfRange"), (8, 3, 6, "countOutOfRange"),
            (8, 9, 9, "countOutOfRange"),
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
