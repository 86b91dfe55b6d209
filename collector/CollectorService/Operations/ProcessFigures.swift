internal import Glibc

/// What Linux says of this process.
package struct ProcessFigures: Hashable, Sendable {
    /// Memory that is in use and resident.
    package var residentByteCount = 0
    /// Open files, connections among them.
    package var descriptorCount = 0
    /// How many of those there may be.
    package var descriptorLimit = 0
    /// Processor time of all threads, in seconds.
    package var processorSeconds = 0.0

    /// The figures of this moment; 0 for what cannot be read.
    package init() {
        if let words = Self.firstLine(of: "/proc/self/statm")?.split(separator: " "), words.count > 1 {
            residentByteCount = (Int(words[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
        descriptorCount = Self.countEntries(of: "/proc/self/fd")
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            descriptorLimit = Int(clamping: limit.rlim_cur)
        }
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            for time in [usage.ru_utime, usage.ru_stime] {
                processorSeconds += Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
            }
        }
    }

    private static func firstLine(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        return String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The entries of a folder, less `.`, `..` and the one that this call opens.
    private static func countEntries(of path: String) -> Int {
        guard let folder = opendir(path) else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return max(0, count - 3)
    }
}
