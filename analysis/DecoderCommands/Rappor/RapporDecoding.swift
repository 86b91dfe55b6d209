internal import Estimation

/// What google/rappor's counts say of candidates.
struct RapporDecoding: Sendable {
    /// What was asked for.
    struct Settings: Sendable {
        let correction: RapporCorrection
        let alpha: Double
        let confidence: ConfidenceLevel
        let parametersPath: String
    }

    /// How well the candidates explain the counts, where several bits are decoded.
    struct Fit: Sendable {
        /// The share of reports that are about no candidate; not clipped.
        let unknownShare: Double
        /// Residuals over noise, 1 where all is well, and its standard deviations above that.
        let dispersion: Double, misfitDeviations: Double, isMisfit: Bool
        /// Candidates that cannot be told apart, by position.
        let indistinguishable: [[Int]]
        let variance: FilterVarianceShares?
    }

    let parameters: RapporParameters
    let counts: RapporCounts
    let settings: Settings
    /// The candidates, each once, in the order of the map.
    let names: [String]
    /// Of each candidate: the frequency, as it is shown, and intervals within 0 and 1.
    let estimates: [FrequencyEstimate]
    /// The frequencies before they are shrunk or clipped.
    let unbiased: [Double]
    /// Found with a probability of 80 %.
    let smallestShare: Double
    let isInsufficient: Bool
    let fit: Fit?
    /// What was left out of the files.
    let inputNotes: [String]

    var reportCount: Int { counts.reportCount }
    var detectedCount: Int { estimates.count { $0.isDetected } }

    /// A result of these figures.
    init(
        _ parameters: RapporParameters, _ counts: RapporCounts, _ settings: Settings, names: [String],
        estimates: [FrequencyEstimate], unbiased: [Double], smallestShare: Double, isInsufficient: Bool, fit: Fit?,
        inputNotes: [String]
    ) {
        (self.parameters, self.counts, self.settings, self.names) = (parameters, counts, settings, names)
        (self.estimates, self.unbiased, self.smallestShare) = (estimates, unbiased, smallestShare)
        (self.isInsufficient, self.fit, self.inputNotes) = (isInsufficient, fit, inputNotes)
    }

    /// Decodes counts of several bits by the candidates of a map.
    ///
    /// - Throws: ``CommandError``: of status 1 if the map cannot be read, and 4 for what is wrong in it.
    init(
        _ counts: RapporCounts, _ parameters: RapporParameters, _ settings: Settings, mapPath: String,
        progress: inout Progress
    ) throws(CommandError) {
        let candidates = try RapporCandidates(reading: mapPath, parameters, progress: &progress)
        let filters = FilterCounts(
            bitCount: parameters.bitCount, cohortSizes: counts.cohortSizes, setCounts: counts.setCounts,
            clear: parameters.clear, set: parameters.set)
        let decoder = FilterDecoder(
            correction: settings.correction.ofFilters, alpha: settings.alpha, confidence: settings.confidence)
        progress.begin("decoding")
        let result: FilterDecoding
        do {
            result = try decoder.decode(filters, design: candidates.design) { progress.update($0, of: $1) }
        } catch {
            progress.finish()
            throw Self.failure(error, mapPath: mapPath)
        }
        progress.finish()
        let total = Double(counts.reportCount)
        self.init(
            parameters, counts, settings, names: candidates.names,
            estimates: result.shares.map { share in
                FrequencyEstimate(
                    count: share.share * total, standardError: share.standardError * total, frequency: share.share,
                    interval: share.interval, pValue: share.pValue, isDetected: share.isDetected)
            },
            unbiased: result.shares.map(\.unbiased), smallestShare: result.smallestDetectableShare,
            isInsufficient: result.isInsufficient,
            fit: Fit(
                unknownShare: result.unknownShare, dispersion: result.dispersion,
                misfitDeviations: result.misfitDeviations, isMisfit: result.isMisfit,
                indistinguishable: result.indistinguishable,
                variance: result.varianceShares(of: filters, design: candidates.design)),
            inputNotes: candidates.notes)
    }

    /// Why a map's candidates are not decoded.
    static func failure(_ error: EstimationError, mapPath: String) -> CommandError {
        switch error {
        case .tooManyCandidates(let count, let limit):
            CommandError(
                .validationFailed,
                "\(mapPath): \(count) candidates are more than the \(limit) that so few cohorts and bits can be decoded for. "
                    + "Look for fewer at a time, or collect reports of 8 cohorts or more.")
        case .candidateOutOfDomain, .indistinguishable:
            CommandError(.validationFailed, "\(mapPath): the candidates cannot be told apart. Look for fewer.")
        case .algorithmUnavailable(let name):
            CommandError(.runtimeFailure, "libcrypto offers no \(name) here. Use an OpenSSL that does.")
        }
    }
}
