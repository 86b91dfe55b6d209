internal import MetricDefinitions
internal import RegistryCompiler

extension CandidateList {
    /// The candidates of a metric: those that the option names, or else the registry; `nil` where neither does. Nothing is
    /// read for a metric that the registry does not have.
    static func chosen(
        option: String?, metric: String, registry: String, source: RegistrySource
    ) throws(CommandError) -> CandidateList? {
        guard source.set.metric(named: metric) != nil else { return nil }
        if let option { return try CandidateList(reading: CandidateSource(option: option)) }
        guard let declared = source.candidates[metric] else { return nil }
        do { return try CandidateList(reading: declared) } catch {
            guard error.status == .runtimeFailure else { throw error }
            throw CommandError(
                .runtimeFailure,
                "\(error.message). 'candidates' of \(metric) in \(registry) names the file. Correct it there, or name "
                    + "another with --candidates")
        }
    }
}
