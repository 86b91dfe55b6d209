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
            let value = try mechanism.input(from: input, on: DeviceContext(permanentNoise: permanentNoise))
            return mechanism.randomize(value, using: &noise).encoded(shape: mechanism.shape)
        }
    }
    return try payloads(metric.mechanism)
}
