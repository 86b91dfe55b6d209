internal import Estimation
internal import Foundation
public import LocalPrivacy
internal import Mechanisms

/// Devices, ε and error that belong together, and what else they bring.
public struct Plan: Sendable {
    /// How many devices report once.
    public let deviceCount: Int
    /// The bound on one report.
    public let epsilon: Epsilon
    /// The error in the question's measure: of shares a fraction of 1, of a mean one of the range.
    public let error: Double
    /// The mechanism.
    public let prospect: MechanismProspect
    /// The smallest share that is detected, at a family error rate of 5 % over all values, with the probability of the
    /// question's confidence; `nil` where there is none below 1, and for means.
    public let smallestShare: Double?
    /// How many devices a trusted curator needs for the same error, who sees all values and releases all counts or the
    /// mean with noise of the same ε.
    public let curatorDeviceCount: Double
    /// Whether reports are too few for the normal distribution, so that the interval of an estimate is wider than planned.
    public let isBelowNormal: Bool

    /// By what factor the devices are more than the curator's: the price of trusting nobody.
    public var price: Double { Double(deviceCount) / curatorDeviceCount }

    /// The plan of so many devices and an ε.
    ///
    /// - Throws: ``PlanError``.
    public init(_ question: PlanQuestion, deviceCount: Int, epsilon: Epsilon) throws(PlanError) {
        let prospect = try question.prospect(epsilon: epsilon, deviceCount: deviceCount)
        self.init(question, deviceCount: deviceCount, epsilon: epsilon, prospect: prospect)
    }

    /// The fewest devices whose error is at most `error`, at an ε.
    ///
    /// - Throws: ``PlanError``.
    public init(_ question: PlanQuestion, epsilon: Epsilon, error: Double) throws(PlanError) {
        let allowed = PlanningTask.allowedDeviceCounts
        // What is chosen may change with the devices, as far as collisions count; the error falls with them all the same.
        func attains(_ deviceCount: Int) throws(PlanError) -> Bool {
            let prospect = try question.prospect(epsilon: epsilon, deviceCount: deviceCount)
            return ErrorModel(question, prospect).error(deviceCount: Double(deviceCount)) <= error
        }
        guard try attains(allowed.upperBound) else { throw .unattainable }
        var (low, high) = (allowed.lowerBound, allowed.upperBound)
        if question.domain != .text {
            // No collisions: one mechanism for all numbers of devices, and the error falls with their root.
            let model = ErrorModel(question, try question.prospect(epsilon: epsilon, deviceCount: high))
            let scale = model.error(deviceCount: 1) / error
            let guess = Int(min(scale * scale, Double(high)))
            (low, high) = (max(low, guess - 2), min(high, guess + 2))
        }
        while low < high {
            let middle = low + (high - low) / 2
            if try attains(middle) { high = middle } else { low = middle + 1 }
        }
        try self.init(question, deviceCount: low, epsilon: epsilon)
    }

    /// The least ε, in thousandths, with which the error of so many devices is at most `error`.
    ///
    /// - Throws: ``PlanError``.
    public init(_ question: PlanQuestion, deviceCount: Int, error: Double) throws(PlanError) {
        func plan(_ thousandths: Int) throws(PlanError) -> Plan {
            guard let epsilon = try? Epsilon(thousandths: thousandths) else { throw .unattainable }
            return try Plan(question, deviceCount: deviceCount, epsilon: epsilon)
        }
        var (low, high) = (Epsilon.allowedThousandths.lowerBound, Epsilon.allowedThousandths.upperBound)
        var best = try plan(high)
        guard best.error <= error else { throw .unattainable }
        while low < high {
            let middle = low + (high - low) / 2
            let tried = try plan(middle)
            if tried.error <= error { (high, best) = (middle, tried) } else { low = middle + 1 }
        }
        self = best
    }

    private init(_ question: PlanQuestion, deviceCount: Int, epsilon: Epsilon, prospect: MechanismProspect) {
        let model = ErrorModel(question, prospect)
        (self.deviceCount, self.epsilon, self.prospect) = (deviceCount, epsilon, prospect)
        error = model.error(deviceCount: Double(deviceCount))
        smallestShare = model.smallestDetectableShare(deviceCount: Double(deviceCount))
        isBelowNormal = model.supportVariance(deviceCount: Double(deviceCount)) < SupportModel.normalVariance
        curatorDeviceCount = TrustedCurator(question, epsilon: epsilon).deviceCount(error: error)
    }
}
