internal import Glibc

/// The service manager that started the process, if one did: systemd's notification protocol (sd_notify(3)), one datagram
/// for each word, on a Unix socket of the file system or an abstract one.
package struct ServiceManager: Sendable {
    private let socketName: String?
    /// Half of the time after which the manager takes silence for a hang; `nil` if it does not listen for a beat.
    package let beatInterval: Duration?

    /// - Parameter environment: `NOTIFY_SOCKET`; `WATCHDOG_USEC`, and `WATCHDOG_PID` if it is about this process.
    package init(environment: [String: String]) {
        let name = environment["NOTIFY_SOCKET"] ?? ""
        // Anything but a path or an abstract name is another protocol's.
        socketName = name.hasPrefix("/") || name.hasPrefix("@") ? name : nil
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        beatInterval = isForUs && microseconds > 1 && socketName != nil ? .microseconds(microseconds / 2) : nil
    }

    /// Batches are accepted.
    package func tellReady() { tell("READY=1\nSTATUS=Accepting batches") }

    /// Files are being read again; ``tellReady()`` ends it.
    package func tellReloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        tell("RELOADING=1\nMONOTONIC_USEC=\(Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000)")
    }

    /// The collector is being stopped.
    package func tellStopping() { tell("STOPPING=1\nSTATUS=Finishing what is under way") }

    /// The collector still works.
    package func beat() { tell("WATCHDOG=1") }

    /// Never waits: a manager that does not read is none that waits for us.
    private func tell(_ words: String) {
        guard let socketName else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(socketName.utf8)
        // An abstract name begins with a zero byte and is as long as it is; a path ends with one.
        if path[0] == UInt8(ascii: "@") { path[0] = 0 }
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let isAbstract = path[0] == 0
        let length = MemoryLayout<sa_family_t>.size + path.count + (isAbstract ? 0 : 1)
        let bytes = Array(words.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(
                    descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0,
                    socklen_t(length))
            }
        }
    }
}
