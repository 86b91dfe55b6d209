/// Counts of measurements by size, as Prometheus wants them. Adding to one allocates nothing.
package struct Histogram: Sendable {
    /// The upper ends of the ranges, rising; the last range, above all of them, has none.
    package let bounds: [Double]
    /// How many measurements each range has, and the last one.
    package private(set) var counts: [Int]
    package private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// Up to 10 seconds, from half a millisecond: a commit on a fast disk, and one that an operator should hear of.
    static var durationsInSeconds: Histogram {
        Histogram(bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
    }

    /// Up to the largest batch, from a batch of one report.
    static var bodySizesInBytes: Histogram {
        Histogram(bounds: [512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144])
    }

    mutating func add(_ measurement: Double) {
        counts[bounds.firstIndex { measurement <= $0 } ?? bounds.count] += 1
        sum += measurement
    }
}
