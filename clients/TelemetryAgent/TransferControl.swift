internal import CCurl
internal import Synchronization

/// Breaks off the exchanges of an agent from any thread. An exchange begun before ``interrupt()`` does not outlast it.
final class TransferControl: Sendable {
    /// The exchanges that were begun before one interruption.
    struct Generation: Equatable, Sendable {
        fileprivate let number: Int
    }

    private let interruptions = Atomic(0)
    // libcurl allows curl_multi_wakeup from any thread, as long as the handle lives: it is listed no longer than that.
    private let waiting = Guarded<[Handle]>([])

    private struct Handle: @unchecked Sendable, Equatable {
        let multi: UnsafeMutableRawPointer
    }

    /// What belongs to an exchange that begins here.
    var current: Generation { Generation(number: interruptions.load(ordering: .acquiring)) }

    /// Whether what began with `generation` was interrupted.
    func isInterrupted(_ generation: Generation) -> Bool { generation != current }

    /// Ends all exchanges that have begun, within microseconds where they wait.
    func interrupt() {
        interruptions.add(1, ordering: .acquiringAndReleasing)
        waiting.withLock { handles in
            for handle in handles { curl_multi_wakeup(handle.multi) }
        }
    }

    /// Runs `body` while ``interrupt()`` wakes the multi handle.
    func waking<Result>(_ multi: UnsafeMutableRawPointer, _ body: () -> Result) -> Result {
        let handle = Handle(multi: multi)
        waiting.withLock { $0.append(handle) }
        defer {
            waiting.withLock { handles in
                if let index = handles.firstIndex(of: handle) { handles.remove(at: index) }
            }
        }
        return body()
    }
}
