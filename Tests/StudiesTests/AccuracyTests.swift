import Testing

@testable import Studies

@Suite("The table of accuracy")
struct AccuracyTests {
    @Test("spreads all devices over the values, by rank or alike")
    func spreads() {
        #expect(AccuracyCell.Spread.uniform.holders(of: 10, valueCount: 4) == [3, 3, 2, 2])
        #expect(AccuracyCell.Spread.zipf.holders(of: 11, valueCount: 3) == [6, 3, 2])
        #expect(AccuracyCell.Spread.zipf.holders(of: 20_000, valueCount: 1024).reduce(0, +) == 20_000)
    }

    @Test("has a cell for each of four ε, two spreads and the numbers of values, of every mechanism that counts values")
    func cells() {
        let cells = AccuracyCell.all()
        let titles = Set(cells.map(\.title))
        let memoized = titles.count { $0.hasSuffix(" (memoized)") }
        #expect(cells.count == 16 * titles.count - 8 * memoized)
        #expect(titles.isSuperset(of: ["randomized_response", "randomized_response (memoized)", "count_mean_sketch"]))
        for cell in cells { #expect(cell.runCount * cell.valueCount >= 10_000) }
    }

    @Test("bands are narrow, hold 1, and are wider where one value has nearly all of the variance")
    func bands() {
        let even = AccuracyTable.band(variances: [Double](repeating: 2, count: 16), runCount: 625, cellCount: 160)
        #expect(even.contains(1) && even.lowerBound > 0.9 && even.upperBound < 1.1)
        let uneven = AccuracyTable.band(
            variances: [100] + [Double](repeating: 0.01, count: 15), runCount: 625, cellCount: 160)
        #expect(uneven.upperBound > even.upperBound && uneven.lowerBound < even.lowerBound)
    }
}
