import Foundation
import Glibc

/// Looks for bytes where a recorded value must not be.
enum Search {
    /// How often `needle` stands in these bytes.
    static func count(of needle: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int {
        guard var start = bytes.baseAddress else { return 0 }
        let end = start + bytes.count
        var hits = 0
        while let hit = memchr(start, Int32(needle[0]), end - start) {
            start = UnsafeRawPointer(hit) + 1
            if end - start >= needle.count - 1, memcmp(hit, needle, needle.count) == 0 { hits += 1 }
        }
        return hits
    }

    /// How often `needle` stands in these bytes.
    static func count(of needle: [UInt8], in bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { count(of: needle, in: $0) }
    }

    /// How often `needle` stands in the files of a folder, by file.
    static func count(of needle: [UInt8], inFolder folder: String) throws -> [String: Int] {
        var hits: [String: Int] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let content = try Data(contentsOf: URL(filePath: folder + "/" + name))
            let count = count(of: needle, in: Array(content))
            if count > 0 { hits[name] = count }
        }
        return hits
    }

    /// How often `needle` stands in the memory of a process, by what the memory is for: all that a core dump holds, and
    /// more.
    static func count(of needle: [UInt8], inProcess process: pid_t) throws -> [String: Int] {
        let maps = try String(contentsOfFile: "/proc/\(process)/maps", encoding: .utf8)
        let memory = open("/proc/\(process)/mem", O_RDONLY | O_CLOEXEC)
        guard memory >= 0 else { throw ChildProcessFailure(description: "the memory cannot be read: errno \(errno)") }
        defer { close(memory) }
        var (hits, readCount) = ([String: Int](), 0)
        for line in maps.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            let ends = fields[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            guard fields[1].hasPrefix("r"), ends.count == 2, !line.contains("[v") else { continue }
            var bytes = [UInt8](repeating: 0, count: Int(ends[1] - ends[0]))
            let count = bytes.withUnsafeMutableBytes { pread(memory, $0.baseAddress, $0.count, off_t(ends[0])) }
            guard count > 0 else { continue }
            readCount += count
            let found = Search.count(of: needle, in: Array(bytes[..<count]))
            if found > 0 { hits[fields.count > 5 ? String(fields[5]) : "anonymous", default: 0] += found }
        }
        guard readCount > 1 << 20 else { throw ChildProcessFailure(description: "only \(readCount) bytes were read") }
        return hits
    }
}
