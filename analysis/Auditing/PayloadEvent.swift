internal import Estimation
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat
internal import Synchronization

/// A set of what a device may send in one period: payloads, or nothing.
struct PayloadEvent: Sendable {
    let name: String
    let contains: @Sendable ([UInt8]?) -> Bool

    init(_ name: String, contains: @escaping @Sendable ([UInt8]?) -> Bool) {
        (self.name, self.contains) = (name, contains)
    }
}

extension AuditSubject {
    /// The most values of a domain of which a pure protocol's support is counted report by report.
    static var supportedItemLimit: Int { 4096 }

    /// What the mechanism itself, or its estimator, knows to tell two inputs apart.
    func knownEvents(of first: MechanismInput, from second: MechanismInput) -> [PayloadEvent] {
        if let distinguishing = mechanism as? any DistinguishingEvents {
            return Self.payloadEvents(of: distinguishing, first, second)
        }
        if let pair = mechanism as? any PairRandomizer { return Self.pairEvents(of: pair, first, second) }
        guard let oracle = mechanism as? any PureFrequencyOracle, case .items(let count) = oracle.configuration.domain,
            count <= Self.supportedItemLimit
        else { return [] }
        func item(_ input: MechanismInput) -> Int? {
            switch input {
            case .item(let item): item
            case .absent: count
            case .text, .place, .pair: nil
            }
        }
        guard let own = item(first), let other = item(second) else { return [] }
        return [Self.supportEvent(of: oracle, own, other)]
    }

    private static func payloadEvents<M: DistinguishingEvents>(
        of mechanism: M, _ first: MechanismInput, _ second: MechanismInput
    ) -> [PayloadEvent] {
        let shape = mechanism.shape
        return mechanism.distinguishingEvents(of: first, from: second).map { event in
            PayloadEvent(event.name) { payload in
                guard let payload, let report = try? M.Report(decoding: payload.span, shape: shape) else {
                    return false
                }
                return event.contains(report)
            }
        }
    }

    /// A report supports the first value and not the second.
    private static func supportEvent<M: PureFrequencyOracle>(of oracle: M, _ own: Int, _ other: Int) -> PayloadEvent {
        let (shape, empty) = (oracle.shape, oracle.makeAggregate(of: Fingerprint(value: 0)))
        @Sendable func isSupported(_ payload: [UInt8]) -> Bool {
            guard let report = try? M.Report(decoding: payload.span, shape: shape) else { return false }
            var aggregate = empty
            oracle.absorb(report, into: &aggregate)
            let support = oracle.supportCounts(in: aggregate)
            return support[own] > 0 && support[other] == 0
        }
        let name = "the report supports the first and not the second"
        guard oracle.payloadByteCount <= 2 else {
            return PayloadEvent(name) { payload in payload.map(isSupported) ?? false }
        }
        // Few payloads: each is asked about once.
        let known = Mutex([[UInt8]: Bool]())
        return PayloadEvent(name) { payload in
            guard let payload else { return false }
            return known.withLock { known in
                if let answer = known[payload] { return answer }
                let answer = isSupported(payload)
                known[payload] = answer
                return answer
            }
        }
    }
}
