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
    func valueBits(of input: MechanismInput, cohort: Int) throws(InputError) -> ValueBits

    /// The canonical bytes of an input, the same on every device.
    ///
    /// - Throws: ``InputError``.
    func canonicalValue(of input: MechanismInput) throws(InputError) -> CanonicalValue
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

    /// The words of the bits of a value.
    ///
    /// - Throws: ``InputError``.
    public func bits(of input: MechanismInput, cohort: Int) throws(InputError) -> [UInt64] {
        let bits = try valueBits(of: input, cohort: cohort), last = shape.wordCount - 1
        return (0...last).map { bits.word(at: $0) & ($0 == last ? shape.lastWordMask : .max) }
    }

    public func canonicalBytes(of input: MechanismInput, on device: DeviceContext) throws(InputError) -> [UInt8] {
        try canonicalValue(of: input).bytes
    }

    /// The device's permanent response, in its cohort.
    public func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> BitVectorReport {
        try withPermanentParts(of: input, on: device) { cohort, bits, noise in
            BitVectorReport(partition: cohort, words: permanentWords(of: bits, noise: noise))
        }
    }

    public func appendPermanentResponse(
        to input: MechanismInput, on device: DeviceContext, to bytes: inout [UInt8]
    ) throws(InputError) {
        try withPermanentParts(of: input, on: device) { cohort, bits, noise in
            bytes.appendVector(in: cohort, shape: shape) {
                response.writePermanentResponse(to: bits, noise: noise, to: &$0, from: $1)
            }
        }
    }

    /// The words of the permanent response to a value's bits, from ``BitResponse/permanentWordCount`` words of noise.
    package func permanentWords(of bits: ValueBits, noise: Span<UInt64>) -> [UInt64] {
        [UInt64](wordCount: shape.wordCount) {
            response.writePermanentResponse(to: bits, noise: noise, to: &$0, from: 0)
        }
    }

    /// The words of noise would tell the value beside the response; they wipe themselves.
    private func withPermanentParts<Result>(
        of input: MechanismInput, on device: DeviceContext,
        _ body: (_ cohort: Int, _ bits: ValueBits, _ noise: Span<UInt64>) -> Result
    ) throws(InputError) -> Result {
        let value = try canonicalValue(of: input)
        guard let noise = device.permanentNoise else { throw .permanentNoiseMissing }
        let cohort = noise.cohort(among: cohortCount), bits = try valueBits(of: input, cohort: cohort)
        let words: NoiseWords
        do {
            words = try noise.words(for: value, wordCount: response.permanentWordCount)
        } catch { throw .noRandomness(error) }
        return words.withSpan { body(cohort, bits, $0) }
    }

    public func randomize<Source: NoiseSource & ~Copyable>(
        _ permanent: BitVectorReport, using source: inout Source
    ) -> BitVectorReport {
        precondition(permanent.words.count == shape.wordCount, "a permanent response has the bits of its shape")
        var words = permanent.words
        words.rewrite { response.replacePermanentResponse(in: &$0, from: 0, using: &source) }
        return BitVectorReport(partition: permanent.partition, words: words)
    }

    public func appendPayload<Source: NoiseSource & ~Copyable>(
        about permanent: BitVectorReport, using source: inout Source, to bytes: inout [UInt8]
    ) {
        let start = bytes.count
        permanent.append(to: &bytes, shape: shape)
        replacePermanentResponse(in: &bytes, from: start, using: &source)
    }

    public func appendPayload(
        for input: MechanismInput, on device: DeviceContext, to bytes: inout [UInt8]
    ) throws(EncodingError) {
        let start = bytes.count
        if bytes.isEmpty { bytes.reserveCapacity(payloadByteCount) }
        do { try appendPermanentResponse(to: input, on: device, to: &bytes) } catch { throw .input(error) }
        do {
            var noise = try FreshNoise(wordCount: noiseWordCount)
            replacePermanentResponse(in: &bytes, from: start, using: &noise)
        } catch {
            wipe(&bytes, from: start)
            bytes.removeLast(bytes.count - start)
            throw .noRandomness(error)
        }
    }

    public func appendPayload<Source: NoiseSource & ~Copyable>(
        fromPermanentResponse permanent: [UInt8], using source: inout Source, to bytes: inout [UInt8]
    ) throws(ReportError) {
        try BitVectorReport.validate(permanent.span, shape: shape)
        let start = bytes.count
        bytes.append(contentsOf: permanent)
        replacePermanentResponse(in: &bytes, from: start, using: &source)
    }

    /// Replaces a permanent response that the bytes end with by a report about it.
    private func replacePermanentResponse<Source: NoiseSource & ~Copyable>(
        in bytes: inout [UInt8], from start: Int, using source: inout Source
    ) {
        var span = bytes.mutableSpan
        // Every pattern of bits is an integer.
        var target = unsafe span.mutableBytes
        response.replacePermanentResponse(in: &target, from: start + shape.partitionByteCount, using: &source)
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
