internal import CollectorService
internal import Foundation
internal import Glibc
internal import MetricDefinitions
internal import ReportFormat

/// One client's commits, each beside the least that could make the same bytes durable: one write and one fdatasync at the
/// same place of a file.
struct PairedCommits {
    private let store: SQLiteReportStore
    private let index: Int32
    private let intake: BatchIntake
    private let template: [UInt8]
    private let scratch: Int32
    private let count: Int

    init(metricSet: MetricSet, storePath: String, batchPath: String, scratchPath: String, count: Int) throws {
        store = try SQLiteReportStore(path: storePath, metricSet: metricSet)
        // Never closed: that would drop the locks that SQLite has on it.
        index = open(storePath + "-shm", O_RDONLY)
        intake = BatchIntake(metrics: ServedMetrics(MetricOffer(metricSet)), store: store, clock: .system)
        template = Array(try Data(contentsOf: URL(filePath: batchPath)))
        scratch = open(scratchPath, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        guard scratch >= 0, index >= 0 else { throw Failure.scratch(errno: errno) }
        self.count = count
    }

    enum Failure: Error { case scratch(errno: Int32), rejected }

    /// Measures, and prints `COMMIT BARE RATIO BYTES`.
    func measure() async throws {
        var (commits, bare, ratios, sizes): ([Double], [Double], [Double], [Int]) = ([], [], [], [])
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
            let least = try await Self.microseconds {
                guard pwrite(scratch, content, content.count, off_t(offset)) == content.count, fdatasync(scratch) == 0
                else {
                    throw Failure.scratch(errno: errno)
                }
            }
            (offset, commits, bare) = (end, commits + [commit], bare + [least])
            ratios.append(commit / least)
            sizes.append(content.count)
        }
        try await store.close()
        print(
            "\(Self.median(commits)) \(Self.median(bare)) \(Self.median(ratios)) \(Self.median(sizes.map(Double.init)))"
        )
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
