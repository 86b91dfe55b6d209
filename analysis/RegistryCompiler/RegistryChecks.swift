internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// The checks that concern several metrics, or the day of the check.
extension DiagnosticList {
    /// Every identity belongs to one metric.
    mutating func checkIdentities(of metrics: [ReadMetric]) {
        var owners: [UInt32: String] = [:]
        for metric in metrics {
            let (identifier, name) = (metric.definition.identifier.value, metric.definition.name)
            if let owner = owners[identifier] {
                error(
                    metric.positions.identifier, "id \(identifier) of metric '\(name)' is that of '\(owner)'",
                    "Give each metric an id of its own that no metric ever had.")
            } else {
                owners[identifier] = name
            }
        }
    }

    /// The sums over all metrics keep the registry's ceilings.
    mutating func check(_ metrics: [MetricDefinition], against ceilings: Ceilings) {
        let dayShares = metrics.map { ($0.name, $0.mechanism.epsilon.thousandths) }
        checkSum(
            of: dayShares, ceiling: ceilings.day, at: ceilings.dayPosition,
            what: "one day's reports of all metrics", key: "epsilon_per_day",
            remedy: "Lower an 'epsilon', remove a metric, or raise the ceiling.")
        let lifetimeShares = metrics.map { ($0.name, $0.lifetimeBudget.thousandths) }
        checkSum(
            of: lifetimeShares, ceiling: ceilings.lifetime, at: ceilings.lifetimePosition,
            what: "all metrics over a device's life", key: "epsilon_lifetime",
            remedy: "Lower an 'epsilon_lifetime' (memoized: 'max_distinct_values' × 'epsilon_permanent'), remove a "
                + "metric, or raise the ceiling.")
    }

    private mutating func checkSum(
        of shares: [(name: String, thousandths: Int)], ceiling: PrivacyBudget, at position: SourcePosition,
        what: String, key: String, remedy: String
    ) {
        let sum = shares.reduce(0) { $0 + $1.thousandths }
        guard sum > ceiling.thousandths else { return }
        // Of many, those that it is worth lowering.
        let named = shares.count > 8 ? Array(shares.sorted { $0.thousandths > $1.thousandths }.prefix(7)) : shares
        let list =
            named.map { "\($0.name) \(decimal(thousandths: $0.thousandths))" }.joined(separator: ", ")
            + (named.count < shares.count ? " and \(shares.count - named.count) more" : "")
        error(
            position,
            "ε of \(what) sums to \(decimal(thousandths: sum)), above the ceiling '\(key)' of "
                + "\(decimal(thousandths: ceiling.thousandths)): \(list)", remedy)
    }

    /// A metric is not past its last day.
    mutating func checkExpiry(
        of name: String, _ expiry: Expiry, at position: SourcePosition, today: UTCDay,
        rule: RegistrySource.ExpiryRule
    ) {
        guard case .lastDay(let last) = expiry, expiry.isPast(on: today) else { return }
        switch rule {
        case .refuse:
            error(
                position, "metric '\(name)' expired on \(last)",
                "Remove it (its id stays retired in the lock), or set a later date if it is still needed.")
        case .note:
            note(position, "metric '\(name)' expired on \(last)", "Devices have stopped reporting it.")
        }
    }
}
