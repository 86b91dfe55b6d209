import Foundation
import Synchronization
import TestSupport

/// The built programs, each run as a process of its own.
enum Executables {
    /// The folder of this build's products, which is where the test bundle was loaded from.
    static let folder: String = {
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        let bundle = maps.split(separator: "\n").compactMap { line -> String? in
            guard let slash = line.firstIndex(of: "/"), line.contains("PackageTests.xctest") else { return nil }
            return URL(filePath: String(line[slash...])).deletingLastPathComponent().path(percentEncoded: false)
        }
        return bundle.first ?? Fixtures.packageRoot.appending(path: ".build/debug").path(percentEncoded: false)
    }()

    static func path(_ name: String) -> String {
        URL(filePath: folder).appending(path: name).path(percentEncoded: false)
    }
}

/// What a finished program said.
struct Outcome: Sendable {
    var status: Int32
    var output: String
    var complaint: String
}

/// Runs a program to its end.
///
/// - Parameter killAfter: if given, the program is killed with -9 that long after its start.
func run(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: String? = nil,
    killAfter: Duration? = nil
) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: executable.contains("/") ? executable : Executables.path(executable))
    process.arguments = arguments
    var inherited = ProcessInfo.processInfo.environment
    for name in inherited.keys where name.hasPrefix("DITHER_") || name == "DO_NOT_TRACK" { inherited[name] = nil }
    // One column width, whatever terminal runs the tests.
    inherited["COLUMNS"] = "100"
    process.environment = inherited.merging(environment) { $1 }
    let (output, complaint, standardInput) = (Pipe(), Pipe(), Pipe())
    (process.standardOutput, process.standardError, process.standardInput) = (output, complaint, standardInput)
    let complaints = Mutex("")
    let group = DispatchGroup()
    try process.run()
    group.enter()
    let reader = Thread {
        let data = (try? complaint.fileHandleForReading.readToEnd()) ?? nil
        complaints.withLock { $0 = String(decoding: data ?? Data(), as: UTF8.self) }
        group.leave()
    }
    reader.start()
    if let input { try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    try standardInput.fileHandleForWriting.close()
    if let killAfter {
        usleep(UInt32(killAfter / .microseconds(1)))
        kill(process.processIdentifier, SIGKILL)
    }
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    group.wait()
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: text, complaint: complaints.withLock { $0 })
}

/// A folder of its own for one test, removed with it.
final class Workspace: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "dither-e2e-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = url.path(percentEncoded: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file and gives its path.
    func write(_ name: String, _ content: String) throws -> String {
        try Data(content.utf8).write(to: URL(filePath: file(name)))
        return file(name)
    }
}
