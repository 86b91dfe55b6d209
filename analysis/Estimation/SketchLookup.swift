internal import Dispatch
internal import Mechanisms

/// Sums the cells of candidates over the rows of a sketch.
///
/// Candidates are taken in blocks that stay in a core's cache while the rows pass by, so a sketch is read once a block
/// and a lookup is one multiplication and one load. Blocks share no state, make the keys of their own candidates and run on
/// all cores.
struct SketchLookup {
    /// The candidates of a block: with their keys and sums as many bytes as a small second-level cache has to spare.
    static let blockCount = 4096
    /// The blocks between two calls of the progress.
    private static let blocksAtOnce = 8

    private let counts: SketchCounts
    private let table: SketchTable
    /// The rows that have reports, and their functions.
    private let rows: [(first: Int, function: SketchRow)]

    init(in counts: SketchCounts, of table: SketchTable) {
        (self.counts, self.table) = (counts, table)
        rows = counts.rowReportCounts.indices.filter { counts.rowReportCounts[$0] > 0 }.map {
            (first: $0 * counts.width, function: table.row($0))
        }
    }

    /// For each candidate the number of reports whose bit at its place in their row is set.
    ///
    /// - Throws: ``EstimationError`` for the first candidate that has no key.
    /// - Complexity: a digest a candidate, and candidates times rows with reports, about half a nanosecond each on one core.
    ///   Memory for a number a candidate, and 64 KiB a core.
    func supports(
        of candidates: [MechanismInput], progress: EstimationProgress
    ) throws(EstimationError) -> [Int] {
        let blocks = (candidates.count + Self.blockCount - 1) / Self.blockCount
        var sums = [Int](repeating: 0, count: candidates.count)
        var faults = [EstimationError?](repeating: nil, count: Self.blocksAtOnce)
        for start in stride(from: 0, to: blocks, by: Self.blocksAtOnce) {
            let batch = min(Self.blocksAtOnce, blocks - start)
            sums.withUnsafeMutableBufferPointer { sums in
                faults.withUnsafeMutableBufferPointer { faults in
                    // Safe to share: every block writes its own part.
                    nonisolated(unsafe) let (sums, faults) = (sums, faults)
                    DispatchQueue.concurrentPerform(iterations: batch) { index in
                        let first = (start + index) * Self.blockCount
                        let range = first..<min(first + Self.blockCount, candidates.count)
                        do throws(EstimationError) {
                            add(try keys(of: candidates, range), to: UnsafeMutableBufferPointer(rebasing: sums[range]))
                        } catch { faults[index] = error }
                    }
                }
            }
            for fault in faults { if let fault { throw fault } }
            progress(min((start + batch) * Self.blockCount, candidates.count), candidates.count)
        }
        return sums
    }

    private func keys(of candidates: [MechanismInput], _ range: Range<Int>) throws(EstimationError) -> [SketchKey] {
        var keys: [SketchKey] = []
        keys.reserveCapacity(range.count)
        for position in range {
            do { keys.append(try table.key(of: candidates[position])) } catch {
                guard case .noRandomness = error else { throw .candidateOutOfDomain(position: position) }
                throw .algorithmUnavailable(name: "SHA256")
            }
        }
        return keys
    }

    private func add(_ keys: [SketchKey], to sums: UnsafeMutableBufferPointer<Int>) {
        keys.withUnsafeBufferPointer { keys in
            counts.cells.withUnsafeBufferPointer { cells in
                for (first, function) in rows {
                    let row = UnsafeBufferPointer(rebasing: cells[first..<first + counts.width])
                    for index in keys.indices {
                        sums[index] &+= Int(truncatingIfNeeded: row[function.place(of: keys[index])])
                    }
                }
            }
        }
    }
}
