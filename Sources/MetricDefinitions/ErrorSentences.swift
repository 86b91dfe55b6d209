public import LocalPrivacy

extension ParameterError {
    /// What is wrong, in words, without a full stop.
    public var sentence: String {
        switch self {
        case .epsilonOutOfRange(let thousandths):
            "ε is \(PrivacyBudget.decimal(thousandths: thousandths)), and must be 0.001 to 16"
        case .budgetOutOfRange(let thousandths):
            "a sum of ε is \(PrivacyBudget.decimal(thousandths: thousandths)), above what can be counted"
        case .categoryCountOutOfRange(let count, let allowed):
            "the mechanism sees \(count) items, and takes \(allowed.lowerBound) to \(allowed.upperBound)"
        case .thresholdOutOfRange(let threshold, let allowed):
            "its threshold \(threshold) is outside \(allowed.lowerBound) to \(allowed.upperBound)"
        case .lossAboveEpsilon(let loss, let epsilon):
            "its integers realise a loss of \(loss), above the declared ε of \(epsilon)"
        case .lossTooLarge: "its integers realise a loss above 32"
        case .epsilonNotBelowPermanent(let epsilon, let permanent):
            "ε of one report (\(epsilon)) is not below the permanent ε (\(permanent)), which leaves no fresh noise"
        case .missingParameter(let name): "the mechanism needs '\(name)'"
        case .unknownParameter(let name): "the mechanism has no parameter '\(name)'"
        case .countOutOfRange(let name, let count, let allowed):
            "'\(name)' is \(count), and must be \(allowed.lowerBound) to \(allowed.upperBound)"
        case .notAPowerOfTwo(let name, let count): "'\(name)' is \(count), and must be a power of two"
        case .notAPrimePower(let name, let count): "'\(name)' is \(count), and must be a power of a prime"
        case .domainNotTaken(let takes): "the mechanism takes values of type \(takes) only"
        case .absenceNotTaken: "the mechanism has no answer for 'no event'"
        case .probabilityOutOfRange(let name, let allowed): "'\(name)' must be \(allowed)"
        case .conflictingParameters(let one, let other): "'\(one)' and '\(other)' exclude each other"
        case .unknownComponent(let mechanism, let memoized):
            "there is no \(memoized ? "memoized" : "fresh") mechanism '\(mechanism)' for a half of a pair"
        case .component(let name, let error): "of '\(name)': \(error.sentence)"
        case .absenceInOneComponent: "only one of its halves reports 'no event'"
        case .cohortCountsDiffer(let first, let second):
            "'first' has \(first) cohorts and 'second' has \(second), and a device has one cohort for both"
        case .algorithmUnavailable(let name): "libcrypto has no \(name) here"
        case .digestUnavailable: "libcrypto has no SHA-256 here"
        }
    }
}

extension MetricDefinitionError {
    /// What is wrong, in words, without a full stop.
    public var sentence: String {
        switch self {
        case .format: "the definition ends early or goes on too long"
        case .parameter(let error): error.sentence
        case .unknownMechanism(let name, let memoized):
            "there is no \(memoized ? "memoized" : "fresh") mechanism '\(name)'"
        case .identifierOutOfRange(let value): "'id' is \(value), and must be 1 to 2147483647"
        case .versionOutOfRange(let value): "'version' is \(value), and must be 1 to 2147483647"
        case .malformedName(let name): "'\(name.prefix(80))' is no name for a metric"
        case .malformedText(let field): "'\(field)' is too long, or has control characters"
        case .malformedCategory(let position): "value \(position + 1) is empty, too long, reserved or there twice"
        case .itemCountMismatch(let domain, let mechanism):
            "the domain has \(domain) items and the mechanism \(mechanism)"
        case .domainMismatch: "the mechanism is for values of another type"
        case .malformedVariable(let name):
            "'\(name.prefix(80))' is no name for a half of a pair, or names both"
        case .typeNotPaired(let type): "a half of its pair is of type \(type)"
        case .malformedRange: "'range' has no finite width above zero"
        case .unknownTag(let field, let value): "'\(field)' has the unknown code \(value)"
        case .absenceNeedsMemoization: "'when_absent: last' and 'memoize: true' go together"
        case .absenceNeedsValue: "a memoized mean has no value for a day without an event"
        case .absentItemOutOfDomain: "'when_absent' names none of the metric's values"
        case .combinationNeedsBoolean: "'combine: any' is for booleans"
        case .wrongCap: "its cap is not that of its mechanism"
        case .capOutOfRange: "its cap allows no report, or more than any device may spend"
        case .minimumReportsOutOfRange(let count): "'minimum_reports' is \(count), and must be 1 to 1000000000"
        case .dayOutOfRange(let field): "'\(field)' is outside the calendar"
        }
    }
}

extension MetricSetError {
    /// What is wrong, in words, without a full stop.
    public var sentence: String {
        switch self {
        case .format: "the compiled set ends early or goes on too long"
        case .wrongMagic: "this is no compiled metric set"
        case .unsupportedVersion(let version):
            "this is a compiled set of format \(version), and this version of dither reads format 1"
        case .checksumMismatch: "the compiled set is damaged: its checksum does not match"
        case .notCanonical: "the compiled set is not in its canonical form"
        case .metricCountOutOfRange(let count): "there are \(count) metrics, and must be 1 to 1024"
        case .metric(let position, let error): "metric \(position + 1): \(error.sentence)"
        case .duplicateMetric(let position): "metric \(position + 1) has the id or name of another"
        case .malformedProject: "the project's name is empty, too long, or has control characters"
        case .ceilingTooHigh(let ceiling, let largest):
            "a ceiling is \(ceiling), and may be at most \(PrivacyBudget.decimal(thousandths: largest))"
        case .dayCeilingExceeded(let sum, let ceiling): "ε of one day sums to \(sum), above the ceiling \(ceiling)"
        case .lifetimeCeilingExceeded(let sum, let ceiling):
            "ε of a device's life sums to \(sum), above the ceiling \(ceiling)"
        case .parameter(let error): error.sentence
        case .enrolmentDelayOutOfRange(let hours): "the enrolment delay is \(hours) hours, and must be 0 to 720"
        }
    }
}

extension SignedMetricSetError {
    /// What is wrong, in words, without a full stop.
    public var sentence: String {
        switch self {
        case .tooLarge(let count): "it would take \(count) bytes, and may take \(SignedMetricSet.byteLimit)"
        case .format: "it ends early or goes on too long"
        case .wrongMagic: "its first bytes are not those of such a file"
        case .unsupportedVersion(let version): "it is of format \(version), and this version of dither reads format 1"
        case .sequenceOutOfRange(let sequence):
            "its sequence number is \(sequence), and must be 1 to \(SignedMetricSet.allowedSequences.upperBound)"
        case .tooManyRotations(let count):
            "its chain has \(count) rotations, and may have \(SigningKeyChain.rotationLimit)"
        case .repeatedKey(let rotation): "the key of rotation \(rotation) stands in the chain before"
        case .notTheLastKey: "the key is not the last one of the chain"
        case .wrongKeySignature(let rotation):
            "the key of rotation \(rotation) was not signed by the key before it"
        case .wrongSetSignature: "it was not signed by the last key of its chain, or was changed afterwards"
        case .untrustedKey: "no key that is trusted is among those of its chain"
        case .notNewer(let sequence, let accepted):
            "its sequence number \(sequence) is not above \(accepted), which was accepted before"
        case .earlierKey(let rotation, let accepted):
            "it was signed by the key of rotation \(rotation), and that of rotation \(accepted) was accepted before"
        case .metricSet(let error): error.sentence
        case .otherProject: "it is of another project"
        case .cryptography: "libcrypto has no Ed25519 here"
        }
    }
}
