internal import CPlatform
internal import Glibc
internal import Synchronization

/// A word that the child of a fork finds at zero, so that it knows itself without a system call.
package final class ForkMark: Sendable {
    /// The mark of this process's agents: what it holds tells one process of a line of forks from another.
    package static let process = ForkMark()

    // A page of its own, written through atomics alone, which lasts as long as the mark.
    private nonisolated(unsafe) let page: UnsafeMutableRawPointer?
    private nonisolated(unsafe) let word: UnsafeMutablePointer<Atomic<UInt64>>
    private let lastValue = Atomic<UInt64>(0)

    /// A mark at zero.
    ///
    /// Where the system maps no such page the mark never holds, and everything answers as after a fork.
    package init() {
        page = dither_map_pages(4096, 0)
        word = (page ?? .allocate(byteCount: 4096, alignment: 4096)).bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        word.initialize(to: Atomic(0))
    }

    /// What the mark holds; zero in a child that has not armed it.
    package var value: UInt64 { word.pointee.load(ordering: .acquiring) }

    /// Sets the mark in a process where it is zero, to `candidate`, and returns what it holds then.
    @discardableResult
    package func arm(with candidate: UInt64) -> UInt64 {
        guard page != nil else { return 0 }
        let (exchanged, original) = word.pointee.compareExchange(
            expected: 0, desired: candidate, ordering: .acquiringAndReleasing)
        return exchanged ? candidate : original
    }

    /// Sets the mark in a process where it is zero, to a value that no ancestor's had.
    @discardableResult
    package func arm() -> UInt64 {
        let current = value
        if current != 0 { return current }
        return arm(with: lastValue.add(1, ordering: .acquiringAndReleasing).newValue)
    }

    /// Marks live as long as the process in every use but tests; the page goes with them.
    deinit {
        guard let page else { return word.deallocate() }
        munmap(page, 4096)
    }
}
