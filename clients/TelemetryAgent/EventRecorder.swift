public import MetricDefinitions

/// What takes events: the functions that `dither registry generate swift` writes record by way of one.
public protocol EventRecorder: Sendable {
    /// Records one event of the metric of this name.
    ///
    /// - Throws: ``AgentError``.
    func record(_ value: MetricValue, for name: String) throws(AgentError)
}

extension Agent: EventRecorder {}
