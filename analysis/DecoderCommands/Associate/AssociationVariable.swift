internal import Estimation

/// The values of one variable, and how likely its reports are under each.
struct AssociationVariable: Sendable {
    /// Which of a map's candidates are values.
    struct Selection: Hashable, Sendable {
        /// Whether all are, or those that the reports show.
        let keepsAll: Bool
        /// Whether one more value stands for all other strings.
        let includesOther: Bool
    }

    /// The most likelihoods that are kept, of a byte each eighth: half a gigabyte.
    static let likelihoodLimit = 1 << 26

    let labels: AssociationLabels
    let likelihoods: ReportLikelihoods
    /// What was left out, as sentences.
    let notes: [String]

    /// A variable of these values.
    init(labels: AssociationLabels, likelihoods: ReportLikelihoods, notes: [String]) {
        (self.labels, self.likelihoods, self.notes) = (labels, likelihoods, notes)
    }

    /// The variable of a column: a string with the candidates of a map, or a truth value.
    ///
    /// - Throws: ``CommandError``: of status 1 if the map cannot be read, 4 for what is wrong in it, and 3 where the reports
    ///   show none of its candidates.
    init(
        _ column: AssociationColumn, mapPath: String?, selection: Selection, progress: inout Progress
    ) throws(CommandError) {
        let parameters = column.parameters
        guard let mapPath else {
            let filter = FilterLikelihoods(
                bitCount: 1, hashCount: 1, bits: [[[], [0]]], clear: parameters.clear, set: parameters.set,
                includesOther: false)
            labels = AssociationLabels(name: column.name, values: ["FALSE", "TRUE"], isTruth: true, hasOther: false)
            (likelihoods, notes) = (Self.likelihoods(of: column, filter), [])
            return
        }
        progress.begin("reading candidates")
        let candidates = try RapporCandidates(reading: mapPath, parameters, progress: &progress).merged(
            inCohorts: column.filterCounts.cohortSizes.map { $0 > 0 }, of: column.name)
        var (kept, notes) = (Array(candidates.names.indices), candidates.notes)
        if !selection.keepsAll {
            kept = try Self.shown(candidates, in: column, mapPath: mapPath, progress: &progress)
            if kept.count < candidates.names.count {
                notes.append(
                    "\(kept.count) of \(candidates.names.count) candidates of \(column.name) are told from noise, and kept. For "
                        + "all of them: --all-candidates")
            }
            guard !kept.isEmpty else {
                throw CommandError(
                    .insufficientData,
                    "\(mapPath): \(column.kindOfDevice.count) reports tell none of the candidates of \(column.name) from noise, "
                        + "so nothing is shown. To see how little is known: --all-candidates")
            }
        }
        let valueCount = kept.count + (selection.includesOther ? 1 : 0)
        guard column.kinds.count <= Self.likelihoodLimit / valueCount else {
            throw CommandError(
                .validationFailed,
                "\(mapPath): \(kept.count) candidates are more than the "
                    + "\(Self.likelihoodLimit / column.kinds.count - 1) that so many different reports are associated for. "
                    + "Leave out --all-candidates, or look for fewer.")
        }
        let filter = FilterLikelihoods(
            of: kept, in: candidates.design, clear: parameters.clear, set: parameters.set,
            includesOther: selection.includesOther)
        labels = AssociationLabels(
            name: column.name, values: kept.map { candidates.names[$0] }, isTruth: false,
            hasOther: selection.includesOther)
        (likelihoods, self.notes) = (Self.likelihoods(of: column, filter), notes)
    }

    private static func likelihoods(of column: AssociationColumn, _ filter: FilterLikelihoods) -> ReportLikelihoods {
        var likelihoods = ReportLikelihoods(valueCount: filter.valueCount)
        for report in column.kinds {
            _ = likelihoods.append(logLikelihoods: filter.logLikelihoods(of: report.words, cohort: report.cohort))
        }
        return likelihoods
    }

    /// The candidates that the variable's reports show by themselves.
    private static func shown(
        _ candidates: RapporCandidates, in column: AssociationColumn, mapPath: String, progress: inout Progress
    ) throws(CommandError) -> [Int] {
        progress.begin("decoding \(column.name)")
        let result: FilterDecoding
        do {
            result = try FilterDecoder(correction: .falseDiscoveryRate).decode(
                column.filterCounts, design: candidates.design
            ) { progress.update($0, of: $1) }
        } catch {
            progress.finish()
            throw RapporDecoding.failure(error, mapPath: mapPath)
        }
        progress.finish()
        return result.shares.indices.filter { result.shares[$0].isDetected }
    }
}

/// What a variable and its values are called.
struct AssociationLabels: Hashable, Sendable {
    /// What stands for all values that are no candidates.
    static let other = "(other)"

    let name: String
    /// The values but for the other.
    let values: [String]
    /// Whether they are FALSE and TRUE.
    let isTruth: Bool
    /// Whether there is one more value, the last.
    let hasOther: Bool

    var count: Int { values.count + (hasOther ? 1 : 0) }

    /// A value's label, which for the last may be ``other``.
    subscript(value: Int) -> String { value < values.count ? values[value] : Self.other }

    /// One label for candidates that the reports cannot tell apart: of many, the first.
    static func joined(_ candidates: [String]) -> String {
        let limit = 4
        guard candidates.count > limit else { return candidates.joined(separator: " or ") }
        return (candidates.prefix(limit - 1) + ["\(candidates.count - limit + 1) more"]).joined(separator: " or ")
    }

    /// What a reader has to know of joined labels.
    static func note(onMerged variable: String) -> String {
        "Candidates of \(variable) that the reports cannot tell apart count as one value, with 'or' between them."
    }
}
