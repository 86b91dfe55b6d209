import Foundation
import Glibc
import TestSupport
import Testing

/// The socket of a service manager: what a process told it, in order.
private final class ManagerSocket {
    private let descriptor: Int32

    /// - Parameter name: a path, or `@` and an abstract name.
    init(_ name: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(name.utf8)
        if path[0] == UInt8(ascii: "@") { path[0] = 0 }
        try #require(path.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count + (path[0] == 0 ? 0 : 1))
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(result == 0, "bind: errno \(errno)")
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// The next datagram; an empty text if none came in half a minute.
    func next() -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    /// Skips beats.
    func nextButBeats() -> String {
        while true {
            let words = next()
            if words != "WATCHDOG=1" { return words }
        }
    }
}

@Suite("A collector under a service manager", .serialized) struct ServiceManagerTests {
    private func metricSet(in workspace: Workspace) throws -> String {
        let registry = Fixtures.packageRoot.appending(path: "clients/examples/flights/metrics.yaml").path
        let set = workspace.file("metrics.set")
        let outcome = try run("dither", ["registry", "compile", registry, "-o", set])
        try #require(outcome.status == 0, "\(outcome.complaint)")
        return set
    }

    private func start(_ workspace: Workspace, environment: [String: String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: Executables.path("dither-collector"))
        process.arguments = ["serve", "--store", workspace.file("r.db"), "--listen", "127.0.0.1:0"]
        let own = ["DITHER_COLLECTOR_METRICS": try metricSet(in: workspace)]
        process.environment = ProcessInfo.processInfo.environment.merging(environment.merging(own) { $1 }) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    @Test(
        "It tells when it is ready, beats while the store answers, and tells when it stops", arguments: [true, false])
    func life(isAbstract: Bool) throws {
        let workspace = try Workspace()
        let name = isAbstract ? "@dither-test-\(UUID().uuidString)" : workspace.file("notify")
        let manager = try ManagerSocket(name)
        let process = try start(workspace, environment: ["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "200000"])
        defer { process.terminate() }
        #expect(manager.nextButBeats().hasPrefix("READY=1\n"))
        for _ in 0..<3 { #expect(manager.next() == "WATCHDOG=1") }
        process.terminate()
        #expect(manager.nextButBeats().hasPrefix("STOPPING=1\n"))
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test("Without a watchdog, or with one for another process, it does not beat")
    func noWatchdog() throws {
        for environment in [[:], ["WATCHDOG_USEC": "200000", "WATCHDOG_PID": "1"]] {
            let workspace = try Workspace()
            let name = workspace.file("notify")
            let manager = try ManagerSocket(name)
            let process = try start(workspace, environment: environment.merging(["NOTIFY_SOCKET": name]) { $1 })
            defer { process.terminate() }
            #expect(manager.next().hasPrefix("READY=1\n"))
            process.terminate()
            #expect(manager.next().hasPrefix("STOPPING=1\n"))
            process.waitUntilExit()
        }
    }

    @Test("The unit's exposure, as systemd judges it, is at most 2.5", .enabled(if: SystemdAnalyze.isInstalled))
    func hardening() throws {
        let unit = Fixtures.packageRoot.appending(path: "collector/packaging/dither-collector.service").path
        let workspace = try Workspace()
        func verdict(_ path: String) throws -> Int32 {
            // The threshold is in tenths.
            try run(SystemdAnalyze.path, ["security", "--offline=true", "--threshold=25", "--no-pager", path]).status
        }
        #expect(try verdict(unit) == 0)
        let text = try String(contentsOfFile: unit, encoding: .utf8)
        let soft = try workspace.write(
            "soft.service", text.split(separator: "\n").filter { !$0.hasPrefix("Protect") }.joined(separator: "\n"))
        #expect(try verdict(soft) != 0, "a unit without its protections is found out")
    }
}

/// systemd's own judge of units.
private enum SystemdAnalyze {
    static let path = "/usr/bin/systemd-analyze"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }
}
