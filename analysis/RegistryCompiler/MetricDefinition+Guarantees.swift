internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions

extension MetricDefinition {
    var guaranteeSection: ExplainedSection {
        if let memoized = mechanism as? any LongitudinalRandomizer {
            return ExplainedSection(
                "What it guarantees: four claims, and no other", oneReport + claims(of: memoized))
        }
        return ExplainedSection("What it guarantees", oneReport + allReports)
    }

    /// Claim 1, which fresh and memoized metrics share.
    private var oneReport: [ExplainedFact] {
        let opening = isMemoized ? "Claim 1, one report: whatever" : "Whatever"
        let (epsilon, loss) = (mechanism.epsilon, mechanism.loss)
        let assumption =
            isMemoized
            ? ""
            : " This rests on the operating system's random numbers being unpredictable"
                + (mechanism.noiseWordCount > 8 ? ", and on ChaCha20, which stretches them." : ".")
        return [
            ExplainedFact(
                "epsilon", .decimal(epsilon.description),
                "\(opening) the true answer is, each report is at most e^ε times as likely under one answer as "
                    + "under another, with ε \(epsilon) as declared."),
            ExplainedFact(
                "epsilon_realised", .decimal(loss.description),
                "The integers in use realise ε \(loss), rounded up; it is never above the declared one."),
            ExplainedFact(
                "posterior_percent", .decimal(loss.posteriorPercent),
                "Someone who held an answer 50:50 before one report holds it at most \(loss.posteriorPercent) % after: "
                    + "its odds move by a factor of at most \(loss.oddsFactor).\(assumption)"),
        ]
    }

    /// What all reports of a fresh metric lose together.
    private var allReports: [ExplainedFact] {
        let sum = decimal3(periodCap * mechanism.epsilon.thousandths)
        return [
            ExplainedFact(
                "epsilon_all_reports", .decimal(sum),
                "\(counted(periodCap, "report")) of a device together lose at most ε \(sum), whatever the values and "
                    + "however they change (\(periodCap) × \(mechanism.epsilon))."),
            ExplainedFact(
                "epsilon_lifetime", .decimal(lifetimeBudget.description),
                "It takes ε \(lifetimeBudget) of the device's lifetime ceiling."),
        ]
    }

    /// Claims 2 to 4 of a memoized metric, and what they rest on.
    private func claims(of memoized: any LongitudinalRandomizer) -> [ExplainedFact] {
        guard case .memoized(let reports, let declaredValues) = lifetime else { return [] }
        let (distinctValues, unit) = (Swift.min(declaredValues, memoized.distinctResponseLimit), memoized.memoizedUnit)
        let (permanent, loss) = (memoized.permanentEpsilon, memoized.permanentLoss)
        let perReport = decimal9(memoized.instantaneousLoss.nanonats)
        let always = decimal9(memoized.instantaneousLoss.nanonats * reports)
        return [
            ExplainedFact(
                "epsilon_permanent", .decimal(permanent.description),
                "Claim 2, one value for ever: any number of reports about one unchanging value lose at most "
                    + "ε \(permanent) as declared."),
            ExplainedFact(
                "epsilon_permanent_realised", .decimal(loss.description),
                "The integers in use realise ε \(loss), rounded up."),
            ExplainedFact(
                "posterior_percent_permanent", .decimal(loss.posteriorPercent),
                "Someone who held an unchanging value 50:50 holds it at most \(loss.posteriorPercent) % after all "
                    + "reports about it."),
            ExplainedFact(
                "epsilon_lifetime", .decimal(lifetimeBudget.description),
                "Claim 3, given the change pattern: two histories in which the same reports repeat a \(unit), of up to "
                    + "\(counted(distinctValues, "distinct \(unit)")), differ by at most ε \(lifetimeBudget) "
                    + "(\(distinctValues) × \(permanent)); this much it takes of the device's lifetime ceiling. It says "
                    + "nothing about when a \(unit) changed or came back."),
            ExplainedFact(
                "epsilon_per_differing_report", .decimal(perReport),
                "Claim 4, without condition: two histories that differ at s reports differ by at most s × \(perReport), "
                    + "the loss of the fresh noise alone."),
            ExplainedFact(
                "epsilon_all_reports", .decimal(always),
                "Where all reports differ, claim 4 comes to ε \(always) (\(reports) × \(perReport)): "
                    + "memoize only what rarely changes."),
            ExplainedFact(
                "computational", .boolean(true),
                "The kept answer is made from a secret of the device by HMAC-SHA256 and ChaCha20, so claims 1, 2 and "
                    + "3 hold against adversaries who cannot break these; claim 4 rests on the operating system's "
                    + "random numbers."),
        ]
    }
}
