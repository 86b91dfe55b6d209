internal import Dispatch
internal import Synchronization

/// What an audit does, and how much of it.
public struct AuditSettings: Sendable {
    /// What an audit is made of.
    public enum Part: CaseIterable, Sendable {
        /// The exact proof.
        case proof
        /// The likelihood-ratio attack on single reports.
        case attack
        /// The attack on transcripts, and the checks of permanent responses.
        case transcripts
        /// What every report must be.
        case reports
        /// What the analyst makes of reports.
        case estimates
    }

    /// The parts that are run.
    public var parts = Set(Part.allCases)
    /// Fresh reports of each input that is compared.
    public var trialCount = 1_000_000
    /// From so many trials on, an attack that shows little is a warning.
    public var powerTrialCount = 1_000_000
    /// The probability with which all statistical checks of a sound metric together raise a false alarm, at most.
    public var falseAlarmRate = 1e-6
    /// The words of a stream; each chunk of trials has a stream of its own.
    public var noise: @Sendable (_ stream: UInt64) -> AuditNoise = { _ in .system() }
    /// How many threads make reports.
    public var threadCount = 2

    /// Everything, with a million trials of the system's noise.
    public init() {}

    /// The fewest trials with which an attack shows anything.
    public static let leastTrialCount = 1000

    /// How many checks share ``falseAlarmRate``.
    static let statisticalCheckCount = 16.0

    /// What one check has of it.
    var checkErrorRate: Double { falseAlarmRate / Self.statisticalCheckCount }

    /// The results of independent parts of the work, in order.
    func concurrently<Result: Sendable>(
        _ count: Int, _ work: @Sendable (Int) throws -> Result
    ) throws -> [Result] {
        let threads = max(1, min(threadCount, count))
        guard threads > 1 else { return try (0..<count).map(work) }
        let state = Mutex(
            (next: 0, results: [Result?](repeating: nil, count: count), failure: Optional<any Error>.none))
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let index = state.withLock { state in
                    defer { state.next += 1 }
                    return state.failure == nil && state.next < count ? state.next : nil
                }
                guard let index else { return }
                do {
                    let result = try work(index)
                    state.withLock { $0.results[index] = result }
                } catch { state.withLock { $0.failure = error } }
            }
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.results.compactMap(\.self)
        }
    }
}
