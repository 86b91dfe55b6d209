internal import Foundation

/// Round figures along a scale.
enum Ticks {
    /// Multiples of 1, 2 or 5 times a power of ten, at most so many.
    static func linear(_ range: ClosedRange<Double>, limit: Int) -> [Double] {
        let span = range.upperBound - range.lowerBound
        guard span > 0, span.isFinite, limit > 0 else { return [] }
        let power = pow(10, (log10(span / Double(limit))).rounded(.down))
        guard power.isNormal, let factor = [1.0, 2, 5, 10].first(where: { span / ($0 * power) < Double(limit) }) else {
            return []
        }
        let step = factor * power
        let first = (range.lowerBound / step).rounded(.up), last = (range.upperBound / step).rounded(.down)
        guard first.magnitude < 1e15, last >= first else { return [] }
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    /// Powers of ten, and also 2 and 5 times them where they are so many at most.
    static func logarithmic(_ range: ClosedRange<Double>, limit: Int) -> [Double] {
        guard range.lowerBound > 0, range.upperBound.isFinite else { return [] }
        let decades = log10(range.upperBound / range.lowerBound)
        let (first, last) = (Int(log10(range.lowerBound).rounded(.down)), Int(log10(range.upperBound).rounded(.up)))
        // The ends themselves, whatever the logarithm has rounded.
        let (low, high) = (range.lowerBound * (1 - 1e-9), range.upperBound * (1 + 1e-9))
        func ticks(_ factors: [Double], everyPower step: Int) -> [Double] {
            stride(from: first, through: last, by: step).flatMap { power in
                factors.map { $0 * pow(10, Double(power)) }.filter { $0 >= low && $0 <= high }
            }
        }
        let fine = ticks([1, 2, 5], everyPower: 1)
        if fine.count <= limit { return fine }
        return ticks([1], everyPower: max(1, Int((decades / Double(limit)).rounded(.up))))
    }

    /// The range that ends at the next 1, 2 or 5 times a power of ten on both sides, at least so many decades wide.
    static func rounded(_ range: ClosedRange<Double>, decades: Double) -> ClosedRange<Double> {
        var low = step(range.lowerBound, up: false), high = step(range.upperBound, up: true)
        while log10(high / low) < decades {
            low = step(low * 0.99, up: false)
            high = step(high * 1.01, up: true)
        }
        return low...high
    }

    private static func step(_ value: Double, up: Bool) -> Double {
        let power = pow(10, log10(value).rounded(.down)), slack = 1e-9
        let steps = [1.0, 2, 5, 10].map { $0 * power }
        return up
            ? steps.first { $0 >= value * (1 - slack) } ?? 10 * power
            : steps.last { $0 <= value * (1 + slack) } ?? power
    }
}
