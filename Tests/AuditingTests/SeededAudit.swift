import Auditing
import LocalPrivacy
import Mechanisms
import SecureRandomness
import TestSupport

extension AuditSettings {
    /// Parts of an audit with noise that every run of the test shares.
    static func seeded(_ parts: Part..., trials: Int, seed: UInt64 = 0x5eed_5001) -> AuditSettings {
        var settings = AuditSettings()
        (settings.parts, settings.trialCount) = (Set(parts), trials)
        settings.noise = { stream in
            var noise = SeededNoise(seed: seed &+ stream &* 0xD134_2543_DE82_EF95)
            return AuditNoise { (0..<1024).map { _ in noise.next() } }
        }
        return settings
    }
}

/// A generator of a mechanism's own, which no system seeds.
struct OwnGenerator: NoiseSource {
    private var noise: SeededNoise

    init(seed: UInt64) { noise = SeededNoise(seed: seed) }

    mutating func next() -> UInt64 { noise.next() }
}

/// The mechanism that a declaration of ε in thousandths gives.
func made<M: LocalRandomizer>(
    _: M.Type, _ epsilon: Int, permanent: Int? = nil, domain: InputDomain, absence: Bool = false,
    _ parameters: [String: Int32] = [:]
) throws -> M {
    var declaration = MechanismDeclaration(
        domain: domain, reportsAbsence: absence, parameters: parameters.mapValues { DeclaredNumber($0) })
    declaration.epsilon = try .init(thousandths: epsilon)
    if let permanent { declaration.permanentEpsilon = try .init(thousandths: permanent) }
    return try M(configuration: try M.Configuration(declared: declaration))
}
