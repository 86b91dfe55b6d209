internal import Estimation
internal import Mechanisms
internal import MetricDefinitions
internal import RegistryCompiler
internal import ReportFormat
internal import StoreReader

/// How the halves of a pair go together, from the reports of a store.
struct PairAssociation {
    /// What is to be associated.
    struct Request {
        let metric: String
        let days: DayRange
        let confidence: ConfidenceLevel
        let selection: AssociationVariable.Selection
    }

    private var first: PairHalf
    private var second: PairHalf
    private var cohorts: [Int] = []

    /// The candidates of the halves that are strings: those that the options name, or else the registry. Nothing is read
    /// for a metric that the registry does not have, or that is no pair.
    ///
    /// - Throws: ``CommandError``: of status 1 if a file cannot be read, and 4 for what is wrong in it.
    static func candidates(
        of metric: String, options: (String?, String?), registry: String, source: RegistrySource
    ) throws(CommandError) -> (CandidateList?, CandidateList?) {
        guard case .pair(let first, let second)? = source.set.metric(named: metric)?.domain else { return (nil, nil) }
        func list(_ option: String?, _ half: MetricVariable) throws(CommandError) -> CandidateList? {
            if let option { return try CandidateList(reading: CandidateSource(option: option)) }
            guard let declared = source.candidates[CandidateSource.place(of: half.name, in: metric)] else { return nil }
            return try CandidateList(reading: declared)
        }
        return (try list(options.0, first), try list(options.1, second))
    }

    /// Associates the halves of a pair.
    ///
    /// - Throws: ``CommandError``: as `dither estimate`, and of status 2 for a metric that is no pair.
    static func result(
        of request: Request, from set: MetricSet, candidates: (CandidateList?, CandidateList?), storePath: String,
        progress: inout Progress
    ) throws(CommandError) -> AssociationResult {
        let definition = try definition(request.metric, in: set)
        guard case .pair(let one, let other) = definition.domain,
            let pair = definition.mechanism as? any PairRandomizer
        else {
            throw CommandError(
                .usage, "\(definition.name) is a \(definition.domain.typeName), and no pair. Use dither estimate.")
        }
        var halves = PairAssociation(
            first: try PairHalf(one, pair.first, candidates: candidates.0, metric: definition.name),
            second: try PairHalf(other, pair.second, candidates: candidates.1, metric: definition.name))
        let periods = try halves.read(pair, definition, request, storePath: storePath, progress: &progress)
        let variables = (
            try halves.first.variable(request.selection, of: definition.name),
            try halves.second.variable(request.selection, of: definition.name)
        )
        var reports = AssociationReports(first: variables.0.likelihoods, second: variables.1.likelihoods)
        for device in halves.cohorts.indices {
            reports.append(
                first: Int(halves.first.kindOfDevice[device]), second: Int(halves.second.kindOfDevice[device]),
                cohort: halves.cohorts[device])
        }
        progress.begin("fitting")
        guard
            let estimate = AssociationEstimate(
                of: reports, confidence: request.confidence, progress: { progress.update($0, of: $1) })
        else { preconditionFailure("there are reports") }
        progress.finish()
        var notes = variables.0.notes + variables.1.notes
        if periods.count > 1 {
            notes.append(
                "Reports of several days are of the same devices, so that errors and p-value are too small. For one day: --from "
                    + "and --to")
        }
        return AssociationResult(
            source:
                "\(definition.name), version \(definition.version), from \(periods[0]) to \(periods[periods.count - 1])",
            variables: (variables.0.labels, variables.1.labels), estimate: estimate, confidence: request.confidence,
            variableNotes: notes)
    }

    private init(first: PairHalf, second: PairHalf) { (self.first, self.second) = (first, second) }

    private static func definition(_ name: String, in set: MetricSet) throws(CommandError) -> MetricDefinition {
        guard let definition = set.metric(named: name) else {
            let names = set.metrics.map(\.name).joined(separator: ", ")
            throw CommandError(.usage, "the registry has no metric '\(name)'. It has: \(names)")
        }
        return definition
    }

    /// Reads the reports of a request, and gives their days.
    private mutating func read(
        _ pair: any PairRandomizer, _ definition: MetricDefinition, _ request: Request, storePath: String,
        progress: inout Progress
    ) throws(CommandError) -> [UTCDay] {
        let store = try EstimateStore(path: storePath, patienceInSeconds: 5)
        let days = request.days
        let periods = try store.periods(of: definition).ofThisVersion.filter { period in
            days.first.map { $0 <= period.day } ?? true && days.last.map { period.day <= $0 } ?? true
        }
        guard !periods.isEmpty else {
            throw CommandError(
                .insufficientData,
                "the store has no reports of \(definition.name), version \(definition.version), on these days")
        }
        try store.checkDefinition(definition)
        let total = periods.reduce(0) { $0 + $1.reportCount }
        guard total >= definition.minimumReports else {
            throw CommandError(
                .insufficientData,
                "there are fewer than the \(definition.minimumReports) reports of \(definition.name) that may be shown. Take "
                    + "more days.")
        }
        for period in periods {
            for part in try store.parts(of: period) {
                let stride = pair.payloadByteCount - pair.partitionByteCount
                let payloads = try store.payloads(of: part, in: period, payloadByteCount: stride)
                for start in Swift.stride(from: 0, to: payloads.count, by: stride) {
                    do {
                        let halves = try pair.reports(
                            inPartition: part.partition, rest: Array(payloads[start..<start + stride]))
                        first.append(halves.first)
                        second.append(halves.second)
                    } catch { throw store.error(of: error, in: period) }
                    cohorts.append(part.partition)
                }
                progress.update(cohorts.count, of: total)
            }
        }
        progress.finish()
        return periods.map(\.day)
    }
}
