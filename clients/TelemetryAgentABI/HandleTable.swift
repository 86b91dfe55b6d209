internal import Synchronization
internal import TelemetryAgent

/// The open agents of the process, by handles that are never used again.
///
/// A handle is the place of its agent and a serial number that only grows. Looking one up takes no lock: a place counts
/// those who use its agent, and the agent goes when it is closed and nobody uses it any more, so that a call that races
/// a close finds the agent or an error and never freed memory. In the child of a fork all serial numbers given out so
/// far are the parent's; its agents stay untouched, for their memory and files are shared.
final class HandleTable: Sendable {
    /// Why there is no agent for a handle.
    enum Refusal: Error {
        case unknown, forked, tooMany
    }

    static let capacity = 64
    static let shared = HandleTable()

    private static let placeBitCount: UInt64 = 6
    private static let serialLimit: UInt64 = 1 << 48
    private static let closing: UInt64 = 1 << 15
    private static let userMask: UInt64 = closing - 1

    /// One agent: its serial number, whether it is being closed, and how many use it, in one word; and a reference to it.
    private struct Place: ~Copyable {
        let word = Atomic<UInt64>(0)
        let agent = Atomic<UInt>(0)
    }

    private nonisolated(unsafe) let places: UnsafeMutablePointer<Place>
    private let nextSerial = Atomic<UInt64>(1)
    /// Holds the first serial number of this process; zero in a child that has opened nothing.
    private let firstSerial = ForkMark()

    private init() {
        places = .allocate(capacity: Self.capacity)
        for index in 0..<Self.capacity { (places + index).initialize(to: Place()) }
    }

    /// Gives an agent a handle.
    ///
    /// - Throws: ``Refusal/tooMany``.
    func insert(_ agent: BackgroundAgent) throws(Refusal) -> UInt64 {
        let first = firstSerial.arm(with: nextSerial.load(ordering: .sequentiallyConsistent))
        let serial = nextSerial.add(1, ordering: .sequentiallyConsistent).oldValue
        guard first != 0, serial < Self.serialLimit else { throw .tooMany }
        for index in 0..<Self.capacity {
            let place = places + index
            let found = place.pointee.word.load(ordering: .acquiring)
            // A place of the parent's is free in the child; what stands in it is left alone.
            guard found == 0 || found >> 16 < first else { continue }
            let reserved = serial << 16 | Self.closing | 1
            guard
                place.pointee.word.compareExchange(
                    expected: found, desired: reserved, ordering: .acquiringAndReleasing
                ).exchanged
            else { continue }
            place.pointee.agent.store(
                UInt(bitPattern: Unmanaged.passRetained(agent).toOpaque()), ordering: .releasing)
            place.pointee.word.store(serial << 16, ordering: .releasing)
            return serial << Self.placeBitCount | UInt64(index)
        }
        throw .tooMany
    }

    /// Runs `body` with the agent of a handle, which is not freed meanwhile.
    ///
    /// - Throws: ``Refusal``.
    @inline(__always)
    func withAgent<Result>(
        _ handle: UInt64, closing: Bool = false, _ body: (BackgroundAgent) -> Result
    ) throws(Refusal) -> Result {
        let index = try use(handle, closing: closing)
        defer { release(index) }
        let bits = places[index].agent.load(ordering: .acquiring)
        guard let pointer = UnsafeRawPointer(bitPattern: bits) else { throw .unknown }
        return Unmanaged<BackgroundAgent>.fromOpaque(pointer)._withUnsafeGuaranteedRef { body($0) }
    }

    /// Counts a user in; with `closing`, the last one but those that are in already.
    private func use(_ handle: UInt64, closing: Bool) throws(Refusal) -> Int {
        let (index, serial) = (Int(handle & (1 << Self.placeBitCount - 1)), handle >> Self.placeBitCount)
        guard serial > 0, serial < nextSerial.load(ordering: .acquiring) else { throw .unknown }
        let first = firstSerial.value
        guard first != 0, serial >= first else { throw .forked }
        let word = UnsafeMutablePointer(places + index)
        var found = word.pointee.word.load(ordering: .acquiring)
        while true {
            guard found >> 16 == serial, found & Self.closing == 0, found & Self.userMask < Self.userMask else {
                throw .unknown
            }
            let (exchanged, original) = word.pointee.word.weakCompareExchange(
                expected: found, desired: (found + 1) | (closing ? Self.closing : 0), ordering: .acquiringAndReleasing)
            if exchanged { return index }
            found = original
        }
    }

    /// Counts a user out; the last one of an agent that is closed frees it.
    private func release(_ index: Int) {
        let place = places + index
        let left = place.pointee.word.subtract(1, ordering: .acquiringAndReleasing).newValue
        guard left & (Self.closing | Self.userMask) == Self.closing else { return }
        let bits = place.pointee.agent.exchange(0, ordering: .acquiringAndReleasing)
        place.pointee.word.store(0, ordering: .releasing)
        guard let pointer = UnsafeRawPointer(bitPattern: bits) else { return }
        Unmanaged<BackgroundAgent>.fromOpaque(pointer).release()
    }
}
