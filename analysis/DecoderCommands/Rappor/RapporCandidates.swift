internal import Estimation

/// The candidates of a map file, with their bits as indices alone: four bytes for each hash in each cohort.
struct RapporCandidates: Sendable {
    let names: [String]
    let design: FilterDesign
    /// What was left out, as sentences.
    let notes: [String]

    /// Reads the file.
    ///
    /// - Throws: ``CommandError``: of status 1 if the file cannot be read, and 4 for what is wrong in it.
    init(reading path: String, _ parameters: RapporParameters, progress: inout Progress) throws(CommandError) {
        var file = try RapporMapFile(path: path, parameters)
        var design = FilterDesign(
            bitCount: parameters.bitCount, cohortCount: parameters.cohortCount, hashCount: parameters.hashCount)
        var names: [String] = [], rows: [Int32] = []
        while let name = try file.next(rows: &rows) {
            names.append(name)
            design.append(rows: rows)
            guard let (done, total) = file.progress else { continue }
            progress.update(done, of: total)
            // Rows are about equally long, so their number is known once some are, to three in a hundred: growing would take
            // twice the memory.
            if names.count == 1000 { design.reserveCapacity(total / max(1, done / 1032)) }
        }
        progress.finish()
        (self.names, self.design, notes) = (names, design, file.notes)
    }
}
