internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness
internal import TelemetryAgent

/// One device whose state is in memory; everything else is the agent's own.
struct SimulatedDevice {
    private let device: Device

    /// A new device with a secret of its own.
    init(metricSet: MetricSet) throws(AgentError) {
        let secret: SecretKey
        do { secret = try SecretKey.random() } catch { throw .noRandomness(error) }
        device = try Device(metricSet: metricSet, secret: secret, store: MemoryStore())
    }

    /// Records the same events in each of so many periods, the last being that of a moment, closes them all and bundles
    /// what it has to say.
    func batch(
        of events: [(metric: MetricDefinition, input: MechanismInput)], at moment: Int64, periodCount: Int
    ) throws(AgentError) -> OutboundBatch? {
        for daysAgo in (0..<Int64(periodCount)).reversed() {
            let moment = moment - daysAgo * UTCDay.secondsPerDay
            try device.enrol(at: moment)
            for event in events { try device.record(event.input, for: event.metric, at: moment) }
            let today = try device.today(at: moment)
            try device.closePeriods(through: today, today: today)
        }
        return try device.nextBatch()
    }
}
