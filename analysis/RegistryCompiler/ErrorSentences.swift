internal import LocalPrivacy
internal import MetricDefinitions

extension MetricDefinitionError {
    /// The key of a registry that the error is about.
    var registryKey: String {
        switch self {
        case .parameter(.categoryCountOutOfRange), .malformedCategory, .itemCountMismatch: "values"
        case .malformedRange: "range"
        case .parameter(.component(let name, _)): name
        case .parameter(.cohortCountsDiffer), .malformedVariable, .typeNotPaired: "second"
        case .parameter(.absenceInOneComponent): "when_absent"
        case .domainMismatch, .parameter(.domainNotTaken): "type"
        case .parameter(.absenceNotTaken): "when_absent"
        case .parameter(.missingParameter(let name)), .parameter(.notAPowerOfTwo(let name, _)),
            .parameter(.notAPrimePower(let name, _)),
            .parameter(.countOutOfRange(let name, _, _)),
            .parameter(.probabilityOutOfRange(let name, _)), .parameter(.unknownParameter(let name)),
            .parameter(.conflictingParameters(let name, _)):
            name
        case .parameter(.epsilonOutOfRange), .parameter(.epsilonNotBelowPermanent), .parameter(.lossTooLarge):
            "epsilon"
        case .format, .parameter, .unknownMechanism, .unknownTag: "mechanism"
        case .identifierOutOfRange: "id"
        case .versionOutOfRange: "version"
        case .malformedName: "name"
        case .malformedText(let field), .dayOutOfRange(let field): field
        case .absenceNeedsMemoization, .absenceNeedsValue, .absentItemOutOfDomain: "when_absent"
        case .combinationNeedsBoolean: "combine"
        case .wrongCap, .capOutOfRange: "max_distinct_values"
        case .minimumReportsOutOfRange: "release"
        }
    }

    /// What to do about it, in a registry.
    var remedy: String {
        switch self {
        case .parameter(.categoryCountOutOfRange): "Give it at least two values ('no event' is one), or fewer."
        case .parameter(.epsilonNotBelowPermanent): "Lower 'epsilon' or raise 'epsilon_permanent'."
        case .parameter(.digestUnavailable): "Use an OpenSSL that offers SHA-256."
        case .parameter(.missingParameter(let name)):
            "Add it, for example '\(RegistryKey.example(of: name, in: .metric))'."
        case .parameter(.conflictingParameters(let name, let other)):
            "Keep one way of stating the noise: remove '\(name)' or '\(other)', and what goes with it."
        case .parameter(.unknownParameter(let name)): "Remove '\(name)'."
        case .parameter(.absenceNotTaken):
            "Write '{ value: X }', or 'skip' together with 'presence: public'."
        case .parameter(.domainNotTaken): "Change 'type', or choose another mechanism."
        case .parameter(.algorithmUnavailable(let name)): "Use an OpenSSL that offers \(name)."
        case .parameter(.cohortCountsDiffer):
            "Give both the same 'cohorts', or one of them 'cohorts: 1'; of loloha they follow from the values."
        case .parameter(.countOutOfRange("bytes of a report", _, _)): "Choose a shorter report for one of the halves."
        case .absenceNeedsValue: "Write 'when_absent: { value: X }'."
        case .capOutOfRange: "Lower 'max_distinct_values' or 'epsilon_permanent'."
        default: "Change '\(registryKey)'."
        }
    }
}
