import Foundation

/// strace, which makes system calls of a process fail.
enum Strace {
    /// Whether it is installed and may trace.
    static let isAvailable: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["strace", "-o", "/dev/null", "-e", "trace=none", "true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// A command that lets one call of its argument fail, and that is the process of its argument.
    static func failing(_ call: String, with error: String, at number: Int, into trace: String) -> [String] {
        recording(call, into: trace) + ["-e", "inject=\(call):error=\(error):when=\(number)"]
    }

    /// A command that writes down one call of its argument, and that is the process of its argument.
    static func recording(_ call: String, into trace: String) -> [String] {
        ["strace", "-D", "-f", "--seccomp-bpf", "-o", trace, "-e", "trace=\(call)"]
    }
}
