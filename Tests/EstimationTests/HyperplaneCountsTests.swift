import Estimation
import LocalPrivacy
import Mechanisms
import SecureRandomness
import TestSupport
import Testing

@Suite("Reports on the hyperplanes of a projective space")
struct HyperplaneCountsTests {
    private struct Planes: Decodable {
        var order: Int, dimension: Int, counts: [Int], supports: [Int]
    }

    @Test("are counted by every method as an independent script does that goes through all points")
    func methodsAgree() throws {
        let all = try Fixtures.json("geometry/planes.json", as: [Planes].self)
        try #require(all.count >= 15)
        for planes in all {
            let geometry = try geometry(order: planes.order, dimension: planes.dimension)
            let name = "q \(planes.order), t \(planes.dimension)"
            for itemCount in [1, 2, planes.supports.count / 3 + 1, planes.supports.count] {
                let counts = HyperplaneCounts(geometry, itemCount: itemCount)
                let expected = Array(planes.supports.prefix(itemCount))
                #expect(counts.supports(planes.counts) == expected, "\(name), \(counts.shortestMethod)")
                for method in HyperplaneCounts.Method.allCases {
                    if method == .transform, !planes.order.isMultiple(of: 2) { continue }
                    #expect(counts.supports(planes.counts, by: method) == expected, "\(name), \(method)")
                }
            }
        }
    }

    @Test("are the same by transforms of 32 and of 64 bits, on both sides of where the first would overflow")
    func widths() throws {
        let geometry = try geometry(order: 16, dimension: 3)
        var noise = SeededNoise(seed: 0x6E0_1)
        let few = (0..<geometry.pointCount).map { _ in noise.index(below: 1000) }
        for scale in [1, 1 << 10, 1 << 11, 1 << 28] {
            let many = few.map { $0 * scale }
            let counts = HyperplaneCounts(geometry, itemCount: geometry.pointCount)
            #expect(counts.supports(many, by: .transform) == counts.supports(many, by: .enumeration), "times \(scale)")
        }
        // All reports in one point: the sums are as large as they get.
        for total in [Int(Int32.max) / 16, Int(Int32.max) / 16 + 1] {
            var one = [Int](repeating: 0, count: geometry.pointCount)
            one[272] = total
            let counts = HyperplaneCounts(geometry, itemCount: geometry.pointCount)
            #expect(counts.supports(one, by: .transform) == counts.supports(one, by: .enumeration), "\(total)")
        }
    }

    @Test("are the same by every method in larger spaces, of which a part of the points are items")
    func largerSpaces() throws {
        for (order, dimension, itemCount) in [
            (4, 6, 300), (8, 4, 200), (2, 10, 600), (11, 4, 150), (32, 3, 400), (64, 3, 4161), (13, 4, 2380),
            (9, 4, 820),
            (17, 4, 5200), (5, 6, 3000),
        ] {
            let geometry = try geometry(order: order, dimension: dimension)
            var noise = SeededNoise(seed: 0x6E0_2)
            let reports = (0..<geometry.pointCount).map { _ in noise.index(below: 100) }
            let counts = HyperplaneCounts(geometry, itemCount: itemCount)
            let expected = counts.supports(reports, by: .enumeration)
            #expect(counts.supports(reports, by: .partialSums) == expected, "q \(order), t \(dimension)")
            if order.isMultiple(of: 2) { #expect(counts.supports(reports, by: .transform) == expected, "q \(order)") }
        }
    }

    @Test("are found by the method of the fewest operations")
    func choice() throws {
        func method(_ order: Int, _ dimension: Int, _ itemCount: Int) throws -> HyperplaneCounts.Method {
            HyperplaneCounts(try geometry(order: order, dimension: dimension), itemCount: itemCount).shortestMethod
        }
        #expect(try method(64, 4, 65_536) == .transform)
        #expect(try method(53, 4, 65_536) == .partialSums)
        #expect(try method(401, 3, 65_536) == .enumeration)
        #expect(try method(53, 4, 100) == .enumeration)
        #expect(try method(2, 10, 3) == .transform)
        #expect(try method(64, 4, 100) == .enumeration)
        #expect(try method(64, 3, 4096) == .transform)
        #expect(try method(64, 3, 500) == .enumeration)
    }

    private func geometry(order: Int, dimension: Int) throws -> ProjectiveGeometry {
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 1000), domain: .items(2), reportsAbsence: false,
            parameters: [
                "field_order": DeclaredNumber(Int32(order)), "dimension": DeclaredNumber(Int32(dimension)),
            ])
        return try ProjectiveGeometryResponse(configuration: .init(declared: declared)).geometry
    }
}
