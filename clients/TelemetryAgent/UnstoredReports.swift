/// Randomized events that the disk did not take, one a metric: they wait in memory, so that no value is drawn for a
/// second time and none has to be kept.
struct UnstoredReports {
    private(set) var candidates: [UInt32: Slot] = [:]
    /// The files under which they were randomized: under another secret they are worth nothing.
    private var files: [FileIdentity?] = []

    var isEmpty: Bool { candidates.isEmpty }

    /// Forgets what was randomized under other files than these.
    mutating func retain(under files: [FileIdentity?]) {
        if files != self.files { (candidates, self.files) = ([:], files) }
    }

    /// Keeps a candidate, or the one of the same period that it does not beat.
    mutating func add(_ candidate: Slot) {
        if let held = candidates[candidate.metric], held.version == candidate.version,
            held.period == candidate.period, held.priority <= candidate.priority
        {
            return
        }
        candidates[candidate.metric] = candidate
    }
}
