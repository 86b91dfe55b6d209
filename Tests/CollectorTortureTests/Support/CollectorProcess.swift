import Foundation
import Glibc
import MetricDefinitions
import TestSupport

/// A folder with a metric set and a store, on which one collector after another is run.
final class CollectorSite {
    let reports: NumberedReports
    /// Absolute and without symbolic links; removed with this.
    let folder: String
    /// Where the store lies; ``folder`` unless a test puts it on a file system of its own.
    var storeFolder: String
    private let metricSet: String

    var store: String { storeFolder + "/store.db" }
    /// What every collector of this site said on its standard error.
    var log: String { folder + "/log" }

    init() throws {
        reports = try NumberedReports()
        let url = FileManager.default.temporaryDirectory.appending(path: "dither-torture-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        guard let resolved = realpath(url.path(percentEncoded: false), nil) else { throw TortureFailure("no folder") }
        defer { free(resolved) }
        folder = String(cString: resolved)
        storeFolder = folder + "/store"
        try FileManager.default.createDirectory(atPath: storeFolder, withIntermediateDirectories: true)
        metricSet = folder + "/metrics.set"
        try Data(try reports.metricSet.encoded()).write(to: URL(filePath: metricSet))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Starts a collector, and waits until it listens unless told otherwise.
    ///
    /// - Parameter wrapper: a command that runs the collector, which must keep its process identifier.
    func start(
        wrapper: [String] = [], environment: [String: String] = [:], options: [String] = [],
        awaitingListener: Bool = true
    ) throws -> CollectorProcess {
        let words =
            wrapper + [Self.executable, "serve", "--metrics", metricSet, "--store", store, "--listen", "127.0.0.1:0"]
            + options
        let process = try CollectorProcess(words, environment: environment, log: log)
        if awaitingListener { try process.awaitListener() }
        return process
    }

    /// The built collector: of the tests' own build, or the one that `DITHER_COLLECTOR` names.
    private static let executable: String =
        ProcessInfo.processInfo.environment["DITHER_COLLECTOR"] ?? builtFolder + "/dither-collector"

    private static let builtFolder: String = {
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        let bundle = maps.split(separator: "\n").compactMap { line -> String? in
            guard let slash = line.firstIndex(of: "/"), line.contains("PackageTests.xctest") else { return nil }
            return URL(filePath: String(line[slash...])).deletingLastPathComponent().path(percentEncoded: false)
        }
        return bundle.first ?? Fixtures.packageRoot.appending(path: ".build/debug").path(percentEncoded: false)
    }()
}

/// A collector in a process of its own, which may end at any moment.
final class CollectorProcess {
    let identifier: pid_t
    private(set) var port: UInt16 = 0
    private let output: Int32
    private var status: Int32?

    fileprivate init(_ words: [String], environment: [String: String], log: String) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw TortureFailure("no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        output = ends[0]
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("DITHER_") }
        variables["SWIFT_BACKTRACE"] = "enable=no"
        variables.merge(environment) { $1 }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var pairs: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + pairs).forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, words[0], &actions, nil, &arguments, &pairs)
        guard code == 0 else { throw TortureFailure("\(words[0]): \(String(cString: strerror(code)))") }
        identifier = process
    }

    deinit {
        kill()
        close(output)
    }

    /// Waits for the line that tells the address.
    func awaitListener() throws {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        let text = String(decoding: line, as: UTF8.self)
        guard text.hasPrefix("listening on "), let number = text.split(separator: ":").last, let port = UInt16(number)
        else { throw TortureFailure("the collector does not listen, and ended with \(wait())") }
        self.port = port
    }

    /// Ends it as a crash does.
    func kill() {
        guard status == nil else { return }
        Glibc.kill(identifier, SIGKILL)
        _ = wait()
    }

    /// Tells it to stop, and gives its exit status.
    func stop() -> Int32 {
        if status == nil { Glibc.kill(identifier, SIGTERM) }
        return wait()
    }

    /// Waits for its end, and gives its exit status; 128 and the signal's number if a signal ended it.
    func wait() -> Int32 {
        if let status { return status }
        var word: Int32 = 0
        while waitpid(identifier, &word, 0) < 0, errno == EINTR {}
        let signal = word & 0x7F
        let result = signal == 0 ? (word >> 8) & 0xFF : 128 + signal
        status = result
        return result
    }

    /// Whether it has ended.
    var isOver: Bool {
        guard status == nil else { return true }
        var information = siginfo_t()
        return waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT) == 0
            && information._sifields._sigchld.si_pid == identifier
    }

    /// A line of `/proc/PID/status`, in KiB: `VmRSS`, `VmHWM`.
    func memoryKibibytes(_ name: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name + ":") }),
            let number = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first,
            let count = Int(number)
        else { throw TortureFailure("no \(name)") }
        return count
    }
}
