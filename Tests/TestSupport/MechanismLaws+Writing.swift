internal import LocalPrivacy
public import Mechanisms
internal import ReportFormat
internal import SecureRandomness

extension MechanismLaws {
    private static let lead: [UInt8] = [0xA5, 0x5A, 0xA5]

    /// ``MechanismLaw/payloadsAreReports`` of reports: a few about each audited input, from words that are known, also by the
    /// way that an agent goes; and with noise from the system, which shows no more than that they are payloads.
    public static func writingBreaches<M: ExactlyAuditable>(of mechanism: M) throws -> [LawBreach] {
        var noise = SeededNoise(seed: 0x5eed_0111)
        let device = try device(for: mechanism, from: &noise)
        for (place, input) in mechanism.auditedInputs.enumerated() {
            let value = try mechanism.input(from: input, on: device)
            for _ in 0..<8 {
                var (words, same) = (noise, noise)
                var bytes = lead
                mechanism.appendPayload(about: value, using: &words, to: &bytes)
                let report = mechanism.randomize(value, using: &same).encoded(shape: mechanism.shape)
                guard bytes == lead + report, words.next() == same.next() else {
                    return [LawBreach(.payloadsAreReports, "a payload about input \(place) is another")]
                }
                noise = words
            }
            if !(mechanism is any LongitudinalRandomizer) {
                var (words, same) = (noise, noise)
                let payload = try mechanism.payload(for: input, on: device, using: &words)
                guard payload == mechanism.randomize(value, using: &same).encoded(shape: mechanism.shape) else {
                    return [LawBreach(.payloadsAreReports, "an agent's payload about input \(place) is another")]
                }
            }
            var bytes = lead
            try mechanism.appendPayload(for: input, on: device, to: &bytes)
            guard holdsPayload(bytes, of: mechanism) else {
                return [LawBreach(.payloadsAreReports, "what is appended about input \(place) is no payload")]
            }
        }
        return []
    }

    /// ``MechanismLaw/payloadsAreReports`` of permanent responses, and of reports about them as they are stored.
    public static func permanentWritingBreaches<M: ExactlyAuditableLongitudinal>(of mechanism: M) throws -> [LawBreach]
    {
        var noise = SeededNoise(seed: 0x5eed_0112)
        for (place, input) in mechanism.auditedInputs.enumerated() {
            let device = try device(for: mechanism, from: &noise)
            let expected = try mechanism.input(from: input, on: device).encoded(shape: mechanism.permanentShape)
            var bytes = lead
            try mechanism.appendPermanentResponse(to: input, on: device, to: &bytes)
            guard bytes == lead + expected, try mechanism.permanentResponse(to: input, on: device) == expected else {
                return [LawBreach(.payloadsAreReports, "the permanent response to input \(place) is another")]
            }
            var (words, same, agents) = (noise, noise, noise)
            bytes = lead
            try mechanism.appendPayload(fromPermanentResponse: expected, using: &words, to: &bytes)
            let report = mechanism.randomize(try mechanism.input(from: input, on: device), using: &same)
                .encoded(shape: mechanism.shape)
            let agent = try mechanism.payload(for: input, on: device, using: &agents)
            guard bytes == lead + report, agent == report, words.next() == same.next() else {
                return [LawBreach(.payloadsAreReports, "a report about stored response \(place) is another")]
            }
            bytes = lead
            try mechanism.appendPayload(fromPermanentResponse: expected, to: &bytes)
            guard holdsPayload(bytes, of: mechanism) else {
                return [LawBreach(.payloadsAreReports, "what is appended about a stored response is no payload")]
            }
        }
        return []
    }

    private static func holdsPayload<M: LocalRandomizer>(_ bytes: [UInt8], of mechanism: M) -> Bool {
        bytes.prefix(lead.count).elementsEqual(lead)
            && (try? mechanism.validate(payload: Array(bytes.dropFirst(lead.count)))) != nil
    }
}
