internal import Synchronization

/// Keeps one idle tool that is dear to make, such as a context of libcrypto, for whoever needs it next, on any thread.
///
/// There is no lock, so that the child of a fork never waits for a thread that it does not have. Where two threads need a
/// tool at once, the second makes its own, and the one that is given back last is released by its user.
struct Spare: ~Copyable, @unchecked Sendable {
    // Safe because a pointer is in the hands of one thread from `take` to `keep`.
    private let idle = Atomic<OpaquePointer?>(nil)

    /// The idle tool, which now belongs to the caller; `nil` if there is none.
    func take() -> OpaquePointer? { idle.exchange(nil, ordering: .acquiring) }

    /// Keeps a tool that holds no secret any more; `false` if there is one already, and this one remains the caller's.
    func keep(_ tool: OpaquePointer) -> Bool {
        idle.compareExchange(expected: nil, desired: tool, ordering: .releasing).exchanged
    }
}
