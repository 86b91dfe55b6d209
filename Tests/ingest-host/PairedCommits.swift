internal import CollectorService
internal import Foundation
internal import Glibc
internal import MetricDefinitions
internal import ReportFormat

/// One client's commits, each beside the same bytes made durable bare, by one write and one fdatasync: at the end of a file,
/// which lengthens it, and at the same place of one that has them.
struct PairedCommits {
    private let store: SQLiteReportStore
    private let index: Int32
    private let intake: BatchIntake
    private let template: [UInt8]
    private let growing, prewritten: Int32
    private let count: Int

    init(metricSet: MetricSet, storePath: String, batchPath: String, scratchPath: String, count: Int) throws {
        store = try SQLiteReportStore(path: storePath, metricSet: metricSet)
        // Never closed: that would drop the locks that SQLite has on it.
        index = open(storePath + "-shm", O_RDONLY)
        intake = BatchIntake(metrics: ServedMetrics(MetricOffer(metricSet)), store: store, clock: .system)
        template = Array(try Data(contentsOf: URL(filePath: batchPath)))
        growing = open(scratchPath, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        prewritten = open(scratchPath + "-prewritten", O_RDWR | O_CREAT | O_TRUNC, 0o600)
        let zeros = [UInt8](repeating: 0, count: 16 << 20)
        guard growing >= 0, index >= 0, pwrite(prewritten, zeros, zeros.count, 0) == zeros.count, fsync(prewritten) == 0
        else { throw Failure.scratch(errno: errno) }
        self.count = count
    }

    enum Failure: Error { case scratch(errno: Int32), rejected }

    /// Measures, and prints the medians `COMMIT GROWING RATIO PREWRITTEN RATIO`.
    func measure() async throws {
        var (commits, bare, ratios) = ([Double](), [[Double](), []], [[Double](), []])
        var noise = SystemRandomNumberGenerator()
        var offset = try logByteCount()
        for _ in 0..<count {
            var bytes = template
            for index in 8..<24 { bytes[index] = .random(in: 0...255, using: &noise) }
            let commit = try await Self.microseconds {
                guard try await intake.take(bytes).isEmpty else { throw Failure.rejected }
            }
            let end = try logByteCount()
            // The log has begun anew: what was written is not known.
            guard end > offset else {
                offset = end
                continue
            }
            let content = [UInt8](repeating: UInt8(truncatingIfNeeded: commits.count), count: end - offset)
            for (place, file) in [growing, prewritten].enumerated() {
                let least = try await Self.microseconds {
                    guard pwrite(file, content, content.count, off_t(offset)) == content.count, fdatasync(file) == 0
                    else { throw Failure.scratch(errno: errno) }
                }
                bare[place].append(least)
                ratios[place].append(commit / least)
            }
            (offset, commits) = (end, commits + [commit])
        }
        try await store.close()
        let medians = [commits, bare[0], ratios[0], bare[1], ratios[1]].map { "\(Self.median($0))" }
        print(medians.joined(separator: " "))
    }

    /// How long the log is, by its index (https://sqlite.org/walformat.html): the file is longer.
    private func logByteCount() throws -> Int {
        var frameCount: UInt32 = 0
        guard pread(index, &frameCount, 4, 16) == 4 else { throw Failure.scratch(errno: errno) }
        return Int(frameCount) * 4_120
    }

    private static func microseconds(_ body: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        return start.duration(to: .now) / .microseconds(1)
    }

    private static func median(_ numbers: [Double]) -> Double {
        let sorted = numbers.sorted()
        return sorted.isEmpty ? .nan : (sorted[sorted.count / 2] * 100).rounded() / 100
    }
}
