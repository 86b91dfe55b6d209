import SecureRandomness
import TestSupport
import Testing

@Suite("Shuffling")
struct ShuffleTests {
    private static let orders = ["abc", "acb", "bac", "bca", "cab", "cba"]
    private static let trials = 60_000

    private static func counts(of shuffle: (inout [String]) throws -> Void) rethrows -> [Int] {
        var counts: [String: Int] = [:]
        for _ in 0..<trials {
            var elements = ["a", "b", "c"]
            try shuffle(&elements)
            counts[elements.joined(), default: 0] += 1
        }
        return orders.map { counts[$0, default: 0] }
    }

    private static func breach(_ counts: [Int]) -> String? {
        BinomialTest(comparisons: orders.count).worstBreach(
            counts: counts, probabilities: [Double](repeating: 1.0 / 6, count: orders.count))
    }

    @Test("gives each of the six orders of three elements equally often")
    func ordersAreUniform() throws {
        let counts = try Self.counts { try shuffle(&$0) }
        #expect(Self.breach(counts) == nil)
    }

    @Test("is told from the faulty one that swaps each place with any other (5 in 27 instead of 1 in 6)")
    func theClassicFaultIsCaught() {
        var noise = SeededNoise(seed: 0x5eed_0014)
        let counts = Self.counts { elements in
            for index in elements.indices { elements.swapAt(index, noise.index(below: elements.count)) }
        }
        #expect(Self.breach(counts) != nil)
    }

    @Test("keeps every element, and leaves none and one alone", arguments: [0, 1, 2, 9, 1000])
    func elementsAreKept(count: Int) throws {
        var elements = Array(0..<count)
        try shuffle(&elements)
        #expect(elements.sorted() == Array(0..<count))
    }

    @Test("indices stay below their bound and reach both ends")
    func indicesStayWithinTheirBound() {
        var noise = SeededNoise(seed: 0x5eed_0015)
        for bound in [1, 2, 3, 1000] {
            let indices = (0..<20 * bound + 200).map { _ in noise.index(below: bound) }
            #expect(indices.allSatisfy { (0..<bound).contains($0) })
            #expect(indices.min() == 0 && indices.max() == bound - 1)
        }
        var extremes = ListedNoise([0, .max])
        #expect(extremes.index(below: 7) == 0)
        #expect(extremes.index(below: 7) == 6)
    }
}
