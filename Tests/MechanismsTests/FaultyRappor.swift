import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport

/// RAPPOR with one planted fault, to show that a law catches it.
struct FaultyRappor: BitVectorRandomizer {
    enum Fault: Sendable {
        case none, permanentNoiseDrawnAnew, permanentNoiseSharedByTexts, freshNoiseFromThePermanentResponse
        case permanentLossOfHalfTheBits, filterReported, absenceOfATextsFilter, permanentResponseReported
        case filterWritten, storedResponseSent
    }

    static let identifier = "faulty_rappor"

    var base: Rappor
    var fault = Fault.none

    init(configuration: Rappor.Configuration) throws(ParameterError) {
        base = try Rappor(configuration: configuration)
    }

    init(base: Rappor, fault: Fault) { (self.base, self.fault) = (base, fault) }

    var configuration: Rappor.Configuration { base.configuration }
    var response: BitResponse { base.response }
    var cohortCount: Int { base.cohortCount }
    var auditedInputs: [MechanismInput] { base.auditedInputs }

    var permanentLoss: PrivacyLoss {
        guard fault == .permanentLossOfHalfTheBits else { return base.permanentLoss }
        // h bits, as if a text's filter were compared with none, and not with another's.
        let flips = WideUnsigned(base.response.rule.flip), stays = (WideUnsigned(1) << 64) - flips
        let power = (0..<base.configuration.hashCount).reduce((WideUnsigned(1), WideUnsigned(1))) { power, _ in
            (power.0 * stays, power.1 * flips)
        }
        return (try? PrivacyLoss(of: power.0, over: power.1)) ?? base.permanentLoss
    }

    var permanentEpsilon: Epsilon {
        guard fault == .permanentLossOfHalfTheBits else { return base.permanentEpsilon }
        return (try? Epsilon(thousandths: base.permanentEpsilon.thousandths / 2)) ?? base.permanentEpsilon
    }

    func valueBits(of input: MechanismInput, cohort: Int) throws(InputError) -> ValueBits {
        try base.valueBits(of: input, cohort: cohort)
    }

    func canonicalValue(of input: MechanismInput) throws(InputError) -> CanonicalValue {
        try base.canonicalValue(of: input)
    }

    func input(from input: MechanismInput, on device: DeviceContext) throws(InputError) -> BitVectorReport {
        let honest = try base.input(from: input, on: device)
        guard let noise = device.permanentNoise else { return honest }
        let bits = try bits(of: input, cohort: honest.partition)
        do {
            switch fault {
            case .permanentNoiseDrawnAnew:
                // As after a restart of a device that kept its noise in memory.
                return try anew(
                    bits, honest.partition,
                    PermanentNoise(
                        secret: .random(), metric: 1, definitionHash: []))
            case .permanentNoiseSharedByTexts: return try anew(bits, honest.partition, noise)
            case .filterReported: return BitVectorReport(partition: honest.partition, words: bits)
            case .absenceOfATextsFilter:
                guard input == .absent else { return honest }
                return try base.input(from: .text([]), on: device)
            default: return honest
            }
        } catch let error as RandomnessError { throw .noRandomness(error) } catch { throw .outOfDomain }
    }

    /// A permanent response whose flips are not those of the text, but of this noise.
    private func anew(_ bits: [UInt64], _ cohort: Int, _ noise: PermanentNoise) throws -> BitVectorReport {
        let flip = try LaneThreshold(exactly: base.response.rule.flip)
        var words = ListedWords(
            words: [UInt64](try noise.words(for: CanonicalValue([]), wordCount: flip.noiseWordCount(for: bits.count))))
        let flips = flip.draw(wordCount: bits.count, using: &words)
        return BitVectorReport(
            partition: cohort, words: zip(bits, flips).map { ($0 ^ $1) & base.shape.lastWordMask })
    }

    // As of a mechanism that writes nothing where it is encoded.
    func appendPermanentResponse(
        to input: MechanismInput, on device: DeviceContext, to bytes: inout [UInt8]
    ) throws(InputError) {
        let response = try self.input(from: input, on: device)
        let words = fault == .filterWritten ? try bits(of: input, cohort: response.partition) : response.words
        BitVectorReport(partition: response.partition, words: words).append(to: &bytes, shape: shape)
    }

    func appendPayload<Source: NoiseSource & ~Copyable>(
        about permanent: BitVectorReport, using source: inout Source, to bytes: inout [UInt8]
    ) {
        randomize(permanent, using: &source).append(to: &bytes, shape: shape)
    }

    func appendPayload(
        for input: MechanismInput, on device: DeviceContext, to bytes: inout [UInt8]
    ) throws(EncodingError) {
        try appendPayload(fromPermanentResponse: permanentResponse(to: input, on: device), to: &bytes)
    }

    func appendPayload<Source: NoiseSource & ~Copyable>(
        fromPermanentResponse permanent: [UInt8], using source: inout Source, to bytes: inout [UInt8]
    ) throws(ReportError) {
        if fault == .storedResponseSent {
            bytes += permanent
            return
        }
        appendPayload(
            about: try BitVectorReport(decoding: permanent.span, shape: shape), using: &source, to: &bytes)
    }

    func randomize<Source: NoiseSource & ~Copyable>(
        _ permanent: BitVectorReport, using source: inout Source
    ) -> BitVectorReport {
        let honest = base.randomize(permanent, using: &source)
        switch fault {
        case .permanentResponseReported: return permanent
        case .freshNoiseFromThePermanentResponse:
            let seed = Array("fresh".utf8) + permanent.encoded(shape: shape)
            guard let key = SecretKey(copying: (try? SHA256.digest(seed)) ?? []),
                let noise = try? PermanentNoise(secret: key, metric: 1, definitionHash: []),
                let drawn = try? [UInt64](noise.words(for: CanonicalValue([]), wordCount: noiseWordCount))
            else { return honest }
            var words = ListedWords(words: drawn)
            return base.randomize(permanent, using: &words)
        default: return honest
        }
    }
}

private struct ListedWords: NoiseSource {
    let words: [UInt64]
    var position = 0

    mutating func next() -> UInt64 {
        defer { position += 1 }
        return words[position]
    }
}
