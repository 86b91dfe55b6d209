/// How an error falls along one quantity, such as the number of devices, with curves for several others; both scales are
/// logarithmic.
public struct ErrorChart: Sendable {
    /// What stands on the horizontal axis.
    public enum Quantity: Sendable {
        case devices, people, epsilon

        var title: String {
            switch self {
            case .devices: "devices"
            case .people: "people"
            case .epsilon: "ε of a report"
            }
        }
    }

    /// A curve with its name at its end.
    public struct Curve: Sendable {
        public var label: String
        /// Whether it is about what was asked for, and not beside it to compare with.
        public var isAsked: Bool
        /// From the left; a point without an error breaks the curve.
        public var points: [(x: Double, error: Double?)]

        public init(label: String, isAsked: Bool, points: [(x: Double, error: Double?)]) {
            (self.label, self.isAsked, self.points) = (label, isAsked, points)
        }
    }

    /// A point that was asked for or measured.
    public struct Mark: Sendable {
        /// In words, with its figures.
        public var words: String
        public var devices: Double
        public var epsilon: Double
        public var error: Double
        /// What most runs lie in, where something was measured.
        public var spread: ClosedRange<Double>?
        /// Whether lines lead from it to the axes.
        public var isGuided: Bool

        public init(
            words: String, devices: Double, epsilon: Double, error: Double, spread: ClosedRange<Double>? = nil,
            isGuided: Bool = false
        ) {
            (self.words, self.devices, self.epsilon, self.error) = (words, devices, epsilon, error)
            (self.spread, self.isGuided) = (spread, isGuided)
        }
    }

    public var quantity: Quantity
    public var curves: [Curve]
    public var marks: [Mark]

    public init(quantity: Quantity, curves: [Curve], marks: [Mark]) {
        (self.quantity, self.curves, self.marks) = (quantity, curves, marks)
    }

    func place(of mark: Mark) -> Double { quantity == .epsilon ? mark.epsilon : mark.devices }

    var xs: [Double] { curves.flatMap { $0.points.map(\.x) } + marks.map(place) }

    var errors: [Double] {
        curves.flatMap { $0.points.compactMap(\.error) }
            + marks.flatMap { [$0.error] + ($0.spread.map { [$0.lowerBound, $0.upperBound] } ?? []) }
    }
}
