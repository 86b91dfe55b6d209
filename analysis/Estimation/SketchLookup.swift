internal import Dispatch
internal import Mechanisms

/// Sums the cells of candidates over the rows of a sketch.
///
/// Candidates are taken in blocks that stay in a core's cache while the rows pass by, so a sketch is read once a block
/// and a lookup is one multiplication and one load. Blocks share no state and run on all cores.
struct SketchLookup {
    /// The candidates of a block: with their sums as many bytes as a small second-level cache has to spare.
    static let blockCount = 4096
    /// The blocks between two calls of the progress.
    private static let blocksAtOnce = 8

    private let counts: SketchCounts
    /// The rows that have reports, and their functions.
    private let rows: [(first: Int, function: SketchRow)]

    init(in counts: SketchCounts, of table: SketchTable) {
        self.counts = counts
        rows = counts.rowReportCounts.indices.filter { counts.rowReportCounts[$0] > 0 }.map {
            (first: $0 * counts.width, function: table.row($0))
        }
    }

    /// For each key the number of reports whose bit at its place in their row is set.
    ///
    /// - Complexity: keys times rows with reports, about half a nanosecond each on one core.
    func supports(of keys: [SketchKey], progress: EstimationProgress) -> [Int] {
        var sums = [Int](repeating: 0, count: keys.count)
        let blocks = (keys.count + Self.blockCount - 1) / Self.blockCount
        sums.withUnsafeMutableBufferPointer { sums in
            // Safe to share: every block writes its own part.
            nonisolated(unsafe) let shared = sums
            for start in stride(from: 0, to: blocks, by: Self.blocksAtOnce) {
                let batch = min(Self.blocksAtOnce, blocks - start)
                DispatchQueue.concurrentPerform(iterations: batch) { index in
                    let first = (start + index) * Self.blockCount
                    let range = first..<min(first + Self.blockCount, keys.count)
                    add(keys, range, to: UnsafeMutableBufferPointer(rebasing: shared[range]))
                }
                progress(min((start + batch) * Self.blockCount, keys.count), keys.count)
            }
        }
        return sums
    }

    private func add(_ keys: [SketchKey], _ range: Range<Int>, to sums: UnsafeMutableBufferPointer<Int>) {
        keys.withUnsafeBufferPointer { keys in
            counts.cells.withUnsafeBufferPointer { cells in
                let block = UnsafeBufferPointer(rebasing: keys[range])
                for (first, function) in rows {
                    let row = UnsafeBufferPointer(rebasing: cells[first..<first + counts.width])
                    for index in 0..<block.count {
                        sums[index] &+= Int(truncatingIfNeeded: row[function.place(of: block[index])])
                    }
                }
            }
        }
    }
}
