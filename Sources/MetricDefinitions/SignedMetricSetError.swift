public import ReportFormat
public import SecureRandomness

/// Why a signed metric set, or a chain of signing keys, is refused.
public enum SignedMetricSetError: Error, Hashable, Sendable {
    /// More bytes than ``SignedMetricSet/byteLimit``.
    case tooLarge(byteCount: Int)
    /// The bytes end early or go on too long.
    case format(ByteFormatError)
    /// The first four bytes are not those of the format.
    case wrongMagic
    /// Another version of the format.
    case unsupportedVersion(UInt8)
    /// A sequence number is in ``SignedMetricSet/allowedSequences``.
    case sequenceOutOfRange(UInt64)
    /// A chain has at most ``SigningKeyChain/rotationLimit`` rotations.
    case tooManyRotations(Int)
    /// The key of this rotation, 0 being the chain's first key, stands in the chain before.
    case repeatedKey(rotation: Int)
    /// The key that is to sign is not the last one of the chain.
    case notTheLastKey
    /// The key of this rotation was not signed by the one before it.
    case wrongKeySignature(rotation: Int)
    /// The set was not signed by the last key of its chain, or was changed afterwards.
    case wrongSetSignature
    /// No key of the chain is trusted.
    case untrustedKey
    /// The set is not newer than what was accepted before.
    case notNewer(sequence: UInt64, accepted: UInt64)
    /// The set was signed by an earlier key than what was accepted before.
    case earlierKey(rotation: UInt64, accepted: UInt64)
    /// The signatures are right, and the content is no sound metric set.
    case metricSet(MetricSetError)
    /// The set is of another project than the one that it would reduce.
    case otherProject
    /// libcrypto could not sign or verify.
    case cryptography(RandomnessError)
}
