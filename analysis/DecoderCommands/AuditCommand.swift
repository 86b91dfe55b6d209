public import ArgumentParser
internal import Auditing
internal import MetricDefinitions
internal import RegistryCompiler

/// `dither audit`: proves what a registry's metrics claim, and attacks them.
public struct AuditCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Prove what a registry's metrics claim, and attack them.",
        discussion: """
            First the proof: every instance small enough is enumerated from the integers that devices sample with. Then \
            the attack: reports are made with the system's noise, as a device makes them, and whatever tells two \
            inputs apart is counted; what it shows is a lower bound of ε. Memoized metrics are attacked over several \
            reports as well. At last what analysts make of reports: bias, errors and intervals.

            One row per metric: metric, mechanism, epsilon as declared, proven and how, shown by attack, verdict. Then \
            every check that did not pass, or with --checks all. A metric without a fault fails with probability \
            at most one in a million.

            EXAMPLES:
              dither audit --registry metrics.yaml
              dither audit --registry metrics.yaml --metric departed_late --checks
              dither audit --registry metrics.set --proof-only --format json
              dither audit --registry metrics.yaml --trials 100000 --format csv

            EXIT STATUS:
              0  every metric passed, perhaps with warnings
              1  a file cannot be read, or the system gives no randomness
              2  usage, or no metric of that name
              4  the registry or its lock is refused
              5  a metric loses more than it declares, or is not what it states
            """)

    @Option(help: "The registry: a YAML file, or a compiled set.")
    var registry: String

    @Option(help: "A metric to audit, given once for each; without it, all.")
    var metric: [String] = []

    @Option(help: "How many fresh reports about each input are counted, 1,000 or more.")
    var trials = 1_000_000

    @Flag(help: "Prove without attacks: nothing random, and the same every time.")
    var proofOnly = false

    @Flag(help: "Show every check, also those that passed.")
    var checks = false

    @Option(help: "How the result is written: table (for people), csv or json.")
    var format = OutputFormat.table

    public init() {}

    public func validate() throws {
        guard (AuditSettings.leastTrialCount...100_000_000).contains(trials) else {
            throw ValidationError("--trials \(trials): is not between 1000 and 100000000. Leave it out for a million")
        }
    }

    public func run() throws {
        let source = try RegistryLoading.load(registry, expiry: .note)
        let definitions = try definitions(of: source.set)
        var settings = AuditSettings()
        settings.trialCount = trials
        if proofOnly { settings.parts = [.proof] }
        var progress = Progress("auditing")
        var audits: [AuditedMetric] = []
        for (place, definition) in definitions.enumerated() {
            progress.update(place, of: definitions.count)
            audits.append(AuditedMetric(definition, try audit(definition, settings)))
        }
        progress.finish()
        let page = AuditPage(audits, trialCount: proofOnly ? nil : trials, showsAllChecks: checks)
        try StandardStreams.write(page.rendered(as: format))
        let failed = audits.filter { $0.audit.verdict == .failed }
        guard failed.isEmpty else {
            let names = failed.map(\.definition.name).joined(separator: ", ")
            throw CommandError(
                .policyViolation,
                "\(failed.count == 1 ? "a metric fails" : "\(failed.count) metrics fail") the audit: \(names). Do not "
                    + "collect \(failed.count == 1 ? "it" : "them")")
        }
    }

    private func audit(
        _ definition: MetricDefinition, _ settings: AuditSettings
    ) throws(CommandError) -> MetricAudit {
        do { return try MetricAudit(of: definition, settings) } catch {
            throw CommandError(
                .runtimeFailure,
                "the audit of \(definition.name) ended early: \(error). Does the system give randomness?")
        }
    }

    private func definitions(of set: MetricSet) throws(CommandError) -> [MetricDefinition] {
        if let unknown = metric.first(where: { set.metric(named: $0) == nil }) {
            let names = set.metrics.map(\.name).joined(separator: ", ")
            throw CommandError(.usage, "\(registry) has no metric '\(unknown)'. It has: \(names)")
        }
        return set.metrics.filter { metric.isEmpty || metric.contains($0.name) }
    }
}
