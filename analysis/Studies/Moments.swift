internal import Foundation

/// Mean, deviation and range of what the runs of a study gave.
package struct Moments: Hashable, Sendable {
    /// What the runs gave, in rising order.
    package let sorted: [Double]

    package init(_ numbers: some Sequence<Double>) { sorted = numbers.sorted() }

    package var count: Int { sorted.count }
    package var mean: Double { sorted.reduce(0, +) / Double(count) }
    /// The standard deviation of a run, with the mean's degree of freedom taken off.
    package var deviation: Double {
        let mean = mean
        guard count > 1 else { return 0 }
        return (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
    }
    /// The root of the mean square: the deviation of errors from zero.
    package var rootMeanSquare: Double { (sorted.reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot() }
    package var least: Double { sorted.first ?? .nan }
    package var greatest: Double { sorted.last ?? .nan }

    /// What a fraction of the runs stays at or below.
    package func quantile(_ fraction: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(count - 1, max(0, Int((fraction * Double(count)).rounded(.up)) - 1))]
    }

    /// Mean ± deviation of a run, and the range: `14.4 ± 0.9 (13–16)`.
    func spread(_ digits: Int) -> String {
        let places = sorted.allSatisfy { $0 == $0.rounded() } ? 0 : digits
        return "\(decimal(mean, digits)) ± \(decimal(deviation, digits)) "
            + "(\(decimal(least, places))–\(decimal(greatest, places)))"
    }
}

/// A number with so many digits after the point.
func decimal(_ number: Double, _ digits: Int) -> String {
    let text = String(format: "%.\(digits)f", number)
    return text.hasPrefix("-") && !text.contains(where: { ("1"..."9").contains($0) }) ? String(text.dropFirst()) : text
}

/// A number in so many significant digits, never with an exponent for what is below 10¹⁵.
func significant(_ number: Double, _ digits: Int) -> String {
    guard number != 0, number.isFinite else { return decimal(number, 0) }
    let places = digits - 1 - Int(log10(abs(number)).rounded(.down))
    guard places < 0 else { return decimal(number, places) }
    let unit = pow(10, Double(-places))
    return decimal((number / unit).rounded() * unit, 0)
}

/// A number in as few digits as six significant ones need: `0.1`, `94`.
func shortest(_ number: Double) -> String { String(format: "%g", number) }

/// A count as people write it: `10,000`.
func grouped(_ count: Int) -> String {
    var digits = String(count.magnitude), groups: [String] = []
    while digits.count > 3 {
        groups.insert(String(digits.suffix(3)), at: 0)
        digits.removeLast(3)
    }
    return (count < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
}
