internal import CPlatform
internal import Glibc
package import MetricDefinitions
internal import SecureRandomness
internal import Synchronization

/// Where events wait for the agent's thread: recording one touches no disk and no network, allocates nothing, waits for
/// no other thread, and never finds the buffer full.
///
/// Per metric it keeps one candidate and a count: of n events since the last drain each is the candidate with
/// probability 1/n, whatever n. Threads use different stripes; one that finds its stripe taken goes to the next, so that
/// a thread that is stopped in the midst of recording stops nobody else. Values are wiped when they are replaced or
/// drained.
package final class EventBuffer: Sendable {
    private static let stripeCount = 8

    // Written only before `init` returns.
    nonisolated(unsafe) private let plans: UnsafeMutableBufferPointer<EventPlan>
    private let names: ByteTable
    private let categories: ByteTable
    private let slots: EventSlots
    private let sampling: EventSampling
    private let isAccepting = Atomic<Bool>(false)
    private let drainedCount = Atomic<UInt64>(0)

    /// A buffer for the events of these metrics. It takes none before ``accept()``.
    ///
    /// - Throws: ``AgentError`` when the system has no memory for it.
    package convenience init(_ metricSet: MetricSet) throws(AgentError) {
        let sampling = EventSampling(wordCount: 1 << 64) {
            var word: UInt64 = 0
            return dither_random_word(&word) == 0 ? word : nil
        }
        try self.init(metricSet, stripeCount: Self.stripeCount, sampling: sampling)
    }

    init(_ metricSet: MetricSet, stripeCount: Int, sampling: EventSampling) throws(AgentError) {
        self.sampling = sampling
        var (plans, textCount) = ([EventPlan](), 0)
        var (names, categories) = ([ByteTable.Entry](), [ByteTable.Entry]())
        for (position, metric) in metricSet.metrics.enumerated() {
            let plan = EventPlan(metric, position: position, textIndex: textCount)
            plans.append(plan)
            textCount += plan.textCount
            names.append(.init(scope: 0, bytes: Array(metric.name.utf8), value: position))
            for (half, labels) in metric.domain.labelsOfHalves.enumerated() {
                let scope = EventPlan.categoryScope(position, half: half)
                for (item, label) in labels.enumerated() {
                    categories.append(.init(scope: scope, bytes: Array(label.utf8), value: item))
                }
            }
        }
        // One stripe more, in which a drain gathers the others.
        slots = try EventSlots(stripeCount: stripeCount + 1, metricCount: plans.count, textCount: textCount)
        self.plans = .allocate(capacity: plans.count)
        _ = self.plans.initialize(from: plans)
        (self.names, self.categories) = (ByteTable(names), ByteTable(categories))
    }

    deinit {
        plans.deallocate()
        names.deallocate()
        categories.deallocate()
    }

    /// The events taken since the buffer was made.
    package var recordedCount: UInt64 { slots.recordedCount }

    /// Whether nothing was recorded since the last drain began.
    package var isEmpty: Bool { slots.recordedCount == drainedCount.load(ordering: .acquiring) }

    /// Takes events from here on.
    package func accept() { isAccepting.store(true, ordering: .releasing) }

    /// Whether events are taken.
    package var accepts: Bool { isAccepting.load(ordering: .acquiring) }

    /// Takes no event from here on, and wipes those that wait. None that was refused is found here later.
    package func refuse() {
        isAccepting.store(false, ordering: .sequentiallyConsistent)
        discard()
    }

    /// Wipes the events that wait.
    package func discard() {
        let count = slots.recordedCount
        for stripe in 0..<ownStripeCount {
            take(stripe)
            slots.wipe(plans, in: stripe)
            slots.giveBack(stripe)
        }
        drainedCount.store(count, ordering: .releasing)
    }

    /// Takes one event of the metric of this name.
    ///
    /// - Parameter stripe: where to look for room first; by default by the caller's processor.
    /// - Throws: ``EventRefusal``.
    package func record(
        _ value: EventValue, for name: UnsafeBufferPointer<UInt8>, startingAt stripe: Int? = nil
    ) throws(EventRefusal) {
        guard accepts else { throw .off }
        guard let position = names.value(of: name, in: 0) else { throw .unknownMetric }
        let plan = plans[position]
        let content = try plan.content(of: value, categories: categories)
        var current = (stripe ?? Int(dither_current_processor())) % ownStripeCount
        var attempts = 1
        while !slots.tryTake(current) {
            current = (current + 1) % ownStripeCount
            if attempts % ownStripeCount == 0 { sched_yield() }
            attempts += 1
        }
        defer { slots.giveBack(current) }
        // Under the stripe's lock: whoever refuses events from now on finds this one and wipes it.
        guard accepts else { throw .off }
        try put(content, of: plan, in: current)
        slots.countRecorded(in: current)
    }

    private var ownStripeCount: Int { slots.stripeCount - 1 }

    private func take(_ stripe: Int) {
        while !slots.tryTake(stripe) { sched_yield() }
    }

    private func put(_ content: EventPlan.Content, of plan: EventPlan, in stripe: Int) throws(EventRefusal) {
        let slot = slots.slot(plan.position, in: stripe)
        let count = slot.pointee.eventCount &+ 1
        if plan.combinesAny {
            slot.pointee.content |= content.word
        } else if count > 1 {
            if slot.pointee.nextAccepted == 0 {
                guard let next = sampling.nextAccepted(after: count - 1) else { throw .noRandomness }
                slot.pointee.nextAccepted = next
            }
            if slot.pointee.nextAccepted == count {
                keep(content, of: plan, in: stripe)
                slot.pointee.nextAccepted = 0
            }
        } else {
            keep(content, of: plan, in: stripe)
        }
        slot.pointee.eventCount = count
        if content.isClipped { slot.pointee.clippedCount &+= 1 }
    }

    private func keep(_ content: EventPlan.Content, of plan: EventPlan, in stripe: Int) {
        slots.slot(plan.position, in: stripe).pointee.content = content.word
        keep(content.text, at: plan.textIndex, in: stripe)
        keep(content.otherText, at: plan.textIndex + plan.textCount - 1, in: stripe)
    }

    private func keep(_ text: UnsafeBufferPointer<UInt8>?, at index: Int, in stripe: Int) {
        guard let text else { return }
        let kept = slots.text(index, in: stripe)
        dither_wipe(kept, EventSlots.textByteCount)
        if let start = text.baseAddress { kept.copyMemory(from: start, byteCount: text.count) }
    }
}

// MARK: - Draining

/// The events of one metric that a drain found.
package struct BufferedEvents {
    /// The metric's place in the set.
    package var position: Int
    /// How many events the candidate stands for, at least one.
    package var eventCount: UInt64
    /// How many of them were numbers outside the metric's range.
    package var clippedCount: UInt64
    /// The candidate: an item, or a place in the range.
    package var word: UInt64
    /// The candidate of a metric of texts; its memory is wiped after the drain.
    package var text: UnsafeRawBufferPointer?
    /// The second text of a pair's candidate, or its only one where the first half is none; likewise.
    package var otherText: UnsafeRawBufferPointer?
}

extension MetricDomain {
    /// The names of the categories of each half, or of the whole; none for other values.
    fileprivate var labelsOfHalves: [[String]] {
        switch self {
        case .category(let labels): [labels]
        case .pair(let first, let second):
            [first.domain.labelsOfHalves.first ?? [], second.domain.labelsOfHalves.first ?? []]
        case .boolean, .string, .number: []
        }
    }
}

extension EventBuffer {
    /// Hands over what was recorded, metric by metric, and forgets it, also when `body` fails. One thread at a time.
    ///
    /// - Throws: what `body` throws, and ``AgentError/noRandomness(_:)``.
    package func drain(_ body: (BufferedEvents) throws(AgentError) -> Void) throws(AgentError) {
        let gathered = ownStripeCount
        defer { slots.wipe(plans, in: gathered) }
        drainedCount.store(slots.recordedCount, ordering: .releasing)
        for stripe in 0..<ownStripeCount {
            take(stripe)
            defer {
                slots.wipe(plans, in: stripe)
                slots.giveBack(stripe)
            }
            for plan in plans { try gather(plan, from: stripe) }
        }
        for plan in plans {
            let slot = slots.slot(plan.position, in: gathered).pointee
            guard slot.eventCount > 0 else { continue }
            var events = BufferedEvents(
                position: plan.position, eventCount: slot.eventCount, clippedCount: slot.clippedCount,
                word: slot.content)
            func text(_ index: Int, count: UInt64) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(start: slots.text(index, in: gathered), count: Int(count))
            }
            if plan.kind == .text { events.text = text(plan.textIndex, count: slot.content) }
            if plan.halves?.first == .text {
                events.text = text(plan.textIndex, count: slot.content & UInt64(UInt32.max))
            }
            if plan.halves?.second == .text {
                events.otherText = text(plan.textIndex + plan.textCount - 1, count: slot.content >> 32)
            }
            try body(events)
        }
    }

    /// Adds a stripe's events of a metric to those gathered so far; its candidate goes on by its share of them.
    private func gather(_ plan: EventPlan, from stripe: Int) throws(AgentError) {
        let (found, gathered) = (slots.slot(plan.position, in: stripe), slots.slot(plan.position, in: ownStripeCount))
        guard found.pointee.eventCount > 0 else { return }
        let total = gathered.pointee.eventCount &+ found.pointee.eventCount
        if plan.combinesAny {
            gathered.pointee.content |= found.pointee.content
        } else {
            var goesOn = true
            if gathered.pointee.eventCount > 0 {
                guard let drawn = sampling.keeps(found.pointee.eventCount, of: total) else {
                    throw .noRandomness(.systemSourceFailed(errno: errno))
                }
                goesOn = drawn
            }
            if goesOn {
                gathered.pointee.content = found.pointee.content
                for index in plan.textIndex..<plan.textIndex + plan.textCount {
                    slots.text(index, in: ownStripeCount)
                        .copyMemory(from: slots.text(index, in: stripe), byteCount: EventSlots.textByteCount)
                }
            }
        }
        gathered.pointee.eventCount = total
        gathered.pointee.clippedCount &+= found.pointee.clippedCount
    }
}
