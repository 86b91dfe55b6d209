public import Mechanisms
public import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

/// The payloads of devices that each report once about an input, with secrets and noise of this seed.
public func seededPayloads(
    of metric: MetricDefinition, about inputs: [MechanismInput], seed: UInt64
) throws -> [[UInt8]] {
    var noise = SeededNoise(seed: seed)
    func payloads<Mechanism: LocalRandomizer>(_ mechanism: Mechanism) throws -> [[UInt8]] {
        try inputs.map { input in
            var permanentNoise: PermanentNoise?
            if Mechanism.isMemoized {
                permanentNoise = try PermanentNoise(
                    secret: noise.secret(), metric: metric.identifier.value, definitionHash: metric.definitionHash)
            }
            return try mechanism.payload(
                for: input, on: DeviceContext(permanentNoise: permanentNoise), using: &noise)
        }
    }
    return try payloads(metric.mechanism)
}
