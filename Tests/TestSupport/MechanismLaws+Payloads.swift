internal import LocalPrivacy
public import Mechanisms
internal import ReportFormat

extension MechanismLaws {
    /// ``MechanismLaw/inputsAreBounded``, with and without permanent noise.
    public static func inputBreaches<M: ExactlyAuditable>(of mechanism: M) -> [LawBreach] {
        var noise = SeededNoise(seed: 0x5eed_0101)
        guard let device = try? device(for: mechanism, from: &noise) else {
            return [LawBreach(.inputsAreBounded, "there is no device to try them on")]
        }
        let configuration = mechanism.configuration
        func error(_ input: MechanismInput, on device: DeviceContext) -> InputError? {
            do { _ = try mechanism.input(from: input, on: device) } catch { return error }
            return nil
        }
        var breaches = foreignInputs(of: configuration.domain).compactMap { input in
            error(input, on: device) == .outOfDomain
                ? nil : LawBreach(.inputsAreBounded, "\(input) of \(configuration.domain) is not refused")
        }
        if error(.absent, on: device) != (configuration.reportsAbsence ? nil : .absenceNotReported) {
            breaches.append(LawBreach(.inputsAreBounded, "absence is taken for what it is not"))
        }
        let needsNoise = mechanism is any LongitudinalRandomizer
        if error(mechanism.auditedInputs[0], on: DeviceContext(permanentNoise: nil))
            != (needsNoise ? .permanentNoiseMissing : nil)
        {
            breaches.append(LawBreach(.inputsAreBounded, "a device without permanent noise is not told apart"))
        }
        return breaches
    }

    /// Inputs just outside a domain, and of every other.
    private static func foreignInputs(of domain: InputDomain) -> [MechanismInput] {
        foreignValues(of: domain) + [.pair(.item(0), .item(0))].filter { _ in !domain.isPair }
    }

    /// A value of a domain.
    private static func value(of domain: InputDomain) -> MechanismInput {
        switch domain {
        case .items: .item(0)
        case .text: .text([])
        case .range: .place(0)
        case .pair(let first, let second): .pair(value(of: first), value(of: second))
        }
    }

    private static func foreignValues(of domain: InputDomain) -> [MechanismInput] {
        let (text, longText) = ([UInt8](), [UInt8](repeating: 65, count: InputDomain.textByteLimit + 1))
        return switch domain {
        case .items(let count):
            [Int.min, -1, count, count + 1, .max].map { .item($0) } + [.text(text), .place(0)]
        case .text: [.item(0), .place(0), .text(longText)]
        case .range: [.item(0), .text(text), .place(InputDomain.rangeEnd + 1), .place(.max)]
        case .pair(let first, let second):
            [.item(0), .text(text), .place(0), .pair(.absent, .absent), .pair(.absent, value(of: second))]
                + [.pair(value(of: first), .absent), .pair(value(of: domain), value(of: second))]
                + foreignValues(of: first).map { .pair($0, value(of: second)) }
                + foreignValues(of: second).map { .pair(value(of: first), $0) }
        }
    }

    /// ``MechanismLaw/payloadsRoundTrip``, ``MechanismLaw/malformedPayloadsAreRefused`` and
    /// ``MechanismLaw/configurationsRoundTrip``: over all reports, all lengths near the right one, and all bytes of
    /// payloads of one or two bytes (of longer ones, 3,000 drawn).
    public static func payloadBreaches<M: ExactlyAuditable>(of mechanism: M) -> [LawBreach] {
        let shape = mechanism.shape, byteCount = mechanism.payloadByteCount
        var breaches: [LawBreach] = [], encodings: Set<[UInt8]> = []
        for (place, report) in mechanism.allReports.enumerated() {
            let bytes = report.encoded(shape: shape)
            let decoded = try? M.Report(decoding: bytes.span, shape: shape)
            if bytes.count != byteCount || decoded != report || !encodings.insert(bytes).inserted {
                breaches.append(LawBreach(.payloadsRoundTrip, "report \(place) does not"))
            }
        }
        for wrong in 0...byteCount + 2 where wrong != byteCount {
            let expected = ReportError.wrongByteCount(actual: wrong, expected: byteCount)
            if decodingError(of: [UInt8](repeating: 0, count: wrong), mechanism) != expected {
                breaches.append(LawBreach(.malformedPayloadsAreRefused, "\(wrong) bytes are taken"))
            }
        }
        let foreign = candidates(byteCount: byteCount).first {
            !encodings.contains($0) && decodingError(of: $0, mechanism) == nil
        }
        if let foreign { breaches.append(LawBreach(.malformedPayloadsAreRefused, "\(foreign) is taken")) }
        return breaches + configurationBreaches(of: mechanism)
    }

    private static func decodingError<M: LocalRandomizer>(of bytes: [UInt8], _ mechanism: M) -> ReportError? {
        do { try mechanism.validate(payload: bytes) } catch { return error }
        return nil
    }

    private static func candidates(byteCount: Int) -> [[UInt8]] {
        guard byteCount > 2 else {
            return (0..<(1 << (8 * byteCount))).map { number in
                (0..<byteCount).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
            }
        }
        var noise = SeededNoise(seed: 0x5eed_0102)
        return (0..<3000).map { _ in noise.bytes(count: byteCount) }
    }

    private static func configurationBreaches<M: LocalRandomizer>(of mechanism: M) -> [LawBreach] {
        var writer = ByteWriter()
        mechanism.configuration.write(to: &writer)
        var reader = ByteReader(writer.bytes)
        let again = try? M.Configuration(reading: &reader)
        guard again == mechanism.configuration, reader.remainingCount == 0 else {
            return [LawBreach(.configurationsRoundTrip, "\(writer.bytes) reads differently")]
        }
        let short = writer.bytes.indices.first { end in
            var reader = ByteReader(Array(writer.bytes[..<end]))
            return (try? M.Configuration(reading: &reader)) != nil
        }
        return short.map { [LawBreach(.configurationsRoundTrip, "\($0) bytes are enough for it")] } ?? []
    }
}

extension InputDomain {
    fileprivate var isPair: Bool {
        guard case .pair = self else { return false }
        return true
    }
}
