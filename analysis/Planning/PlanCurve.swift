public import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions

extension PlanQuestion {
    /// The errors of several numbers of devices at one ε, in the question's measure: those of ``Plan``.
    ///
    /// - Throws: ``PlanError``.
    /// - Complexity: where values do not collide, the mechanism is chosen once, since the choice does not depend on devices.
    public func errors(epsilon: Epsilon, deviceCounts: [Int]) throws(PlanError) -> [Double] {
        guard domain != .text, let first = deviceCounts.first else {
            var errors: [Double] = []
            for count in deviceCounts {
                let prospect = try prospect(epsilon: epsilon, deviceCount: count)
                errors.append(ErrorModel(self, prospect).error(deviceCount: Double(count)))
            }
            return errors
        }
        let model = ErrorModel(self, try prospect(epsilon: epsilon, deviceCount: first))
        return deviceCounts.map { model.error(deviceCount: Double($0)) }
    }
}
