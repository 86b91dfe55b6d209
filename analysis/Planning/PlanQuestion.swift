public import Estimation
internal import LocalPrivacy
public import Mechanisms
public import MetricDefinitions

/// What is measured, how, and how sure its figures shall be: a plan without its numbers.
public struct PlanQuestion: Sendable {
    /// Which error is meant.
    public enum Measure: String, CaseIterable, Sendable {
        /// Half the width of the interval of one value's share, or of the mean.
        case value
        /// The expected sum of all values' errors, without regard to sign.
        case total
    }

    /// Whom an interval speaks of.
    public enum Scope: String, CaseIterable, Sendable {
        /// The devices that report: what is random is the noise.
        case sample
        /// The population that they are drawn from.
        case population
    }

    /// Which mechanism the plan is for.
    public enum Mechanism: Hashable, Sendable {
        /// The best that fits.
        case auto
        /// One of the catalog, with the parameters that it chooses itself.
        case named(String)
    }

    /// What the values are.
    public var domain: InputDomain
    /// The probability with which an interval covers, and with which a detectable share is detected.
    public var confidence: ConfidenceLevel
    /// The share of the value in question; `nil` for 1 over the number of values, of texts 0.
    public var share: Double?
    public var measure: Measure
    public var scope: Scope
    public var mechanism: Mechanism
    /// The most bytes of one report's payload.
    public var byteBudget: Int
    /// How many texts are looked for, where none are declared.
    public var candidateCount = 1000
    /// The mechanisms that there are.
    public var catalog = MechanismCatalog.standard

    /// A question about a domain, with the usual answers to all else.
    public init(
        domain: InputDomain, confidence: ConfidenceLevel = .standard, share: Double? = nil, measure: Measure = .value,
        scope: Scope = .sample, mechanism: Mechanism = .auto, byteBudget: Int = PlanningTask.standardByteBudget
    ) {
        (self.domain, self.confidence, self.share, self.measure) = (domain, confidence, share, measure)
        (self.scope, self.mechanism, self.byteBudget) = (scope, mechanism, byteBudget)
    }

    /// How many values share the error rate of detection: those declared, or the candidates.
    public var valueCount: Int {
        switch domain {
        case .items(let count): count
        case .text: candidateCount
        case .range, .pair: 1
        }
    }

    var frequency: Double {
        if let share { return share }
        guard case .items(let count) = domain else { return 0 }
        return 1 / Double(count)
    }

    /// The mechanism for an ε and so many devices.
    ///
    /// - Throws: ``PlanError``.
    func prospect(epsilon: Epsilon, deviceCount: Int) throws(PlanError) -> MechanismProspect {
        let task = PlanningTask(
            epsilon: epsilon, domain: domain, deviceCount: deviceCount, byteBudget: byteBudget)
        switch mechanism {
        case .auto:
            do { return try MechanismChoice(for: task, catalog: catalog).chosen } catch { throw .choice(error) }
        case .named(let name):
            guard catalog.identifiers.contains(name) else { throw .unknownMechanism(name) }
            guard let type = catalog.randomizer(name, memoized: false) else { throw .notPlanned(name) }
            let prospects = ParameterChoices.of(name, in: task).compactMap {
                MechanismProspect(type, parameters: $0, task: task)
            }
            let fitting = prospects.filter { $0.byteCount <= byteBudget }
            guard let best = fitting.min(by: { $0.scaledVariance < $1.scaledVariance }) else {
                guard let smallest = prospects.map(\.byteCount).min() else { throw .notPlanned(name) }
                throw .choice(.budgetTooSmall(smallestByteCount: smallest))
            }
            return best
        }
    }
}

/// Why there is no plan.
public enum PlanError: Error, Hashable, Sendable {
    /// No mechanism fits the domain or the byte budget.
    case choice(MechanismChoiceError)
    /// The catalog has no mechanism of this name.
    case unknownMechanism(String)
    /// The mechanism does not take the domain, or its error is not known before there are reports.
    case notPlanned(String)
    /// No number of devices that may be expected, or no ε of one report, attains the error.
    case unattainable
}
