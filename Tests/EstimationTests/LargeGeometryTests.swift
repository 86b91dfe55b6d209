import Estimation
import Foundation
import Mechanisms
import Testing

@Suite("Projective geometry of 65,536 values at ε = 4", .enabled(if: isThorough), .serialized)
struct LargeGeometryTests {
    @Test("is counted as brute force does in at most 250 ms of one core", arguments: [(64, 4), (53, 4)])
    func decoding(order: Int32, dimension: Int32) throws {
        let simulation = try GeometrySimulation(
            items: 65_536, order: order, dimension: dimension,
            held: [(65_535, 60), (4161, 50), (4160, 50), (0, 40)])
        try simulation.expectBruteForce(of: [1, 63, 64, 2862, 2863, 5000, 40_000, 65_534])
        #expect(simulation.detected == [0, 4160, 4161, 65_535])
        let times = (0..<5).map { _ in
            let start = clock()
            _ = simulation.oracle.supportCounts(in: simulation.aggregate)
            return Double(clock() - start) / Double(CLOCKS_PER_SEC)
        }
        print("geometry: q \(order), t \(dimension): 65,536 values counted in \(times.map { Int($0 * 1e3) }) ms")
        #expect(try #require(times.min()) <= 0.25)
    }
}
