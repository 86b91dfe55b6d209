internal import Mechanisms
internal import MetricDefinitions

extension LocalRandomizer {
    /// The keys that the mechanism takes beyond ε.
    static var parameters: [MechanismParameter] { Configuration.parameters }

    /// How a registry gets this mechanism instead of another, which may be its other form.
    fileprivate static func name(beside other: any LocalRandomizer.Type) -> String {
        identifier == other.identifier ? "'memoize: \(isMemoized)'" : identifier
    }
}

extension MetricReader {
    /// The mechanism that a metric names, in the form that `memoize` asks for, or in the only one that it has.
    ///
    /// - Parameter flag: what `memoize` says; `nil` if that is no answer, and a finding was made of it.
    func readMechanism(flag: Bool?, _ findings: inout DiagnosticList) -> (any LocalRandomizer.Type)? {
        guard let name = keys.plain("mechanism", "a word", &findings) else { return nil }
        let catalog = MechanismCatalog.standard
        guard catalog.identifiers.contains(name) else {
            findings.error(
                keys.position(of: "mechanism"), "\(keys.subject) names an unknown mechanism '\(name)'",
                NearestName.suggestion(for: name, among: catalog.identifiers + [Self.autoName]))
            return nil
        }
        guard let flag else { return nil }
        let isMemoized = keys.has("memoize") ? flag : catalog.randomizer(name, memoized: false) == nil
        if let mechanism = catalog.randomizer(name, memoized: isMemoized) { return mechanism }
        findings.error(
            keys.position(of: "memoize"),
            isMemoized
                ? "\(keys.subject) asks for memoized answers, and \(name) has none in this version"
                : "\(keys.subject) asks for answers that are not memoized, and \(name) has no others",
            isMemoized ? "Remove 'memoize': the noise of every report is fresh." : "Remove 'memoize', or write 'true'.")
        // What else is wrong is found with the form that there is.
        return catalog.randomizer(name, memoized: !isMemoized)
    }

    /// What the metric sets of the keys that its mechanism takes beyond ε. Counts fix what a report is, and are
    /// required unless the mechanism chooses well by itself; whether probabilities are, or ε in their place, the mechanism decides.
    func readParameters(
        of mechanism: any LocalRandomizer.Type, _ findings: inout DiagnosticList
    ) -> [String: DeclaredNumber] {
        refuseParametersOfOthers(than: mechanism, &findings)
        var parameters: [String: DeclaredNumber] = [:]
        for parameter in mechanism.parameters {
            switch parameter.kind {
            case .count(let range):
                guard keys.has(parameter.name) || !parameter.isOptional else { continue }
                guard let count = keys.integer(parameter.name, in: range, &findings) else { continue }
                parameters[parameter.name] = DeclaredNumber(Int32(clamping: count))
            case .probability:
                guard keys.has(parameter.name), let billionths = keys.probability(parameter.name, &findings) else {
                    continue
                }
                parameters[parameter.name] = DeclaredNumber(billionths: Int64(billionths))
            }
        }
        return parameters
    }

    /// The keys of probabilities that the mechanism takes and the metric sets: with them the noise is stated, and ε
    /// follows from it.
    func statedProbabilities(of mechanism: any LocalRandomizer.Type) -> [String] {
        mechanism.parameters.filter { $0.kind == .probability && keys.has($0.name) }.map(\.name)
    }

    private func refuseParametersOfOthers(
        than mechanism: any LocalRandomizer.Type, _ findings: inout DiagnosticList
    ) {
        let taken = Set(mechanism.parameters.map(\.name))
        var seen = taken
        for other in MechanismCatalog.standard.randomizers {
            for key in other.parameters.map(\.name) where keys.has(key) && seen.insert(key).inserted {
                let takers = MechanismCatalog.standard.randomizers.filter { type in
                    type.parameters.contains { $0.name == key }
                }
                findings.error(
                    keys.position(of: key), "\(keys.subject) has '\(key)', which \(mechanism.identifier) does not take",
                    "Remove it, or use \(takers.map { $0.name(beside: mechanism) }.joined(separator: " or ")).")
            }
        }
    }
}
