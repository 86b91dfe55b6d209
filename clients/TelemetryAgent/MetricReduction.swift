package import MetricDefinitions

/// What a signed metric set from outside leaves of the one that the program brings.
package enum MetricReduction: Sendable {
    /// Everything: none was ever accepted.
    case none
    /// This part, with these caps.
    case to(MetricSet)
    /// Nothing: the accepted set has no metric of the program's, or it cannot be read any more.
    case nothing
}

extension Device {
    /// A metric as it may be reported at present; `nil` if it may not.
    func permitted(_ metric: MetricDefinition) -> MetricDefinition? {
        switch reduction {
        case .none: return metric
        case .to(let set):
            guard let reduced = set.metric(metric.identifier.value), reduced.version == metric.version,
                reduced.definitionHash == metric.definitionHash
            else { return nil }
            return reduced
        case .nothing: return nil
        }
    }

    /// The ceilings and the delay that count.
    var governing: MetricSet {
        if case .to(let set) = reduction { set } else { metricSet }
    }
}
