internal import CPlatform
internal import Glibc
internal import Synchronization

/// Places for keys in pages that are locked in memory where the system allows it, left out of core dumps, and zero in the
/// child of a fork. Places are reused, pages never given back: a process has few keys at a time.
enum SecretMemory {
    /// The size of a place, in bytes.
    static let placeByteCount = 32
    private static let pagesByteCount = 16_384

    private struct Place: @unchecked Sendable {
        // Safe because a place belongs to one key from `take` to `giveBack`, and the list to the lock.
        let start: UnsafeMutableRawPointer
    }

    // The place that was given back last, which most are content with: it costs no lock.
    private static let spare = Spare()
    // Not a Mutex, which remembers its thread's identity and traps in the child of a fork, where that is another. Held
    // for moments only.
    private static let isTaken = Atomic<Bool>(false)
    nonisolated(unsafe) private static var free: [Place] = []

    private static func withFree<Result>(_ body: (inout [Place]) -> Result) -> Result {
        while isTaken.exchange(true, ordering: .acquiring) { sched_yield() }
        defer { isTaken.store(false, ordering: .releasing) }
        return body(&free)
    }

    /// A place full of zeros.
    static func take() -> UnsafeMutableRawBufferPointer {
        if let idle = spare.take() {
            return UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(idle), count: placeByteCount)
        }
        let place: Place? = withFree { free in
            if free.isEmpty, let pages = dither_secret_pages(pagesByteCount) {
                free = stride(from: 0, to: pagesByteCount, by: placeByteCount).map { Place(start: pages + $0) }
            }
            return free.popLast()
        }
        guard let place else { preconditionFailure("there is no memory, as after any allocation that fails") }
        return UnsafeMutableRawBufferPointer(start: place.start, count: placeByteCount)
    }

    /// Wipes a place and makes it available again.
    static func giveBack(_ place: UnsafeMutableRawBufferPointer) {
        guard let start = place.baseAddress else { return }
        dither_wipe(start, place.count)
        if !spare.keep(OpaquePointer(start)) { withFree { $0.append(Place(start: start)) } }
    }
}
