/// What takes bytes that somebody else may have chosen. Any bytes must end in an answer or a typed error.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// A compiled metric set, as it is read from a file.
    case metricSet = "metric-set"
    /// A signed metric set, as a collector serves it.
    case signedSet = "signed-set"
    /// A batch of reports, as it comes from the wire.
    case batch
    /// A server's answer to a batch.
    case answer
    /// The file of a device's secret.
    case secret
    /// The file of a device's decision.
    case consent
    /// A device's database.
    case database
    /// A collector's settings file.
    case settings

    /// Gives the bytes to what they are for. A broken promise traps, which a fuzzer takes note of.
    public func run(_ bytes: [UInt8]) {
        switch self {
        case .metricSet: FormatFuzzing.metricSet(bytes)
        case .signedSet: FormatFuzzing.signedSet(bytes)
        case .batch: FormatFuzzing.batch(bytes)
        case .answer: FormatFuzzing.answer(bytes)
        case .secret: StateFuzzing.secret(bytes)
        case .consent: StateFuzzing.consent(bytes)
        case .database: StateFuzzing.database(bytes)
        case .settings: SettingsFuzzing.file(bytes)
        }
    }
}
