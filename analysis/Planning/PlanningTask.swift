public import LocalPrivacy
public import Mechanisms

/// What a metric asks of a mechanism, apart from the mechanism's own parameters.
public struct PlanningTask: Hashable, Sendable {
    /// The bound on one report.
    public var epsilon: Epsilon
    /// The bound on all reports about one value; with it, memoized mechanisms are meant.
    public var permanentEpsilon: Epsilon?
    /// What the values are.
    public var domain: InputDomain
    /// Whether "no event" is reported as an answer of its own.
    public var reportsAbsence: Bool
    /// How many devices are expected to report, at least 1.
    public var deviceCount: Int
    /// The most bytes of one report's payload.
    public var byteBudget: Int

    /// Where nobody says how large a report may be: as large as one of text that an agent pads to its smallest batch.
    public static let standardByteBudget = 128
    /// The payloads that the wire format takes.
    public static let allowedByteBudgets = 1...16_384
    /// The devices that may be expected: up to ten thousand million.
    public static let allowedDeviceCounts = 1...10_000_000_000

    /// A task of these facts.
    public init(
        epsilon: Epsilon, permanentEpsilon: Epsilon? = nil, domain: InputDomain, reportsAbsence: Bool = false,
        deviceCount: Int, byteBudget: Int = standardByteBudget
    ) {
        (self.epsilon, self.permanentEpsilon, self.domain) = (epsilon, permanentEpsilon, domain)
        (self.reportsAbsence, self.deviceCount, self.byteBudget) = (reportsAbsence, deviceCount, byteBudget)
    }

    /// How many answers there are, with "no event" where it is one; `nil` where they are not declared.
    public var itemCount: Int? {
        guard case .items(let valueCount) = domain else { return nil }
        return valueCount + (reportsAbsence ? 1 : 0)
    }

    /// The task in the words of a registry, for a mechanism with these parameters.
    func declaration(_ parameters: [String: DeclaredNumber]) -> MechanismDeclaration {
        MechanismDeclaration(
            epsilon: epsilon, permanentEpsilon: permanentEpsilon, domain: domain, reportsAbsence: reportsAbsence,
            parameters: parameters)
    }
}
