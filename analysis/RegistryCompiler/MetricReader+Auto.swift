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

    /// Whether what the lock has is still a mechanism, and within the budget.
    func isSound(
        _ choice: AutoChoice, _ mechanism: any LocalRandomizer.Type, _ declared: MechanismDeclaration,
        _ findings: inout DiagnosticList
    ) -> Bool {
        let known = Set(mechanism.parameters.map(\.name))
        guard known.isSuperset(of: choice.choice.parameters.keys),
            let made = try? mechanism.make(declared: declared)
        else {
            findings.error(
                keys.position(of: "mechanism"),
                "what the lock has for \(keys.subject), '\(choice.choice.encoded)', makes no mechanism of this metric",
                "Restore the lock from version control, or take back what changed in the metric, or raise 'version'.")
            return false
        }
        guard made.payloadByteCount <= choice.task.byteBudget else {
            findings.error(
                keys.position(of: "report_bytes"),
                "reports of \(keys.subject) have \(made.payloadByteCount) bytes with '\(choice.choice.mechanism)', which "
                    + "the lock keeps: above its 'report_bytes' of \(choice.task.byteBudget)",
                "Raise 'report_bytes' again, or 'version', so that the mechanism is chosen anew.")
            return false
        }
        return true
    }

    /// What to do where no mechanism can be chosen.
    private func remedy(for task: PlanningTask) -> String {
        switch task.domain {
        case .text where task.permanentEpsilon != nil:
            "Write 'mechanism: rappor': its error depends on the candidates, so that it is never chosen."
        case .range where task.reportsAbsence:
            "A number has no answer for 'no event': write 'when_absent: { value: X }'."
        default: "Check 'type', 'values', 'when_absent' and 'memoize', or name a mechanism."
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
                "The lock keeps it, once 'dither registry check --update' has written it: commit the lock.")
            return AutoChoice(choice: LockedChoice(choice.chosen), isLocked: false, task: task)
        } catch {
            switch error {
            case .noMechanism:
                findings.error(
                    keys.position(of: "mechanism"), "no mechanism fits \(keys.subject)",
                    remedy(for: task))
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
