public import LocalPrivacy
public import ReportFormat
public import SecureRandomness

/// A memoized mechanism that turns a value into a vector of bits and answers every bit with a ``BitResponse``.
///
/// What RAPPOR with and without Bloom filters have in common: all but the bits of a value.
public protocol BitVectorRandomizer: ExactlyAuditableLongitudinal
where Value == BitVectorReport, Report == BitVectorReport {
    /// The noise, and what it is proved to lose.
    var response: BitResponse { get }

    /// How many cohorts of devices there are, a power of two.
    var cohortCount: Int { get }

    /// The bits of a value for devices of a cohort; none for "no event". Takes the same time for every value.
    ///
    /// - Throws: ``InputError``.
    func bits(of input: MechanismInput, cohort: Int) throws(InputError) -> [UInt64]

    /// The canonical bytes of an input, the same on every device.
    ///
    /// - Throws: ``InputError``.
    func canonicalBytes(of input: MechanismInput) throws(InputError) -> [UInt8]
}

extension BitVectorRandomizer {
    public var epsilon: Epsilon { response.epsilon }
    public var permanentEpsilon: Epsilon { response.permanentEpsilon }
    public var loss: PrivacyLoss { response.loss }
    public var permanentLoss: PrivacyLoss { response.permanentLoss }
    public var instantaneousLoss: PrivacyLoss { response.instantaneousLoss }
    public var noiseWordCount: Int { response.freshWordCount }

    public var shape: BitVectorReport.Shape {
        BitVectorReport.Shape(partitionCount: cohortCount, bitCount: response.bitCount)
    }

    public var permanentShape: BitVectorReport.Shape { shape }

    public var partitionByteCount: Int { shape.partitionByteCount }

    public func canonicalBytes(of input: MechanismInput, on device: DeviceContext) throws(InputError) -> [UInt8] {
        try canonicalBytes(of: input)
    }

    /// The device's permanent response, in its cohort.
    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> BitVectorReport {
        var bytes = try canonicalBytes(of: input)
        defer { wipe(&bytes) }
        guard let noise = device.permanentNoise else { throw .permanentNoiseMissing }
        let cohort = noise.cohort(among: cohortCount)
        var words: [UInt64] = []
        // Beside the response they would tell the value.
        defer { wipe(&words) }
        do {
            words = try noise.words(for: bytes, wordCount: response.permanentWordCount)
        } catch { throw .noRandomness(error) }
        return BitVectorReport(
            partition: cohort, words: response.permanentResponse(to: try bits(of: input, cohort: cohort), words: words))
    }

    public func randomize<Source: NoiseSource & ~Copyable>(
        _ permanent: BitVectorReport, using source: inout Source
    ) -> BitVectorReport {
        BitVectorReport(
            partition: permanent.partition, words: response.report(about: permanent.words, using: &source))
    }

    public var allReports: [BitVectorReport] {
        (0..<cohortCount).flatMap { cohort in
            response.allVectors.map { BitVectorReport(partition: cohort, words: $0) }
        }
    }

    public var allPermanentResponses: [BitVectorReport] { allReports }

    private var cohortBitCount: Int { cohortCount.trailingZeroBitCount }

    /// A permanent response is of one cohort among all, so that each stage's denominator has their number as a factor.
    public var stageLikelihoodBitCount: Int { response.stageLikelihoodBitCount + cohortBitCount }

    public var likelihoodBitCount: Int { 2 * stageLikelihoodBitCount }

    public func cohort(of permanent: BitVectorReport) -> Int { permanent.partition }

    public func likelihood(of report: BitVectorReport, given item: Int) -> WideUnsigned {
        response.likelihood(of: report.words, given: auditedBits(item, cohort: report.partition)) << cohortBitCount
    }

    public func permanentLikelihood(of permanent: BitVectorReport, given item: Int) -> WideUnsigned {
        response.permanentLikelihood(
            of: permanent.words, given: auditedBits(item, cohort: permanent.partition))
    }

    public func instantaneousLikelihood(
        of report: BitVectorReport, given permanent: BitVectorReport
    ) -> WideUnsigned {
        guard report.partition == permanent.partition else { return .zero }
        return response.instantaneousLikelihood(of: report.words, given: permanent.words) << cohortBitCount
    }

    private func auditedBits(_ item: Int, cohort: Int) -> [UInt64] {
        guard let bits = try? bits(of: auditedInputs[item], cohort: cohort) else {
            preconditionFailure("an audited input is one of the mechanism's")
        }
        return bits
    }
}
