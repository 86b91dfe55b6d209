/// Numbers as people read them: in groups of three digits, with a true minus sign.
public enum Digits {
    /// A whole number, such as `1,347,104`.
    public static func grouped(_ value: Int) -> String {
        var digits = Array(String(value.magnitude))
        for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
        return (value < 0 ? "−" : "") + String(digits)
    }

    /// A number with so many digits after the point, rounded to nearest; a dash if it is not finite.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "–" }
        let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 0x1p53 else { return "\(value)" }
        let units = Int(scaled), whole = units / Int(scale)
        let fraction = digits == 0 ? "" : "." + String(String(units % Int(scale) + Int(scale)).dropFirst())
        return (value < 0 && units > 0 ? "−" : "") + grouped(whole) + fraction
    }

    /// A number for programs, in all its digits; nothing if it is not finite.
    static func exact(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }

    /// How many digits after the point show two of an error of this size; at most 9.
    static func places(forError error: Double) -> Int {
        guard error.isFinite, error > 0 else { return 3 }
        var (places, rest) = (0, error)
        while rest < 10, places < 9 { (places, rest) = (places + 1, rest * 10) }
        return places
    }
}

/// What a figure is a number of, which decides how it is written.
public enum FigureScale: Hashable, Sendable {
    /// A part of all reports, from 0 to 1.
    case share
    /// A difference of two shares.
    case shareDifference
    /// A number in the metric's own unit.
    case number
    /// A difference of two such numbers.
    case numberDifference

    var isDifference: Bool { self == .shareDifference || self == .numberDifference }

    private var isShare: Bool { self == .share || self == .shareDifference }

    var unit: String {
        switch self {
        case .share: " %"
        case .shareDifference: " points"
        case .number, .numberDifference: ""
        }
    }

    /// A figure without its unit, with the digits that an error of this size has a use for.
    func bare(_ value: Double, error: Double) -> String {
        let factor = isShare ? 100.0 : 1
        let text = Digits.fixed(value * factor, Digits.places(forError: error * factor))
        return isDifference && value > 0 ? "+" + text : text
    }

    /// A figure with its unit.
    func text(_ value: Double, error: Double) -> String {
        bare(value, error: error) + (value.isFinite ? unit : "")
    }

    /// An interval, such as `20.48 to 21.12 %`.
    func text(_ low: Double, _ high: Double, error: Double) -> String {
        "\(bare(low, error: error)) to \(bare(high, error: error))\(unit)"
    }
}
