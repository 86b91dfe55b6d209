internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import Planning

/// A mechanism that `mechanism: auto` stands for, as a lock keeps it.
public struct LockedChoice: Hashable, Sendable {
    /// The mechanism's name.
    public let mechanism: String
    /// The parameters set for it, by name; those missing are the mechanism's own choice.
    public let parameters: [String: Int]
}

/// What became of `mechanism: auto` in one metric.
struct AutoChoice: Sendable {
    /// What the metric uses.
    let choice: LockedChoice
    /// Whether the lock had it.
    let isLocked: Bool
    /// What it was, or would be, chosen for.
    let task: PlanningTask

    /// Why that mechanism, and what the runner-up is; where the lock keeps another than would be chosen, that too.
    var reason: String {
        guard let best = try? MechanismChoice(for: task) else { return "kept by the lock: \(choice.mechanism)" }
        guard LockedChoice(best.chosen) != choice else { return best.reason }
        return "kept by the lock: \(choice.mechanism). A new version would get \(best.reason)"
    }
}

extension LockedChoice {
    init(_ prospect: MechanismProspect) {
        self.init(mechanism: prospect.identifier, parameters: prospect.parameters)
    }
}

extension MetricReader {
    /// The name that leaves the choice to the compiler.
    static let autoName = "auto"

    /// What `mechanism` says, with the keys that `auto` needs.
    func readDemand(flag: Bool?, _ findings: inout DiagnosticList) -> MechanismDemand? {
        guard case .scalar(Self.autoName, isPlain: true)? = keys.node("mechanism")?.content else {
            let mechanism = readMechanism(flag: flag, &findings)
            for key in ["expected_devices", "report_bytes"] where keys.has(key) {
                findings.error(
                    keys.position(of: key), "\(keys.subject) has '\(key)' and names its mechanism",
                    "Remove it, or write 'mechanism: auto'.")
            }
            return mechanism.map(MechanismDemand.named)
        }
        refuseParameters(&findings)
        let devices = keys.integer("expected_devices", in: PlanningTask.allowedDeviceCounts, &findings)
        let bytes =
            keys.has("report_bytes")
            ? keys.integer("report_bytes", in: PlanningTask.allowedByteBudgets, &findings)
            : PlanningTask.standardByteBudget
        guard let flag, let devices, let bytes else { return nil }
        return .auto(isMemoized: flag, deviceCount: devices, byteBudget: bytes)
    }

    private func refuseParameters(_ findings: inout DiagnosticList) {
        var seen: Set<String> = []
        for parameter in MechanismCatalog.standard.randomizers.flatMap({ $0.parameters })
        where keys.has(parameter.name) && seen.insert(parameter.name).inserted {
            findings.error(
                keys.position(of: parameter.name), "\(keys.subject) has '\(parameter.name)' and 'mechanism: auto'",
                "Remove it, as it is chosen with the mechanism, or name the mechanism.")
        }
    }

    /// The mechanism for a metric that leaves it open: what the lock has for this version, or else the best.
    func chooseMechanism(
        for task: PlanningTask, locked: LockedChoice?, _ findings: inout DiagnosticList
    ) -> AutoChoice? {
        if let locked { return AutoChoice(choice: locked, isLocked: true, task: task) }
        do {
            let choice = try MechanismChoice(for: task)
            findings.note(
                keys.position(of: "mechanism"), "\(keys.subject): auto is \(choice.reason)",
                "The lock keeps it: run 'dither registry check --update' and commit the lock.")
            return AutoChoice(choice: LockedChoice(choice.chosen), isLocked: false, task: task)
        } catch {
            switch error {
            case .noMechanism:
                findings.error(
                    keys.position(of: "mechanism"), "no mechanism fits \(keys.subject)",
                    "Check 'type', 'values', 'when_absent' and 'memoize', or name a mechanism.")
            case .budgetTooSmall(let smallest):
                findings.error(
                    keys.position(of: "report_bytes"),
                    "no report of \(keys.subject) fits 'report_bytes': the shortest has \(smallest)",
                    "Write at least 'report_bytes: \(smallest)'.")
            }
            return nil
        }
    }
}
