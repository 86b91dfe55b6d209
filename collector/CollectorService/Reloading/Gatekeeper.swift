internal import Synchronization

/// The access control of the moment, for both listeners.
package final class Gatekeeper: Sendable {
    private let control: Mutex<AccessControl>

    package init(_ control: AccessControl = AccessControl()) { self.control = Mutex(control) }

    package var current: AccessControl { control.withLock { $0 } }

    func replace(by control: AccessControl) { self.control.withLock { $0 = control } }
}
