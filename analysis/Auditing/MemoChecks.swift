internal import Foundation
internal import Mechanisms
internal import SecureRandomness

/// Whether a device keeps its permanent responses, and draws each by itself.
struct MemoChecks {
    let findings: [AuditFinding]

    /// How many bits of a response are compared.
    private static let bitLimit = 16
    /// How many of the commonest short responses are.
    private static let valueLimit = 4

    init<M: LongitudinalRandomizer>(of subject: AuditSubject<M>, _ settings: AuditSettings) throws {
        let inputs = subject.attackedInputs
        guard inputs.count > 1 else {
            findings = []
            return
        }
        let deviceCount = min(20_000, max(1000, settings.trialCount / 20))
        let noise = settings.noise(3_000_000)
        let otherHash = subject.definitionHash.map { $0 ^ 0x5A }
        let others = ["another metric", "another definition", "another value", "another device"]
        var pairs = [[(first: [UInt8], second: [UInt8])]](repeating: [], count: others.count)
        var isKept = true
        for _ in 0..<deviceCount {
            let (secret, stranger) = (noise.secret(), noise.secret())
            func response(
                _ input: MechanismInput, _ secret: SecretKey, metric: UInt32? = nil, hash: [UInt8]? = nil
            ) throws -> [UInt8] {
                let device = DeviceContext(
                    permanentNoise: try subject.permanentNoise(
                        secret, metric ?? subject.metric, hash ?? subject.definitionHash))
                return try subject.mechanism.permanentResponse(to: input, on: device)
            }
            let first = try response(inputs[0], secret)
            if try response(inputs[0], secret) != first { isKept = false }
            pairs[0].append((first, try response(inputs[0], secret, metric: subject.metric &+ 1)))
            pairs[1].append((first, try response(inputs[0], secret, hash: otherHash)))
            let device = DeviceContext(
                permanentNoise: try subject.permanentNoise(secret, subject.metric, subject.definitionHash))
            if try subject.drawsAnew(for: inputs[0], and: inputs[1], on: device) {
                pairs[2].append((first, try response(inputs[1], secret)))
            }
            pairs[3].append((first, try response(inputs[0], stranger)))
        }
        guard !noise.hasFailed else { throw AuditError.noRandomness }
        let deviations = pairs.enumerated().map { place, pairs in
            // A device's responses in one metric share its partition, and are independent given it.
            Self.dependence(pairs, start: subject.mechanism.partitionByteCount, isStratified: place == 2)
        }
        let worst = deviations.indices.max { abs(deviations[$0]) < abs(deviations[$1]) } ?? 0
        let isSeparate = abs(deviations[worst]) <= StratifiedDependence.limit
        findings = [
            AuditFinding(
                .permanentResponsesAreKept, holds: isKept,
                isKept
                    ? "\(deviceCount) devices answered twice alike"
                    : "a device gave two permanent responses to one value"),
            AuditFinding(
                .permanentResponsesAreSeparate, holds: isSeparate,
                isSeparate
                    ? "those to other values, in other metrics, definitions and devices are independent"
                    : "those of \(others[worst]) depend on each other, "
                        + "\(String(format: "%.1f", deviations[worst])) standard deviations"),
        ]
    }

    /// The largest deviation from independence of any two features of two responses.
    private static func dependence(
        _ pairs: [(first: [UInt8], second: [UInt8])], start: Int, isStratified: Bool
    ) -> Double {
        guard let length = pairs.first?.first.count, length > start else { return 0 }
        func rest(_ payload: [UInt8]) -> [UInt8] { Array(payload[start...]) }
        func stratum(_ payload: [UInt8]) -> Int {
            isStratified ? (0..<start).reduce(0) { $0 | Int(payload[$1]) << (8 * $1) } : 0
        }
        typealias Feature = ([UInt8]) -> Bool
        func common(_ payloads: [[UInt8]]) -> [Feature] {
            let counts = payloads.reduce(into: [[UInt8]: Int]()) { $0[$1, default: 0] += 1 }
            let ranked = counts.sorted {
                $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key)
            }
            return ranked.prefix(valueLimit).map { entry in { $0 == entry.key } }
        }
        let rests = pairs.map { (first: rest($0.first), second: rest($0.second), stratum: stratum($0.first)) }
        var features: [(Feature, Feature)] = []
        if length - start <= 2 {
            let (own, other) = (common(rests.map(\.first)), common(rests.map(\.second)))
            features = own.flatMap { one in other.map { (one, $0) } }
        } else {
            features = (0..<min(bitLimit, 8 * (length - start))).map { bit in
                let isSet: Feature = { $0[bit / 8] >> UInt8(bit % 8) & 1 == 1 }
                return (isSet, isSet)
            }
        }
        let deviations = features.map { one, two in
            var dependence = StratifiedDependence()
            for pair in rests { dependence.include(one(pair.first), two(pair.second), stratum: pair.stratum) }
            return dependence.deviation
        }
        return deviations.max { abs($0) < abs($1) } ?? 0
    }
}

extension AuditSubject where Mechanism: LongitudinalRandomizer {
    /// Whether a device's noise and ledger know two inputs by different bytes, so that each has a permanent response of
    /// its own.
    fileprivate func drawsAnew(
        for first: MechanismInput, and second: MechanismInput, on device: DeviceContext
    ) throws -> Bool {
        try mechanism.canonicalBytes(of: first) != mechanism.canonicalBytes(of: second)
    }
}
