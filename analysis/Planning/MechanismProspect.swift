internal import Estimation
internal import LocalPrivacy
public import Mechanisms
internal import MetricDefinitions

/// A mechanism with its parameters, and what its estimates are worth in a task.
public struct MechanismProspect: Sendable {
    /// The mechanism.
    public let mechanism: any LocalRandomizer
    /// The parameters that a registry would have to set for it, by name; those missing are the mechanism's own choice.
    public let parameters: [String: Int]
    /// n times the variance of one estimate: for values, of the frequency of one as frequent as all others; for a number,
    /// of the mean in units of the range, where it is largest.
    public let scaledVariance: Double
    /// The payload of one report, in bytes.
    public let byteCount: Int

    /// The name that a registry has for the mechanism.
    public var identifier: String { type(of: mechanism).identifier }

    /// The mechanism and its parameters in words, such as `subset_selection` or `count_mean_sketch (rows 1024, width 64)`.
    public var title: String {
        guard !parameters.isEmpty else { return identifier }
        let list = parameters.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return "\(identifier) (\(list))"
    }

    /// What a mechanism of this type does in a task; `nil` where it does not take the values, or not with these
    /// parameters, or where its error is not known beforehand.
    init?(_ type: any LocalRandomizer.Type, parameters: [String: Int], task: PlanningTask) {
        let declared = task.declaration(parameters.mapValues { DeclaredNumber(Int32(clamping: $0)) })
        guard let mechanism = try? type.make(declared: declared),
            let variance = mechanism.scaledVariance(in: task)
        else { return nil }
        (self.mechanism, self.parameters, scaledVariance) = (mechanism, parameters, variance)
        byteCount = mechanism.payloadByteCount
    }
}

extension LocalRandomizer {
    /// n times the variance of one estimate in a task; `nil` where it is not known beforehand.
    ///
    /// A frequency is taken at 1 over the number of answers; of texts at 0. Collisions count with all of n, and the
    /// worst Σ f²: the other reports about one value. A mean is taken at the place where it varies most.
    fileprivate func scaledVariance(in task: PlanningTask) -> Double? {
        if let oracle = self as? any ForeseeableOracle {
            let frequency = task.itemCount.map { 1 / Double($0) } ?? 0
            return oracle.scaledVariance(frequency: frequency) + Double(task.deviceCount) * oracle.collisionVariance
        }
        return (self as? any MeanVariance)?.greatestVariance
    }
}
