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

extension RapporCandidates {
    private init(names: [String], design: FilterDesign, notes: [String]) {
        (self.names, self.design, self.notes) = (names, design, notes)
    }

    /// The candidates, of which those that set the same bits in all cohorts that have reports are one: else none of them
    /// would be found, and what they have would go to others.
    func merged(inCohorts isUsed: [Bool], of variable: String) -> RapporCandidates {
        let groups = design.equalCandidates(inCohorts: isUsed)
        guard !groups.isEmpty else { return self }
        var names = names, isFirst = [Bool](repeating: true, count: names.count)
        for group in groups {
            names[group[0]] = AssociationLabels.joined(group.map { self.names[$0] })
            for candidate in group.dropFirst() { isFirst[candidate] = false }
        }
        let kept = names.indices.filter { isFirst[$0] }
        return RapporCandidates(
            names: kept.map { names[$0] }, design: design.selecting(kept),
            notes: notes + [AssociationLabels.note(onMerged: variable)])
    }
}
