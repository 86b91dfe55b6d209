internal import Foundation
internal import LocalPrivacy
internal import Mechanisms

/// With which parameters a mechanism is tried. None is always among them: the mechanism's own choice, the most precise.
///
/// The others give up precision for a shorter report, or are what a mechanism has no choice of its own for.
enum ParameterChoices {
    static func of(_ identifier: String, in task: PlanningTask) -> [[String: Int]] {
        [[:]] + others(identifier, task)
    }

    private static func others(_ identifier: String, _ task: PlanningTask) -> [[String: Int]] {
        switch identifier {
        case "projective_geometry_response": fieldOrders(near: task).map { ["field_order": $0] }
        case "optimized_local_hashing": hashRanges(near: task).map { ["hash_range": $0] }
        case "count_mean_sketch":
            powers(16, 65_536).flatMap { width in
                width / 8 <= max(2, task.byteBudget) ? rows(width: width).map { ["rows": $0, "width": width] } : []
            }
        case "hadamard_count_mean_sketch":
            powers(16, 65_536).flatMap { width in rows(width: width).map { ["rows": $0, "width": width] } }
        default: []
        }
    }

    /// As many rows as a sketch of half a gigabyte of counts has, since they cost no precision; and as many as one byte
    /// names.
    private static func rows(width: Int) -> [Int] {
        [256, min(65_536, CountMeanSketch.Configuration.largestCellCount / width)]
    }

    private static func powers(_ low: Int, _ high: Int) -> [Int] {
        Array(sequence(first: low) { $0 < high ? $0 * 2 : nil })
    }

    /// Prime powers from half to twice e^ε + 1, the most precise order, thinned to those that a report's size tells
    /// apart. Beyond them more than an eighth of the precision is lost.
    private static func fieldOrders(near task: PlanningTask) -> [Int] {
        let best = exp(Double(task.epsilon.thousandths) / 1000) + 1
        let (low, high) = (max(2, Int(best / 2)), min(Int(best * 2) + 2, 4096))
        guard low <= high else { return [] }
        let orders = (low...high).filter(isPrimePower)
        let step = max(1, orders.count / 24)
        return orders.enumerated().filter { $0.offset.isMultiple(of: step) || $0.element.nonzeroBitCount == 1 }
            .map(\.element)
    }

    /// Up to 256 answers a report takes one byte less than beyond.
    private static func hashRanges(near task: PlanningTask) -> [Int] {
        let best = exp(Double(task.epsilon.thousandths) / 1000) + 1
        return best > 256 ? [256] : []
    }

    private static func isPrimePower(_ number: Int) -> Bool {
        guard let prime = (2...max(2, number)).first(where: { number.isMultiple(of: $0) }) else { return false }
        var rest = number
        while rest.isMultiple(of: prime) { rest /= prime }
        return rest == 1
    }
}
