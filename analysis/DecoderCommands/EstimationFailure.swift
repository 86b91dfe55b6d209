public import Estimation
public import Mechanisms
public import MetricDefinitions

extension CommandError {
    private static let namedLimit = 5

    /// Only bits of cohorts with reports tell candidates apart.
    private static let moreReports = "estimate more reports if some cohorts have none so far"

    /// Why values have no estimates.
    ///
    /// - Parameters:
    ///   - values: those that were to be estimated, in the order of the error's positions.
    ///   - file: where they were read.
    public init(
        _ error: EstimationError, values: [MechanismInput], of definition: MetricDefinition, file: String?
    ) {
        let file = file.map { "\($0): " } ?? ""
        switch error {
        case .candidateOutOfDomain(let position):
            self.init(
                .validationFailed,
                "\(file)\(Self.name(values, position)) is no value of \(definition.name). Leave it out of the "
                    + "candidates.")
        case .tooManyCandidates(let count, let limit):
            self.init(
                .validationFailed,
                "\(file)\(count) candidates are more than the \(limit) that an estimate of \(definition.name) can tell "
                    + "apart. Look for fewer, \(Self.moreReports), or define a new version with more cohorts or bits.")
        case .indistinguishable(let positions):
            let more = positions.count > Self.namedLimit ? " and \(positions.count - Self.namedLimit) more" : ""
            let names = positions.prefix(Self.namedLimit).map { Self.name(values, $0) }.joined(separator: ", ") + more
            self.init(
                .validationFailed,
                "\(file)the bits of \(definition.name) cannot tell these candidates from others: \(names). Leave them "
                    + "out, \(Self.moreReports), or define a new version with more cohorts or bits.")
        case .algorithmUnavailable(let name):
            self.init(.runtimeFailure, "libcrypto offers no \(name) here. Use an OpenSSL that does.")
        }
    }

    private static func name(_ values: [MechanismInput], _ position: Int) -> String {
        guard values.indices.contains(position), case .text(let bytes) = values[position] else {
            return MetricDomain.absenceLabel
        }
        return "'\(String(decoding: bytes, as: UTF8.self))'"
    }
}
