/// One comparison: an operation of ours, what it is measured against, and the ratio that is the goal.
///
/// A row of the published table with several goals is several rows here, told apart by their parts. To add one, write a
/// type in `Rows/` and name it in the list of its area: ``encodingRows``, ``countingRows`` or ``decodingRows``.
protocol Row: Sendable {
    /// The number in the published table, and the letter of the part where there are several: `3a`.
    var name: String { get }
    /// What of ours is measured.
    var operation: String { get }
    /// What it is measured against.
    var anchor: String { get }
    /// The ratio to reach.
    var goal: Goal { get }
    /// What a unit of work is, in the singular: `report`.
    var unit: String { get }
    /// What holds the row back where it misses its goal, as a profile shows it; part of the published page.
    var bottleneck: String? { get }

    /// Makes inputs, checks that both sides compute the same where they do, and returns both.
    ///
    /// Called once before the first round; what it returns is released after the last.
    ///
    /// - Throws: ``Skipped`` where something is missing on this machine; any other error ends the run.
    func prepare() throws -> Comparison
}

extension Row {
    var bottleneck: String? { nil }
}

/// Both sides of a row, ready to be run again and again.
struct Comparison {
    let ours: Work
    let anchor: Work
}

/// What a row promises.
enum Goal: Sendable {
    /// Ours takes at most so many times the anchor's time per unit.
    case cost(atMost: Double)
    /// Ours does at least so many times the anchor's units in the same time.
    case speed(atLeast: Double)

    /// The ratio of one round.
    func ratio(ours: Double, anchor: Double) -> Double {
        switch self {
        case .cost: ours / anchor
        case .speed: anchor / ours
        }
    }

    /// Whether a median reaches the goal.
    func isMet(by ratio: Double) -> Bool {
        switch self {
        case .cost(let bound): ratio <= bound
        case .speed(let bound): ratio >= bound
        }
    }

    var description: String {
        switch self {
        case .cost(let bound): "≤ \(number(bound))×"
        case .speed(let bound): "≥ \(number(bound))×"
        }
    }
}

/// Why a row cannot be measured on this machine.
struct Skipped: Error {
    let reason: String
}
