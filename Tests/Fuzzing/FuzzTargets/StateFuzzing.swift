internal import CPlatform
internal import Glibc
internal import MetricDefinitions
internal import TelemetryAgent

/// Bytes for the files of a state folder, which an agent then works on.
enum StateFuzzing {
    static func secret(_ bytes: [UInt8]) {
        folder.write("secret", bytes)
        folder.write("consent", Array("dither consent 1: on\n".utf8))
        folder.write("agent.db", Seed.database)
        work()
    }

    static func consent(_ bytes: [UInt8]) {
        folder.write("consent", bytes)
        folder.write("secret", Seed.secret)
        folder.write("agent.db", Seed.database)
        let source = try? Agent(folder.configuration).consentSource()
        let isYes = bytes == Array("dither consent 1: on\n".utf8)
        precondition((source?.isOn ?? false) == isYes, "only the words of consent are consent")
    }

    static func database(_ bytes: [UInt8]) {
        folder.write("agent.db", bytes)
        folder.write("consent", Array("dither consent 1: on\n".utf8))
        folder.write("secret", Seed.secret)
        work()
    }

    /// Everything that an agent does with its state, but the network.
    private static func work() {
        let agent = Agent(folder.configuration)
        _ = try? agent.status()
        _ = try? agent.budget()
        _ = try? agent.waitingReports()
        try? agent.record(.boolean(true), for: "late")
        try? agent.record(.category("LGA"), for: "home")
        folder.clock.seconds += 86_400
        try? agent.record(.boolean(false), for: "late")
        folder.clock.seconds -= 86_400
        try? agent.setConsent(false)
        folder.empty()
    }

    // One thread fuzzes.
    nonisolated(unsafe) private static var folder = ScratchFolder()
}

/// A state folder in memory that is filled anew for every input.
private final class ScratchFolder {
    final class Clock: AgentClock, @unchecked Sendable {
        // Safe because one thread fuzzes.
        var seconds: Int64 = 1_793_707_200  // 2026-11-03T12:00:00Z, the seed's last day

        func secondsSinceEpoch() -> Int64 { seconds }
    }

    let clock = Clock()
    let configuration: Agent.Configuration
    private let path: String

    init() {
        path = "/dev/shm/dither-fuzz-\(getpid())"
        mkdir(path, 0o700)
        guard let set = try? MetricSet(decoding: Seed.metricSet), let endpoint = try? Endpoint("http://127.0.0.1:9")
        else { preconditionFailure("the fixture of the first state has a metric set") }
        var configuration = Agent.Configuration(
            metricSet: set, endpoint: endpoint, stateFolder: path, environment: [:], clock: clock)
        configuration.machineOptOutFile = "/nonexistent"
        configuration.machineIdentityFile = Seed.machineIdentityPath
        self.configuration = configuration
    }

    deinit {
        empty()
        rmdir(path)
    }

    func write(_ name: String, _ bytes: [UInt8]) {
        let file = dither_open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        precondition(file >= 0, "the scratch folder is writable")
        defer { close(file) }
        _ = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
    }

    func empty() {
        guard let listing = opendir(path) else { return }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            unlink(path + "/" + name)
        }
    }
}

/// The state folder that the first version wrote, as the inputs' surroundings.
enum Seed {
    static let metricSet = bytes("metrics.set")
    static let secret = bytes("secret")
    static let database = bytes("agent.db")
    static let machineIdentityPath = folder + "/machine-id"

    private static let folder: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        return parts.joined(separator: "/") + "/Fixtures/state/1"
    }()

    private static func bytes(_ name: String) -> [UInt8] {
        let path = folder + "/" + name
        guard let bytes = contents(ofFile: path) else { preconditionFailure("\(path) cannot be read") }
        return bytes
    }
}

/// A file's bytes; `nil` if it cannot be read.
public func contents(ofFile path: String) -> [UInt8]? {
    let file = dither_open(path, O_RDONLY, 0)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var (result, buffer): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 65_536))
    while true {
        let count = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        guard count >= 0 else { return nil }
        if count == 0 { return result }
        result += buffer[..<count]
    }
}
