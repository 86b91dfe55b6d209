public import SecureRandomness

/// A metric set whose signature was right, and what a verifier keeps in mind about it.
public struct VerifiedMetricSet: Sendable {
    /// The set.
    public let set: MetricSet
    /// Its number; no set of this or a lower one is accepted afterwards.
    public let sequence: UInt64
    /// How often the project had changed its key when it was signed; no set of an earlier key is accepted afterwards.
    public let rotation: UInt64
    /// The key that signed it.
    public let key: Ed25519PublicKey
}

extension SignedMetricSet {
    /// The set, if it is new and signed by a key that is trusted or appointed by way of one.
    ///
    /// Every signature of the chain has to be right, the first ones too. A verifier stores what it gets and gives it
    /// to the next call. Once it has learnt a key it trusts that key alone, for as long as the program brings the same keys:
    /// whoever holds an old one could otherwise appoint a successor of his own. To prove a stored copy again, give the
    /// number before its own.
    ///
    /// - Parameters:
    ///   - keys: the keys that the program brings; or the one key that was learnt.
    ///   - afterSequence: the number of the newest set that was accepted, 0 before the first.
    ///   - afterRotation: the highest rotation that was accepted, 0 before the first.
    /// - Throws: ``SignedMetricSetError``.
    public func verified(
        trusting keys: [Ed25519PublicKey], afterSequence: UInt64, afterRotation: UInt64
    ) throws(SignedMetricSetError) -> VerifiedMetricSet {
        guard chain.keys.contains(where: keys.contains) else { throw .untrustedKey }
        try verifySignatures()
        guard sequence > afterSequence else { throw .notNewer(sequence: sequence, accepted: afterSequence) }
        let rotation = UInt64(chain.rotations.count)
        guard rotation >= afterRotation else { throw .earlierKey(rotation: rotation, accepted: afterRotation) }
        return VerifiedMetricSet(
            set: try unverifiedSet(), sequence: sequence, rotation: rotation, key: chain.lastKey)
    }

    /// The set, whoever signed it: for who hands it on, and not for who acts on it.
    ///
    /// - Throws: ``SignedMetricSetError/metricSet(_:)``.
    public func unverifiedSet() throws(SignedMetricSetError) -> MetricSet {
        do { return try MetricSet(decoding: content) } catch { throw .metricSet(error) }
    }

    /// Demands that every signature is right, whoever is trusted.
    ///
    /// - Throws: ``SignedMetricSetError``.
    public func verifySignatures() throws(SignedMetricSetError) {
        try chain.verify()
        let isRight: Bool
        do { isRight = try chain.lastKey.verifies(signature, of: message) } catch { throw .cryptography(error) }
        guard isRight else { throw .wrongSetSignature }
    }
}
