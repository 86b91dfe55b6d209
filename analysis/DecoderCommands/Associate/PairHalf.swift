internal import Estimation
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// One half: its values, and the kinds of its reports.
struct PairHalf {
    let variable: MetricVariable
    let oracle: any LikelihoodOracle
    let inputs: [MechanismInput]
    let candidates: CandidateList?
    private(set) var kinds: [[UInt8]] = []
    private(set) var kindOfDevice: [Int32] = []
    private var places: [[UInt8]: Int32] = [:]

    /// The half of a metric, without reports.
    ///
    /// - Throws: ``CommandError`` of status 2 where candidates are missing or superfluous.
    init(
        _ variable: MetricVariable, _ mechanism: any LocalRandomizer, candidates: CandidateList?, metric: String
    ) throws(CommandError) {
        guard let oracle = mechanism as? any LikelihoodOracle else {
            preconditionFailure("every mechanism for values and texts has likelihoods")
        }
        (self.variable, self.oracle, self.candidates) = (variable, oracle, candidates)
        let absence: [MechanismInput] = mechanism.configuration.reportsAbsence ? [.absent] : []
        if case .string = variable.domain {
            guard let candidates else {
                throw CommandError(
                    .usage,
                    "\(variable.name) of \(metric) is a string, and no report tells which values there are. List those to "
                        + "look for in a CSV file and name it: --candidates1 or --candidates2 FILE:COLUMN")
            }
            inputs = candidates.texts.map { .text($0) } + absence
        } else {
            guard candidates == nil else {
                throw CommandError(
                    .usage,
                    "\(variable.name) of \(metric) is a \(variable.domain.typeName), and only values of a string are "
                        + "looked for. Leave its candidates out.")
            }
            inputs = variable.domain.labels.indices.map { .item($0) } + absence
        }
    }

    /// Adds a device's report.
    mutating func append(_ bytes: [UInt8]) {
        let place = places[bytes] ?? Int32(kinds.count)
        if place == kinds.count {
            places[bytes] = place
            kinds.append(bytes)
        }
        kindOfDevice.append(place)
    }
}

extension PairHalf {
    /// The values with a share of their own, and the likelihoods of the reports.
    ///
    /// Of a string those candidates are kept whose share's interval, from this half's reports alone, does not reach 0.
    ///
    /// - Throws: ``CommandError``: of status 3 where no candidate is told from noise.
    func variable(
        _ selection: AssociationVariable.Selection, of metric: String
    ) throws(CommandError) -> AssociationVariable {
        let isText = candidates != nil, includesOther = isText && selection.includesOther
        var (kept, notes) = (inputs.indices.map { [$0] }, candidates?.notes ?? [])
        if isText {
            kept = try distinguished(includesOther: includesOther)
            if kept.contains(where: { $0.count > 1 }) { notes.append(AssociationLabels.note(onMerged: variable.name)) }
        }
        if isText, !selection.keepsAll {
            kept = try shown(of: kept, metric: metric)
            guard !kept.isEmpty else {
                throw CommandError(
                    .insufficientData,
                    "the reports tell none of the candidates of \(variable.name) of \(metric) from noise, so nothing is shown. "
                        + "To see how little is known: --all-candidates")
            }
            let keptCount = kept.reduce(0) { $0 + $1.count }
            if keptCount < inputs.count {
                notes.append(
                    "\(keptCount) of \(inputs.count) candidates of \(variable.name) are told from noise, and kept. For all of "
                        + "them: --all-candidates")
            }
        }
        let likelihoods = try likelihoods(under: kept.map { inputs[$0[0]] }, includesOther: includesOther)
        let labels = AssociationLabels(
            name: variable.name, values: kept.map { AssociationLabels.joined($0.map { label(of: inputs[$0]) }) },
            isTruth: variable.domain == .boolean, hasOther: includesOther)
        return AssociationVariable(labels: labels, likelihoods: likelihoods, notes: notes)
    }

    /// The candidates in groups of those that the reports cannot tell apart, such as two texts of the same bits.
    private func distinguished(includesOther: Bool) throws(CommandError) -> [[Int]] {
        try likelihoods(under: inputs, includesOther: includesOther).equalValues
            .map { $0.filter(inputs.indices.contains) }.filter { !$0.isEmpty }
    }

    /// The groups whose share is told from noise.
    private func shown(of groups: [[Int]], metric: String) throws(CommandError) -> [[Int]] {
        guard groups.count < AssociationEstimate.informationCellLimit else {
            throw CommandError(
                .validationFailed,
                "\(groups.count) candidates of \(variable.name) of \(metric) are more than the "
                    + "\(AssociationEstimate.informationCellLimit - 1) that are told from noise at once. Look for fewer."
            )
        }
        var single = ReportLikelihoods(valueCount: 1)
        _ = single.append(logLikelihoods: [0])
        var reports = AssociationReports(
            first: try likelihoods(under: groups.map { inputs[$0[0]] }, includesOther: true), second: single)
        for kind in kindOfDevice { reports.append(first: Int(kind), second: 0, cohort: 0) }
        guard let estimate = AssociationEstimate(of: reports), estimate.hasErrors else {
            throw CommandError(
                .insufficientData,
                "the reports cannot tell the candidates of \(variable.name) of \(metric) apart, so nothing is shown. Look for "
                    + "fewer candidates.")
        }
        return groups.indices.filter { estimate.firstMarginal[$0].interval.lowerBound > 0 }.map { groups[$0] }
    }

    private func likelihoods(
        under values: [MechanismInput], includesOther: Bool
    ) throws(CommandError) -> ReportLikelihoods {
        let valueCount = values.count + (includesOther ? 1 : 0)
        guard kinds.count <= AssociationVariable.likelihoodLimit / max(1, valueCount) else {
            throw CommandError(
                .validationFailed,
                "\(values.count) values of \(variable.name) are too many for \(kinds.count) different reports. Look for fewer "
                    + "candidates, or take fewer days.")
        }
        return try Self.likelihoods(of: kinds, by: oracle, under: values, includesOther: includesOther)
    }

    private static func likelihoods<Oracle: LikelihoodOracle>(
        of kinds: [[UInt8]], by oracle: Oracle, under values: [MechanismInput], includesOther: Bool
    ) throws(CommandError) -> ReportLikelihoods {
        let model: LikelihoodModel<Oracle.Report>
        do { model = try oracle.likelihoodModel(of: values, includesOther: includesOther) } catch {
            if case .algorithmUnavailable(let name) = error {
                throw CommandError(.runtimeFailure, "libcrypto offers no \(name) here. Use an OpenSSL that does.")
            }
            throw CommandError(.validationFailed, "a candidate is no value of the metric. Leave it out.")
        }
        var likelihoods = ReportLikelihoods(valueCount: model.valueCount)
        for bytes in kinds {
            guard let report = try? Oracle.Report(decoding: bytes.span, shape: oracle.shape) else {
                preconditionFailure("a pair has checked the reports of its halves")
            }
            _ = likelihoods.append(logLikelihoods: model.logLikelihoods(report))
        }
        return likelihoods
    }

    private func label(of input: MechanismInput) -> String {
        switch input {
        case .item(let item): variable.domain.labels[item]
        case .text(let text): String(decoding: text, as: UTF8.self)
        case .absent, .place, .pair: MetricDomain.absenceLabel
        }
    }
}
