internal import CPlatform
internal import Glibc
internal import Synchronization

/// What one stripe holds of one metric's events since the last drain.
struct EventSlot {
    var eventCount: UInt64 = 0
    /// The event that takes the candidate's place next; zero while that is not drawn.
    var nextAccepted: UInt64 = 0
    var clippedCount: UInt64 = 0
    /// The candidate: an item, a place in the range, or the length of a text.
    var content: UInt64 = 0
}

/// The memory in which values wait, in stripes that threads use side by side. Its size is fixed; a forked child finds it
/// zeroed, core dumps leave it out, and nothing of it is paged in before it is used.
final class EventSlots: @unchecked Sendable {
    /// What every text takes.
    static let textByteCount = 256
    /// Stripes do not share cache lines, nor the pairs of lines that processors fetch together.
    private static let headByteCount = 128

    private struct Head: ~Copyable {
        let isTaken = Atomic<Bool>(false)
        let recordedCount = Atomic<UInt64>(0)
    }

    let stripeCount: Int
    let metricCount: Int
    private let stripeByteCount: Int
    private let byteCount: Int
    private let memory: UnsafeMutableRawPointer

    /// Slots for so many metrics, of which some are of texts.
    ///
    /// - Throws: ``AgentError/file(path:operation:errno:)`` when the system has no memory of this kind.
    init(stripeCount: Int, metricCount: Int, textCount: Int) throws(AgentError) {
        (self.stripeCount, self.metricCount) = (stripeCount, metricCount)
        let used =
            Self.headByteCount + metricCount * MemoryLayout<EventSlot>.stride + textCount * Self.textByteCount
        stripeByteCount = (used + Self.headByteCount - 1) / Self.headByteCount * Self.headByteCount
        byteCount = stripeCount * stripeByteCount
        guard let memory = dither_map_pages(byteCount, 1) else {
            throw .file(path: "memory", operation: "map pages that are not copied on fork", errno: errno)
        }
        self.memory = memory
        for stripe in 0..<stripeCount {
            let base = memory + stripe * stripeByteCount
            base.bindMemory(to: Head.self, capacity: 1).initialize(to: Head())
            // Zeroed pages are slots without events.
            (base + Self.headByteCount).bindMemory(to: EventSlot.self, capacity: metricCount)
        }
    }

    deinit {
        dither_wipe(memory, byteCount)
        munmap(memory, byteCount)
    }

    private func head(_ stripe: Int) -> UnsafeMutablePointer<Head> {
        (memory + stripe * stripeByteCount).assumingMemoryBound(to: Head.self)
    }

    /// Takes a stripe if nobody has it.
    func tryTake(_ stripe: Int) -> Bool { !head(stripe).pointee.isTaken.exchange(true, ordering: .acquiring) }

    /// Gives a stripe back.
    func giveBack(_ stripe: Int) { head(stripe).pointee.isTaken.store(false, ordering: .releasing) }

    /// Counts one event; for the owner of the stripe.
    func countRecorded(in stripe: Int) { head(stripe).pointee.recordedCount.wrappingAdd(1, ordering: .relaxed) }

    /// The events recorded so far, in all stripes.
    var recordedCount: UInt64 {
        (0..<stripeCount).reduce(0) { $0 &+ head($1).pointee.recordedCount.load(ordering: .relaxed) }
    }

    /// The slot of a metric; for the owner of the stripe.
    func slot(_ metric: Int, in stripe: Int) -> UnsafeMutablePointer<EventSlot> {
        (memory + stripe * stripeByteCount + Self.headByteCount).assumingMemoryBound(to: EventSlot.self) + metric
    }

    /// The text of a metric's candidate; for the owner of the stripe.
    func text(_ textIndex: Int, in stripe: Int) -> UnsafeMutableRawPointer {
        memory + stripe * stripeByteCount + Self.headByteCount + metricCount * MemoryLayout<EventSlot>.stride
            + textIndex * Self.textByteCount
    }

    /// Overwrites what a stripe holds of these metrics, without touching what is zero; for its owner.
    func wipe(_ plans: UnsafeMutableBufferPointer<EventPlan>, in stripe: Int) {
        for plan in plans where slot(plan.position, in: stripe).pointee.eventCount > 0 { wipe(plan, in: stripe) }
    }

    /// Overwrites what a stripe holds of a metric; for its owner.
    func wipe(_ plan: EventPlan, in stripe: Int) {
        dither_wipe(slot(plan.position, in: stripe), MemoryLayout<EventSlot>.stride)
        for index in plan.textIndex..<plan.textIndex + plan.textCount {
            dither_wipe(text(index, in: stripe), Self.textByteCount)
        }
    }
}
