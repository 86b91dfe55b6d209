internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions

extension MetricReader {
    /// How a metric is randomized and what bounds it, fresh or memoized.
    struct Form {
        let mechanism: MechanismDemand
        let epsilon: Epsilon?
        let permanentEpsilon: Epsilon?
        let parameters: [String: DeclaredNumber]
        let lifetime: LifetimeCap

        var isMemoized: Bool { mechanism.isMemoized }
    }

    /// What a metric says about its mechanism.
    enum MechanismDemand {
        /// A mechanism in one of its forms.
        case named(any LocalRandomizer.Type)
        /// Whichever is best, fresh or memoized.
        case auto(isMemoized: Bool, deviceCount: Int, byteBudget: Int)

        var isMemoized: Bool {
            switch self {
            case .named(let type): type.isMemoized
            case .auto(let isMemoized, _, _): isMemoized
            }
        }

        var named: (any LocalRandomizer.Type)? {
            guard case .named(let type) = self else { return nil }
            return type
        }
    }

    /// How long a memoized metric lives without a stated reason, in reports.
    private static let unexplainedReports = 365

    /// The metric's form; `nil`, with findings, unless it has one. Where a key is missing that only the mechanism knows to
    /// need, there are no findings so far.
    func readForm(_ findings: inout DiagnosticList) -> Form? {
        let flag = keys.flag("memoize", &findings)
        let demand = readDemand(flag: flag, &findings)
        let mechanism = demand?.named
        // Where the mechanism is in doubt, so is whether it needs ε beside the probabilities that are there.
        let types = demand.map { $0.named.map { [$0] } ?? [] } ?? MechanismCatalog.standard.randomizers
        let isStated = types.contains { !statedProbabilities(of: $0).isEmpty }
        let epsilon = readEpsilon("epsilon", isRequired: !isStated, &findings)
        // Without a mechanism only a key tells which caps belong to the metric.
        guard let isMemoized = demand?.isMemoized ?? (keys.has("memoize") ? flag : nil) else { return nil }
        let parameters = mechanism.map { readParameters(of: $0, &findings) } ?? [:]
        let permanent: Epsilon?, lifetime: LifetimeCap?
        if isMemoized {
            permanent = readEpsilon("epsilon_permanent", isRequired: !isStated, &findings)
            lifetime = readMemoizedCaps(&findings)
        } else {
            permanent = nil
            lifetime = readBudget(epsilon: epsilon, of: mechanism, &findings)
        }
        guard let demand, let lifetime else { return nil }
        return Form(
            mechanism: demand, epsilon: epsilon, permanentEpsilon: permanent, parameters: parameters,
            lifetime: lifetime)
    }

    func readEpsilon(_ key: String, isRequired: Bool, _ findings: inout DiagnosticList) -> Epsilon? {
        guard isRequired || keys.has(key) else { return nil }
        return keys.thousandths(key, in: Epsilon.allowedThousandths, &findings).flatMap {
            try? Epsilon(thousandths: $0)
        }
    }

    func readBudget(
        epsilon: Epsilon?, of mechanism: (any LocalRandomizer.Type)?, _ findings: inout DiagnosticList
    ) -> LifetimeCap? {
        // The name of a mechanism that has no memoized form.
        let freshName = mechanism.map { $0.identifier }.flatMap { name in
            MechanismCatalog.standard.randomizer(name, memoized: true) == nil ? name : nil
        }
        for key in ["epsilon_permanent", "max_reports", "max_reports_reason", "max_distinct_values"]
        where keys.has(key) {
            findings.error(
                keys.position(of: key),
                "\(keys.subject) has '\(key)' "
                    + (freshName.map { "and \($0) is not memoized" } ?? "without 'memoize: true'"),
                freshName == nil
                    ? "Remove it, or memoize the metric." : "Remove it: the noise of every report is fresh.")
        }
        guard keys.has("epsilon_lifetime") else {
            findings.error(
                keys.position, "\(keys.subject) recurs without a cap: it has no 'epsilon_lifetime'",
                "Add it, for example 'epsilon_lifetime: 120': a device stops when its reports add up to that.")
            return nil
        }
        let largest = PrivacyBudget.allowedThousandths.upperBound
        guard let lifetime = keys.thousandths("epsilon_lifetime", in: 1...largest, &findings) else { return nil }
        if let epsilon, lifetime < epsilon.thousandths {
            findings.error(
                keys.position(of: "epsilon_lifetime"),
                "'epsilon_lifetime' of \(keys.subject) is below its 'epsilon', so that no report fits",
                "Raise it to 'epsilon' times the number of days that a device should report.")
            return nil
        }
        return (try? PrivacyBudget(thousandths: lifetime)).map(LifetimeCap.budget)
    }

    func readMemoizedCaps(_ findings: inout DiagnosticList) -> LifetimeCap? {
        if keys.has("epsilon_lifetime") {
            findings.error(
                keys.position(of: "epsilon_lifetime"), "\(keys.subject) is memoized and has an 'epsilon_lifetime'",
                "Remove it: 'max_reports' and 'max_distinct_values' bound a memoized metric.")
        }
        let longest = MetricDefinition.maximumMemoizedReports
        let reports = keys.integer("max_reports", in: 1...longest, &findings)
        let distinct = keys.integer("max_distinct_values", in: 1...65_536, &findings)
        if keys.has("max_reports_reason") {
            _ = keys.text("max_reports_reason", &findings)
        } else if let reports, reports > Self.unexplainedReports {
            findings.error(
                keys.position(of: "max_reports"),
                "\(keys.subject) lives longer than \(Self.unexplainedReports) reports and says no reason",
                "Lower 'max_reports', or add 'max_reports_reason' with the reason in words.")
        }
        guard let reports, let distinct else { return nil }
        return .memoized(reports: reports, distinctValues: distinct)
    }
}
