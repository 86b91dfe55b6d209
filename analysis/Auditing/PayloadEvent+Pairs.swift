internal import Mechanisms
internal import MetricDefinitions

extension AuditSubject {
    /// What tells two pairs apart: both halves at once, each by what tells its values apart.
    static func pairEvents(
        of pair: any PairRandomizer, _ first: MechanismInput, _ second: MechanismInput
    ) -> [PayloadEvent] {
        let (own, other) = (halves(first), halves(second))
        let firstEvents = events(of: pair.first, own.first, other.first)
        let secondEvents = events(of: pair.second, own.second, other.second)
        return firstEvents.flatMap { one in
            secondEvents.map { another in
                PayloadEvent("\(one.name), and of the other half: \(another.name)") { payload in
                    guard let payload, let reports = try? pair.reports(in: payload) else { return false }
                    return one.contains(reports.first) && another.contains(reports.second)
                }
            }
        }
    }

    private static func halves(_ input: MechanismInput) -> (first: MechanismInput, second: MechanismInput) {
        guard case .pair(let first, let second) = input else { return (.absent, .absent) }
        return (first, second)
    }

    private static func events<Half: LocalRandomizer>(
        of mechanism: Half, _ own: MechanismInput, _ other: MechanismInput
    ) -> [PayloadEvent] {
        AuditSubject<Half>(mechanism).knownEvents(of: own, from: other)
    }
}
