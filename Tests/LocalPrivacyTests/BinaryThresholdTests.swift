import LocalPrivacy
import TestSupport
import Testing

/// Against `thresholds/binary.txt`, which an independent script wrote: line i holds T for ε / parts = i / 2000.
@Suite("The coin's thresholds")
struct BinaryThresholdTests {
    @Test("equal those of an independent script for every ε, whole and shared by two bits")
    func everyThresholdEqualsTheFixture() async throws {
        let fixture = try Fixtures.lines("thresholds/binary.txt").dropFirst().map { UInt64($0, radix: 16) }
        try #require(fixture.count == 2 * Epsilon.allowedThousandths.upperBound)
        let breaches = try await withThrowingTaskGroup(of: [String].self) { group in
            for remainder in 0..<8 {
                group.addTask {
                    try Epsilon.allowedThousandths.filter { $0 % 8 == remainder }.flatMap { thousandths in
                        let epsilon = try Epsilon(thousandths: thousandths)
                        return [1, 2].compactMap { parts in
                            let expected = fixture[2 * thousandths / parts - 1]
                            let actual = Probability(flippingWithin: epsilon, parts: parts).numerator
                            return actual == expected ? nil : "ε \(epsilon) in \(parts): \(actual)"
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(breaches.isEmpty, "\(breaches.count) of 32,000 differ, such as \(breaches.first ?? "none")")
    }

    @Test("fall strictly as ε grows, and stay within (0, 2⁶³)")
    func thresholdsFall() throws {
        let thresholds = try stride(from: 1, through: 16_000, by: 97).map {
            Probability(flippingWithin: try Epsilon(thousandths: $0)).numerator
        }
        #expect(zip(thresholds, thresholds.dropFirst()).allSatisfy { $0 > $1 })
        #expect(thresholds.allSatisfy { $0 > 0 && $0 < 1 << 63 })
    }

    @Test("give each of 65,536 bits so small a share that it is almost a fair coin")
    func manyPartsAreAlmostFair() throws {
        let share = Probability(flippingWithin: try Epsilon(thousandths: 1), parts: 65_536).numerator
        // With x = 1 / 65,536,000, 2⁶⁴ / (1 + e^x) is 2⁶³ − 2⁶⁴·x / 4 = 2⁶³ − 70,368,744,177.664 up to 2⁶⁴·x³ / 48 < 10⁻⁵.
        #expect((UInt64(1) << 63) - share == 70_368_744_177)
    }
}
