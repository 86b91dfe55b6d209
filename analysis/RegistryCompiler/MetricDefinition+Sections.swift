internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

extension MetricDefinition {
    var questionSection: ExplainedSection {
        ExplainedSection(
            "What is asked",
            [
                ExplainedFact("description", .text(summary), summary),
                ExplainedFact("type", .text(domain.typeName), "The answer is a \(domain.typeName): \(domain.words)."),
            ] + domain.rangeFacts + [
                ExplainedFact(
                    "id", .integer(Int(identifier.value)),
                    "On the wire this is metric \(identifier), version \(version)."),
                ExplainedFact("version", .integer(Int(version)), "Its fingerprint is \(fingerprint)."),
                ExplainedFact(
                    "combine", .text(combination == .any ? "any" : "sample"),
                    combination == .any
                        ? "Of several events in a day, the answer is whether any was true; that is decided in memory, "
                            + "before noise is added."
                        : "Of several events in a day, one is reported, drawn at random; no other leaves the device."),
                ExplainedFact("when_absent", .text(whenAbsentName), whenAbsentSentence),
            ])
    }

    /// How sentences call "no event": by the label that estimates give it, where they have one.
    var absenceWords: String { domain.labels.isEmpty ? "no event" : MetricDomain.absenceLabel }

    private var whenAbsentName: String {
        switch whenAbsent {
        case .none: "none"
        case .last: "last"
        case .skip: "skip"
        case .value(let value): "value: \(value.text)"
        }
    }

    private var whenAbsentSentence: String {
        switch whenAbsent {
        case .none:
            "On a day without an event the device answers '\(absenceWords)', an answer of its own with the same noise, "
                + "so that silence tells nothing."
        case .last:
            "On a day without an event the device reports on its last kept answer again; before the first event it "
                + "answers '\(absenceWords)', kept like a value. Silence tells nothing."
        case .skip:
            "On a day without an event the device sends nothing: on which days something happened is public, and no "
                + "ε covers it."
        case .value(let value):
            "On a day without an event the device answers '\(value.text)' with the same noise, so that "
                + "silence tells nothing; such days count as '\(value.text)'."
        }
    }

    var sendingSection: ExplainedSection {
        let name = type(of: mechanism).identifier
        let explained = mechanism as? any ExplainedMechanism
        let facts =
            [
                ExplainedFact(
                    "mechanism", .text(name),
                    "Each UTC day the device sends \(explained?.reportWords ?? "one report") by \(name)"
                        + "\(isMemoized ? ", memoized" : "")."),
                ExplainedFact("memoized", .boolean(isMemoized), memoizedSentence),
            ] + (explained?.reportFacts ?? []) + [
                ExplainedFact(
                    "payload_bytes", .integer(mechanism.payloadByteCount),
                    "Every report of the metric takes \(counted(mechanism.payloadByteCount, "byte")).")
            ]
        return ExplainedSection("What is sent", facts)
    }

    private var memoizedSentence: String {
        isMemoized
            ? "The noise has two stages: one answer per \(memoizedUnit) that is kept for ever, and fresh noise on it in "
                + "every report."
            : "The noise is fresh in every report."
    }

    private var memoizedUnit: String { (mechanism as? any LongitudinalRandomizer)?.memoizedUnit ?? "value" }

    private func distinctSentence(cap: Int) -> String {
        let limit = (mechanism as? any LongitudinalRandomizer)?.distinctResponseLimit ?? .max
        guard cap < limit else {
            return "Whatever its values, the device keeps at most \(counted(limit, "answer")), one per \(memoizedUnit)."
        }
        let absence = whenAbsent == .last ? ", '\(absenceWords)' counted as one," : ","
        return "After \(counted(cap, "distinct \(memoizedUnit)"))\(absence) the device repeats its last kept answer "
            + "whatever happens: its reports go stale, and estimates lag behind changes."
    }

    var endSection: ExplainedSection {
        var facts = [
            ExplainedFact(
                "period_cap", .integer(periodCap),
                "A device stops \(counted(periodCap, "day")) after its enrolment, sent or not, and never starts again.")
        ]
        if case .memoized(_, let distinctValues) = lifetime {
            facts.append(
                ExplainedFact(
                    "max_distinct_values", .integer(distinctValues), distinctSentence(cap: distinctValues)))
        }
        switch expiry {
        case .lastDay(let day):
            facts.append(ExplainedFact("expires", .text(day.description), "Nothing is reported after \(day)."))
        case .never(let reason):
            facts.append(ExplainedFact("expires", .text("never"), "The metric does not expire: \(reason)"))
        }
        return ExplainedSection("When it stops", facts)
    }

    var uncoveredSection: ExplainedSection {
        var facts = [
            uncovered(
                "network",
                "Whoever receives the reports sees the device's IP address and the time of sending, that the program "
                    + "is installed, and that telemetry is on."),
            uncovered(
                "population",
                "What is true of many people can be learnt, and can touch someone who sent nothing."),
            uncovered(
                "device",
                "Whoever controls the device, or reads the program's memory, sees the true value."),
            uncovered(
                "meaning",
                "Nothing checks that the host program records what the description says."),
        ]
        let open = (mechanism as? any ExplainedMechanism)?.openFacts ?? []
        facts += open.map { uncovered($0.name, $0.sentence) }
        if whenAbsent == .skip {
            facts.append(
                uncovered(
                    "presence",
                    "On which days something happened is sent openly (presence: public)."))
        }
        return ExplainedSection("What this does not cover", facts)
    }

    /// A statement that is its own value: there is no number to it.
    private func uncovered(_ name: String, _ sentence: String) -> ExplainedFact {
        ExplainedFact("not_covered_\(name)", .text(sentence), sentence)
    }

    func releaseSection(candidates: CandidateSource?) -> ExplainedSection {
        var facts = [
            ExplainedFact(
                "minimum_reports", .integer(minimumReports),
                "No estimate is printed for a group of fewer than \(minimumReports) reports."),
            ExplainedFact("owner", .text(owner), "Questions go to \(owner)."),
        ]
        if let candidates {
            let column = candidates.column.map { "column '\($0)'" } ?? "the first column"
            facts.append(
                ExplainedFact(
                    "candidates", .text(candidates.path),
                    "An estimate looks for the values in \(column) of \(candidates.path); no device knows that list."))
        }
        return ExplainedSection("Who sees what, and who answers for it", facts)
    }
}

extension MetricDomain {
    /// What may be recorded, in words.
    fileprivate var words: String {
        switch self {
        case .boolean, .category:
            let shown = labels.prefix(20).joined(separator: ", ")
            return shown + (labels.count > 20 ? ", and \(labels.count - 20) more" : "")
        case .string: return "any text of up to \(InputDomain.textByteLimit) bytes of UTF-8, told apart byte by byte"
        case .number(let range):
            let (low, high) = (MetricValue.number(range.low).text, MetricValue.number(range.high).text)
            return "\(low) to \(high), and what is outside counts as the nearer end"
        case .pair(let first, let second):
            return "\(first.name) (\(first.domain.typeName): \(first.domain.words)), and \(second.name) "
                + "(\(second.domain.typeName): \(second.domain.words))"
        }
    }

    /// The ends of a number's range.
    fileprivate var rangeFacts: [ExplainedFact] {
        guard case .number(let range) = self else { return [] }
        let (low, high) = (MetricValue.number(range.low).text, MetricValue.number(range.high).text)
        return [
            ExplainedFact("range_low", .decimal(low), "The lower end of the range is \(low)."),
            ExplainedFact("range_high", .decimal(high), "The upper end of the range is \(high)."),
        ]
    }
}
