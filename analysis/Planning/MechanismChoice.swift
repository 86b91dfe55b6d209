internal import LocalPrivacy
internal import Mechanisms
public import MetricDefinitions

/// Why no mechanism could be chosen.
public enum MechanismChoiceError: Error, Hashable, Sendable {
    /// No mechanism takes values of this kind in this form.
    case noMechanism
    /// The shortest report of any mechanism is longer than the budget allows.
    case budgetTooSmall(smallestByteCount: Int)
}

/// The mechanism that serves a task best, and what it was chosen over.
public struct MechanismChoice: Sendable {
    /// What is chosen.
    public let chosen: MechanismProspect
    /// The best other mechanism that fits; `nil` if there is none.
    public let runnerUp: MechanismProspect?
    /// The least variance that any mechanism of the catalog attains within the budget.
    public let leastScaledVariance: Double
    /// How many mechanisms fit the budget.
    public let fittingCount: Int

    /// Up to this much more variance is taken for a shorter report.
    public static let toleratedExcess = 0.02

    /// Chooses for a task: of the mechanisms whose reports fit the budget and whose variance is within
    /// ``toleratedExcess`` of the least, the one with the shortest report; of equals the more precise, then the one that
    /// the catalog has first.
    ///
    /// - Throws: ``MechanismChoiceError``.
    /// - Complexity: some dozens of mechanisms are made, a few milliseconds each.
    public init(for task: PlanningTask, catalog: MechanismCatalog = .standard) throws(MechanismChoiceError) {
        let prospects = Self.prospects(for: task, catalog: catalog)
        guard let smallest = prospects.map(\.byteCount).min() else { throw .noMechanism }
        let fitting = prospects.filter { $0.byteCount <= task.byteBudget }
        guard let least = fitting.map(\.scaledVariance).min() else {
            throw .budgetTooSmall(smallestByteCount: smallest)
        }
        let limit = least * (1 + Self.toleratedExcess)
        guard let chosen = Self.best(of: fitting.filter { $0.scaledVariance <= limit }) else {
            preconditionFailure("the least of all is within any limit above it")
        }
        self.chosen = chosen
        let others = fitting.filter { $0.identifier != chosen.identifier }
        runnerUp = others.min { $0.scaledVariance < $1.scaledVariance }
        leastScaledVariance = least
        fittingCount = Set(fitting.map(\.identifier)).count
    }

    /// Every mechanism of the catalog that answers the task, with all parameters that are tried. Means are the answer
    /// that is planned for numbers, and frequencies for everything else.
    static func prospects(for task: PlanningTask, catalog: MechanismCatalog) -> [MechanismProspect] {
        let isMemoized = task.permanentEpsilon != nil
        return catalog.randomizers.filter { $0.isMemoized == isMemoized }.flatMap { type in
            ParameterChoices.of(type.identifier, in: task).compactMap {
                MechanismProspect(type, parameters: $0, task: task)
            }
        }
    }

    private static func best(of prospects: [MechanismProspect]) -> MechanismProspect? {
        prospects.min { ($0.byteCount, $0.scaledVariance) < ($1.byteCount, $1.scaledVariance) }
    }

    /// Why, in one sentence.
    public var reason: String {
        var words =
            "\(chosen.title): n·variance \(significant(chosen.scaledVariance)), \(bytes(chosen.byteCount)) a report, of "
            + "\(fittingCount == 1 ? "1 mechanism that fits" : "\(fittingCount) mechanisms that fit") the budget"
        if chosen.scaledVariance > leastScaledVariance {
            words += "; at most \(percent(chosen.scaledVariance / leastScaledVariance - 1)) above the least variance"
        }
        guard let runnerUp else { return words + "; no runner-up" }
        return words + "; runner-up \(runnerUp.title): n·variance \(significant(runnerUp.scaledVariance)), "
            + "\(bytes(runnerUp.byteCount)) a report"
    }
}

/// So many bytes in words.
func bytes(_ count: Int) -> String { count == 1 ? "1 byte" : "\(count) bytes" }
