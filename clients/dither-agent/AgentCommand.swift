internal import Glibc
internal import MetricDefinitions
internal import TelemetryAgent

/// One command on one agent.
struct AgentCommand {
    /// What goes to stdout and stderr, and the exit code.
    struct Output {
        var text = ""
        var note: String?
        var exitCode: Int32 = 0
    }

    /// Why a command failed.
    struct Failure: Error {
        var message: String
        var exitCode: Int32

        init(_ message: String, exitCode: Int32) { (self.message, self.exitCode) = (message, exitCode) }

        init(_ error: AgentError) {
            message = error.description
            exitCode =
                switch error {
                case .file, .database, .noRandomness, .transport, .forked, .encoding, .batch: 1
                case .unknownMetric, .value, .endpoint: 2
                case .definitionChanged: 4
                case .notReporting: 5
                case .stateBusy: 6
                case .unsafePermissions, .stateDamaged, .stateVersion, .secretLost, .ledgerLost: 8
                case .consentOff: 0
                }
        }
    }

    private let arguments: Arguments
    private let stateFolder: String
    private let metricSetPath: String
    private let endpoint: String
    private let environment: [String: String]

    /// - Throws: ``Arguments/UsageError`` when a flag is missing that the command needs.
    init(_ arguments: Arguments, environment: [String: String]) throws(Arguments.UsageError) {
        (self.arguments, self.environment) = (arguments, environment)
        let command = arguments.command
        stateFolder =
            command.needsState
            ? try arguments.required(arguments.stateFolder, "--state DIR", "DITHER_STATE_DIR") : ""
        metricSetPath =
            command.needsMetrics
            ? try arguments.required(arguments.metricSetPath, "--metrics SET", "DITHER_METRICS") : ""
        endpoint =
            command.needsEndpoint
            ? try arguments.required(arguments.endpoint, "--endpoint URL", "DITHER_ENDPOINT") : arguments.endpoint ?? ""
    }

    /// What stands for the collector in a command that asks nothing of it: a name that leads nowhere (RFC 6761).
    private static let nowhere = "https://collector.invalid"

    func run() -> Result<Output, Failure> {
        do throws(Failure) {
            if let shell = arguments.shell { return .success(Output(text: Completions.script(for: shell))) }
            if arguments.command == .off { return .success(try onFolder(Agent.withdrawConsent)) }
            if arguments.command == .sealImage { return .success(try onFolder(Agent.sealImage)) }
            let metricSet = try MetricSetFile(path: metricSetPath).load()
            if arguments.command == .explain { return .success(try explain(metricSet)) }
            do throws(AgentError) {
                let endpoint = try Endpoint(endpoint.isEmpty ? Self.nowhere : endpoint)
                var configuration = Agent.Configuration(
                    metricSet: metricSet, endpoint: endpoint, stateFolder: stateFolder, environment: environment)
                if let file = environment["DITHER_CA_FILE"], !file.isEmpty {
                    try CertificateFile.check(file)
                    configuration.certificateFile = file
                }
                if let file = environment["DITHER_TOKEN_FILE"], !file.isEmpty {
                    try EnrolmentToken.check(file)
                    configuration.tokenFile = file
                }
                if let pin = environment["DITHER_KEY_PIN"], !pin.isEmpty { configuration.keyPin = try KeyPin(pin) }
                configuration.registryKeys = try RegistryKeys.parsed(environment["DITHER_REGISTRY_KEYS"] ?? "")
                return .success(try run(on: Agent(configuration), metricSet))
            } catch {
                if case .consentOff = error { return .success(Output(note: error.description)) }
                throw Failure(error)
            }
        } catch { return .failure(error) }
    }

    private func run(on agent: Agent, _ metricSet: MetricSet) throws(AgentError) -> Output {
        switch arguments.command {
        case .on:
            try agent.setConsent(true)
            let source = try agent.consentSource()
            return Output(note: source.isOn ? nil : "consent is stored, but telemetry is \(source)")
        // Done before there was an agent.
        case .off, .sealImage, .explain, .completions: return Output()
        case .status: return Output(text: Self.render(try agent.status()).rendered(as: arguments.format))
        case .record: return try record(on: agent, metricSet)
        case .flush: return try flush(agent)
        case .show: return Output(text: Self.render(try agent.waitingReports()).rendered(as: arguments.format))
        case .dryRun: return try dryRun(agent)
        case .log: return try log(agent)
        case .budget: return Output(text: Self.render(try agent.budget()).rendered(as: arguments.format))
        }
    }

    /// Does what needs the state folder alone.
    private func onFolder(_ body: (_ stateFolder: String) throws(AgentError) -> Void) throws(Failure) -> Output {
        do throws(AgentError) { try body(stateFolder) } catch { throw Failure(error) }
        return Output()
    }

    private func record(on agent: Agent, _ metricSet: MetricSet) throws(AgentError) -> Output {
        let name = arguments.metric ?? ""
        guard let metric = metricSet.metric(named: name) else { throw .unknownMetric(name: name) }
        func record(_ text: String, _ other: String? = nil) throws(AgentError) {
            let value: MetricValue
            do throws(MetricValueError) {
                if let other {
                    value = try metric.domain.value(parsing: text, other)
                } else {
                    value = try metric.domain.value(parsing: text)
                }
            } catch { throw AgentError.value(metric: name, error) }
            try agent.record(value, for: name)
        }
        if let value = arguments.value {
            try record(value, arguments.otherValue)
        } else {
            let input = StandardInput(metric: name)
            while let line = try input.nextLine() {
                guard let text = String(validating: line, as: UTF8.self) else { throw .value(metric: name, .notUTF8) }
                try record(text)
            }
        }
        try agent.persist()
        return Output()
    }

    private func flush(_ agent: Agent) throws(AgentError) -> Output {
        let report = try agent.flush(
            closingPeriod: arguments.closesPeriod, now: arguments.ignoresBackoff,
            onlyWhenDue: arguments.sendsOnlyWhatIsDue)
        var output = Output(text: Self.render(report).rendered(as: arguments.format))
        if let failure = report.failure {
            output.note = "\(failure); \(report.waiting) reports wait."
        } else if report.nextAttempt != nil {
            output.note = "an upload failed before; \(report.waiting) reports wait. --now tries at once."
        }
        if output.note != nil { output.exitCode = 6 }
        if !report.rejected.isEmpty, output.note == nil {
            let codes = report.rejected.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            output.note = "the collector refused reports for good: \(codes.joined(separator: ", "))."
        }
        return output
    }

    private func explain(_ metricSet: MetricSet) throws(Failure) -> Output {
        var metrics = metricSet.metrics
        if let name = arguments.metric {
            guard let metric = metricSet.metric(named: name) else { throw Failure(.unknownMetric(name: name)) }
            metrics = [metric]
        }
        return Output(text: Explanation(metrics: metrics).rendered(as: arguments.format))
    }

    private func dryRun(_ agent: Agent) throws(AgentError) -> Output {
        let bundle = try agent.nextBundle()
        return Output(
            text: Self.render(bundle).rendered(as: arguments.format),
            note: Self.summary(of: bundle, hasEndpoint: !endpoint.isEmpty))
    }

    private func log(_ agent: Agent) throws(AgentError) -> Output {
        guard arguments.verifies else {
            return Output(text: try Self.renderLog(of: agent).rendered(as: arguments.format))
        }
        switch try agent.journalDamage() {
        case nil:
            let count = try agent.journal().count
            return Output(note: "the journal is as it was written: \(count) entr\(count == 1 ? "y" : "ies").")
        case .changed(let sequence):
            return Output(
                note:
                    "the journal was changed at entry \(sequence) or just before it. `off`, then `on`, begins a new one.",
                exitCode: 8)
        case .cutOff:
            return Output(
                note: "the end of the journal is gone or was replaced. `off`, then `on`, begins a new one.", exitCode: 8
            )
        }
    }
}
