internal import Estimation
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// What a reader of an estimate has to know, in sentences.
struct EstimateNotes {
    let definition: MetricDefinition
    let counter: any ReportCounter
    let request: EstimateRequest
    let today: UTCDay

    func sentences(periodCount: Int, otherVersions: [UInt32]) -> [String] {
        var notes = [intervalSentence(periodCount: periodCount)]
        if let absence { notes.append(absence) }
        notes += counter.caveats
        if case .number(let range) = definition.domain {
            notes.append(
                "A number out of the range counts as its nearest end, \(number(range.low)) or \(number(range.high)).")
        }
        if counter is any HistogramOracle {
            notes.append("A bucket holds its lower end and not its upper; the last one holds both.")
        }
        if case .memoized(_, let distinctValues) = definition.lifetime,
            let memoized = definition.mechanism as? any LongitudinalRandomizer,
            distinctValues < memoized.distinctResponseLimit
        {
            notes.append(
                "A device that has held more than \(distinctValues) distinct \(memoized.memoizedUnit)s repeats an old "
                    + "response, so late changes may be missing.")
        }
        if periodCount > 1, !request.byPeriod {
            notes.append(pooling(periodCount: periodCount))
        }
        if case .lastDay(let last) = definition.expiry, last < today {
            notes.append("The metric ended on \(last).")
        }
        if !otherVersions.isEmpty {
            let versions = otherVersions.map(String.init).joined(separator: ", ")
            notes.append("The store also has reports of version \(versions), which are not counted here.")
        }
        return notes
    }

    private var absence: String? {
        switch definition.whenAbsent {
        case .none: "A period without an event was reported as \(MetricDomain.absenceLabel)."
        case .last where estimatesAbsence:
            "Devices without an event repeated their last response; \(MetricDomain.absenceLabel) is before any."
        case .last:
            "Devices without an event repeated their last response; those before any count as reports of no candidate."
        case .skip where isMean: "A period without an event was not reported: the mean is over reports of events."
        case .skip: "A period without an event was not reported: frequencies are among reports of events."
        case .value(let value):
            "A period without an event was reported as \(value.text.isEmpty ? "the empty text" : value.text)."
        }
    }

    private var isMean: Bool { counter is any MeanOracle }

    private var estimatesAbsence: Bool { (counter as? any FrequencyOracle)?.estimatesAbsence == true }

    private func number(_ value: Double) -> String { MetricValue.number(value).text }

    private func pooling(periodCount: Int) -> String {
        guard definition.isMemoized else {
            return "Pooled over \(periodCount) days: a device counts once for each day that it reported."
        }
        return "Pooled over \(periodCount) days: a device counts once for each day that it reported, and its reports "
            + "share noise; as devices cannot be counted, standard errors assume that the same ones reported every "
            + "day. Prefer --by period."
    }
}
