internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

extension MetricDefinition {
    var questionSection: ExplainedSection {
        let labels = domain.labels.prefix(20).joined(separator: ", ")
        let more = domain.labels.count > 20 ? ", and \(domain.labels.count - 20) more" : ""
        return ExplainedSection(
            "What is asked",
            [
                ExplainedFact("description", .text(summary), summary),
                ExplainedFact("type", .text(domain.typeName), "The answer is a \(domain.typeName): \(labels)\(more)."),
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

    private var whenAbsentName: String {
        switch whenAbsent {
        case .none: "none"
        case .last: "last"
        case .skip: "skip"
        case .value(let value): "value: \(value.text)"
        }
    }

    private var whenAbsentSentence: String {
        let none = MetricDomain.absenceLabel
        return switch whenAbsent {
        case .none:
            "On a day without an event the device answers '\(none)', an answer of its own with the same noise, so "
                + "that silence tells nothing."
        case .last:
            "On a day without an event the device reports on its last kept answer again; before the first event it "
                + "answers '\(none)', kept like a value. Silence tells nothing."
        case .skip:
            "On a day without an event the device sends nothing: on which days something happened is public, and no "
                + "ε covers it."
        case .value(let value):
            "On a day without an event the device answers '\(value.text)' with the same noise, so that "
                + "silence tells nothing; such days count as '\(value.text)'."
        }
    }

    var sendingSection: ExplainedSection {
        let count = itemLabels.count
        var facts = [
            ExplainedFact(
                "mechanism", .text(type(of: mechanism).identifier),
                "Each UTC day the device sends one of \(count) answers by \(type(of: mechanism).identifier)"
                    + "\(isMemoized ? ", memoized" : "")."),
            ExplainedFact("memoized", .boolean(isMemoized), memoizedSentence),
        ]
        if let explained = mechanism as? any ExplainedMechanism {
            let truth = probability(explained.truthProbability)
            facts.append(
                ExplainedFact(
                    "truth_probability", .decimal(truth),
                    "It sends the true answer with probability \(truth), and otherwise "
                        + (count == 2 ? "the other one." : "one of the other \(count - 1), drawn at random.")))
            facts += explained.sampledIntegers
        }
        facts.append(
            ExplainedFact(
                "payload_bytes", .integer(mechanism.payloadByteCount),
                "Every report of the metric takes \(counted(mechanism.payloadByteCount, "byte"))."))
        return ExplainedSection("What is sent", facts)
    }

    private var memoizedSentence: String {
        isMemoized
            ? "The noise has two stages: one answer per value that is kept for ever, and fresh noise on it in every "
                + "report."
            : "The noise is fresh in every report."
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
                    "max_distinct_values", .integer(distinctValues),
                    "After \(counted(distinctValues, "distinct value")), '\(MetricDomain.absenceLabel)' counted as one, the "
                        + "device repeats its last kept answer whatever happens: its reports go stale, and estimates "
                        + "lag behind changes."))
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

    var releaseSection: ExplainedSection {
        ExplainedSection(
            "Who sees what, and who answers for it",
            [
                ExplainedFact(
                    "minimum_reports", .integer(minimumReports),
                    "No estimate is printed for a group of fewer than \(minimumReports) reports."),
                ExplainedFact("owner", .text(owner), "Questions go to \(owner)."),
            ])
    }
}
