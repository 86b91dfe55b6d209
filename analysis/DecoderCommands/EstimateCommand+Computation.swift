internal import Estimation
internal import Mechanisms
public import MetricDefinitions
public import ReportFormat
internal import StoreReader

extension EstimateResult {
    /// Estimates a metric of a registry from the reports of a store, sealed and staged.
    ///
    /// - Parameters:
    ///   - candidates: the values to look for, of a metric of type string alone.
    ///   - storePath: the collector's store; a running collector is not disturbed.
    ///   - today: the day on which the notes say whether the metric has ended.
    ///   - patienceInSeconds: how long a store that is locked is waited for.
    ///   - mapsStore: whether a store's file is mapped into memory; an error of the disk then ends the process.
    /// - Throws: ``CommandError``: of status 2 for an unknown metric, 4 for other parameters than the reports', 3 where
    ///   there are no reports, 6 for a locked store and 8 for one that is damaged or of another version.
    /// - Complexity: one pass over the reports on all cores; memory for the counters of each core and a chunk of 256 KiB, or of
    ///   a sketch for its counters once, up to 64 MiB of reports for each core and as much for them in order.
    public static func compute(
        _ request: EstimateRequest, from set: MetricSet, candidates: CandidateList? = nil, storePath: String,
        today: UTCDay,
        progress: inout Progress, patienceInSeconds: Double = 5, mapsStore: Bool = true
    ) throws(CommandError) -> EstimateResult {
        guard let definition = set.metric(named: request.metric) else {
            let names = set.metrics.map(\.name).joined(separator: ", ")
            throw CommandError(
                .usage, "the registry has no metric '\(request.metric)'. It has: \(names)")
        }
        if case .pair = definition.domain {
            throw CommandError(
                .usage,
                "\(definition.name) is a pair, and how two values go together is no share of one. Use dither associate."
            )
        }
        guard let counter = OracleCatalog.standard.oracle(for: definition.mechanism) else {
            preconditionFailure("every catalogued mechanism has an oracle")
        }
        let values = try values(of: definition, candidates: candidates, counter: counter)
        let sumPositions = try request.choices.positions(in: values, of: definition, counter: counter)
        let numberView = try NumberView.resolved(request, of: definition, counter: counter)
        let rowCount = numberView?.rowCount(of: counter) ?? values.count
        let store = try EstimateStore(path: storePath, patienceInSeconds: patienceInSeconds, mapsFile: mapsStore)
        let stored = try store.periods(of: definition)
        let periods = stored.ofThisVersion.filter { request.includes($0.day) }
        guard !periods.isEmpty else {
            throw CommandError(.insufficientData, absence(of: definition, request: request, stored: stored))
        }
        try store.checkDefinition(definition)
        var reader = GroupReader(
            definition: definition, values: values, candidates: candidates, confidence: request.confidence,
            numberView: numberView, fitting: request.fitting ?? .smoothed, store: store,
            reportCount: periods.reduce(0) { $0 + $1.reportCount })
        (reader.choices, reader.sumPositions, reader.rowCount) = (request.choices, sumPositions, rowCount)
        var groups: [EstimateGroup] = []
        let grouped = request.byPeriod ? periods.map { [$0] } : [periods]
        reader.groupCount = grouped.count
        for group in grouped {
            groups.append(try reader.group(of: group, counter: counter, progress: &progress))
        }
        progress.finish()
        let notes = EstimateNotes(definition: definition, counter: counter, request: request, today: today)
        let sentences = notes.sentences(periodCount: periods.count, otherVersions: stored.otherVersions)
        return EstimateResult(
            definition: definition, request: request, values: values, groups: groups,
            notes: notes.alarmSentences(groups: groups) + sentences
                + notes.remarkSentences(groups: groups, values: values)
                + notes.choiceSentences(groups: groups, rowCount: rowCount),
            numberColumns: NumberFigures.columns(numberView, of: counter))
    }

    /// What the rows are about: declared values, or candidates, and "no event" where it is estimated.
    private static func values(
        of definition: MetricDefinition, candidates: CandidateList?, counter: any ReportCounter
    ) throws(CommandError) -> [MechanismInput] {
        let absence: [MechanismInput] = (counter as? any FrequencyOracle)?.estimatesAbsence == true ? [.absent] : []
        if case .string = definition.domain {
            guard let candidates else {
                throw CommandError(
                    .usage,
                    "\(definition.name) is a string, and no report tells which values there are. List those to look for "
                        + "in a CSV file and name it: --candidates FILE:COLUMN")
            }
            return candidates.texts.map { .text($0) } + absence
        }
        guard candidates == nil else {
            throw CommandError(
                .usage,
                "--candidates: \(definition.name) is a \(definition.domain.typeName), and only values of a string are "
                    + "looked for. Leave it out.")
        }
        return definition.domain.labels.indices.map { .item($0) } + absence
    }

    private static func absence(
        of definition: MetricDefinition, request: EstimateRequest, stored: EstimateStore.Stored
    ) -> String {
        let name = "\(definition.name), version \(definition.version)"
        guard stored.ofThisVersion.isEmpty else {
            return "the store has no reports of \(name) on these days. It has some on others; change --from or --to."
        }
        guard !stored.otherVersions.isEmpty else {
            return "the store has no reports of \(name). Devices report a day after it has ended, and new devices wait."
        }
        let others = stored.otherVersions.map(String.init).joined(separator: ", ")
        return "the store has no reports of \(name), only of version \(others). Estimate those with the registry "
            + "that defines them."
    }
}
