internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions

extension MetricReader {
    /// How a metric is randomized and what bounds it, fresh or memoized.
    struct Form {
        let mechanism: any LocalRandomizer.Type
        let epsilon: Epsilon
        let permanentEpsilon: Epsilon?
        let lifetime: LifetimeCap

        var isMemoized: Bool { permanentEpsilon != nil }
    }

    private static let epsilonRange = Epsilon.allowedThousandths
    /// How long a memoized metric lives without a stated reason, in reports.
    private static let unexplainedReports = 365

    func readForm(_ findings: inout DiagnosticList) -> Form? {
        let epsilon = epsilon("epsilon", &findings)
        guard let isMemoized = keys.flag("memoize", &findings) else {
            _ = readMechanism(memoized: nil, &findings)
            return nil
        }
        let mechanism = readMechanism(memoized: isMemoized, &findings)
        guard isMemoized else {
            guard let lifetime = readBudget(epsilon: epsilon, &findings), let mechanism, let epsilon else {
                return nil
            }
            return Form(mechanism: mechanism, epsilon: epsilon, permanentEpsilon: nil, lifetime: lifetime)
        }
        let permanent = self.epsilon("epsilon_permanent", &findings)
        let caps = readMemoizedCaps(&findings)
        guard let mechanism, let epsilon, let permanent, let caps else { return nil }
        return Form(mechanism: mechanism, epsilon: epsilon, permanentEpsilon: permanent, lifetime: caps)
    }

    private func epsilon(_ key: String, _ findings: inout DiagnosticList) -> Epsilon? {
        keys.thousandths(key, in: Self.epsilonRange, &findings).flatMap { try? Epsilon(thousandths: $0) }
    }

    private func readMechanism(
        memoized: Bool?, _ findings: inout DiagnosticList
    ) -> (any LocalRandomizer.Type)? {
        guard let name = keys.plain("mechanism", "a word", &findings) else { return nil }
        let catalog = MechanismCatalog.standard
        guard catalog.identifiers.contains(name) else {
            findings.error(
                keys.position(of: "mechanism"), "\(keys.subject) names an unknown mechanism '\(name)'",
                NearestName.suggestion(for: name, among: catalog.identifiers))
            return nil
        }
        guard let memoized else { return nil }
        if let mechanism = catalog.randomizer(name, memoized: memoized) { return mechanism }
        findings.error(
            keys.position(of: "mechanism"),
            "\(keys.subject): \(name) has no \(memoized ? "memoized" : "fresh") form",
            memoized ? "Remove 'memoize', or choose another mechanism." : "Add 'memoize: true'.")
        return nil
    }

    private func readBudget(epsilon: Epsilon?, _ findings: inout DiagnosticList) -> LifetimeCap? {
        for key in ["epsilon_permanent", "max_reports", "max_reports_reason", "max_distinct_values"]
        where keys.has(key) {
            findings.error(
                keys.position(of: key), "\(keys.subject) has '\(key)' without 'memoize: true'",
                "Remove it, or memoize the metric.")
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

    private func readMemoizedCaps(_ findings: inout DiagnosticList) -> LifetimeCap? {
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
