public import Mechanisms
internal import ReportFormat
public import SecureRandomness

/// A mechanism as its devices run it: what an attacker sees of it, and can ask of a device of their own.
///
/// An audit of a registry takes both from the mechanism itself; tests plant faults in either.
public struct AuditSubject<Mechanism: LocalRandomizer>: Sendable {
    /// Makes the payload of one period, or none. One agent's reports are made one after the other.
    public typealias Agent = (MechanismInput, DeviceContext, AuditNoise) throws -> [UInt8]?

    /// What is claimed.
    public let mechanism: Mechanism
    /// Starts an agent's process.
    public var start: @Sendable () -> Agent
    /// How a device makes its permanent noise from its secret, a metric and the hash of the metric's definition.
    public var permanentNoise: @Sendable (SecretKey, UInt32, [UInt8]) throws -> PermanentNoise
    /// The metric's wire identity.
    public var metric: UInt32 = 1
    /// The hash of the metric's definition.
    public var definitionHash = [UInt8](repeating: 0xA5, count: 32)

    /// The mechanism as an agent runs it, from value to payload; memoized, by way of the stored permanent response.
    public init(_ mechanism: Mechanism) {
        self.mechanism = mechanism
        start = {
            { input, device, noise in
                var source = noise
                return try mechanism.payload(for: input, on: device, using: &source)
            }
        }
        permanentNoise = { secret, metric, definitionHash in
            try PermanentNoise(secret: secret, metric: metric, definitionHash: definitionHash)
        }
    }

    /// Whether devices have permanent noise.
    var isMemoized: Bool { mechanism is any LongitudinalRandomizer }

    /// A device with a secret of its own.
    func device(_ noise: AuditNoise) throws -> DeviceContext {
        guard isMemoized else { return DeviceContext(permanentNoise: nil) }
        return DeviceContext(permanentNoise: try permanentNoise(noise.secret(), metric, definitionHash))
    }

    /// The report that a payload decodes to; `nil` if it does not.
    func report(_ payload: [UInt8]) -> Mechanism.Report? {
        try? Mechanism.Report(decoding: payload.span, shape: mechanism.shape)
    }

    /// Up to four inputs that an attack compares: those at the ends of the domain, and one beside each.
    var attackedInputs: [MechanismInput] {
        let all: [MechanismInput]
        let configuration = mechanism.configuration
        if let auditable = mechanism as? any ExactlyAuditable {
            all = auditable.auditedInputs
        } else {
            switch configuration.domain {
            case .items(let count):
                all = [0, 1, count - 2, count - 1].filter { (0..<count).contains($0) }.map { .item($0) }
            case .text: all = [.text([0x61]), .text([0x62])]
            case .range: all = [0, 1, InputDomain.rangeEnd - 1, InputDomain.rangeEnd].map { .place($0) }
            // Pairs are auditable.
            case .pair: all = []
            }
        }
        let absent: [MechanismInput] = configuration.reportsAbsence && !all.contains(.absent) ? [.absent] : []
        let listed = all + absent
        var chosen: [MechanismInput] = []
        for index in [0, listed.count - 1, 1, listed.count - 2] where listed.indices.contains(index) {
            if !chosen.contains(listed[index]) { chosen.append(listed[index]) }
        }
        return chosen
    }
}

extension MechanismInput {
    /// The input in words.
    var words: String {
        switch self {
        case .item(let index): "item \(index)"
        case .text(let bytes): "text '\(String(decoding: bytes, as: UTF8.self))'"
        case .place(let place): "place \(Double(place) / Double(InputDomain.rangeEnd))"
        case .pair(let first, let second): "\(first.words) with \(second.words)"
        case .absent: "no event"
        }
    }
}
