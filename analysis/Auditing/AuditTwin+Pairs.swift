public import Mechanisms
public import MetricDefinitions

/// Pairs of small instances of both halves: those of the fewest reports that can be listed.
extension PairedResponse: AuditTwinned {
    public var auditTwins: [any ExactlyAuditable] {
        let pairs = PairTwins(first, second).components.lazy.compactMap { first, second in
            try? PairedResponse(configuration: Configuration(first: first, second: second))
        }
        return Array(pairs.prefix(PairTwins.limit))
    }
}

extension MemoizedPairedResponse: AuditTwinned {
    public var auditTwins: [any ExactlyAuditable] {
        let pairs = PairTwins(first, second).components.lazy.compactMap { first, second in
            try? MemoizedPairedResponse(configuration: Configuration(first: first, second: second))
        }
        return Array(pairs.prefix(PairTwins.limit))
    }
}

/// Both halves of the twins of a pair.
private struct PairTwins {
    /// How many twins are enumerated.
    static let limit = 2

    /// Those that fit each other among them, the fewest reports first.
    let components: [(PairComponent, PairComponent)]

    init(_ first: any LocalRandomizer, _ second: any LocalRandomizer) {
        let (ones, others) = (Self.small(first), Self.small(second))
        let products = ones.flatMap { one in others.map { (one, $0) } }.sorted { left, right in
            left.0.reportCount * left.1.reportCount < right.0.reportCount * right.1.reportCount
        }
        components = products.map { ($0.0.component, $0.1.component) }
    }

    private typealias Small = (component: PairComponent, reportCount: Int)

    /// The small instances of a half: itself if it is one, and its twins.
    private static func small<Half: LocalRandomizer>(_ half: Half) -> [Small] {
        let own = EnumerableInstances(of: half)
        return (own.areTwins ? own.instances : own.instances + EnumerableInstances.twins(of: half)).compactMap {
            instance in
            EnumerableInstances.reportCount(of: instance).map { (PairComponent(instance), $0) }
        }
    }
}
