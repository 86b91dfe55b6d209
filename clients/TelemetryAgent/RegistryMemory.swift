internal import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

/// A signed metric set whose signature was right, and its bytes.
struct StoredRegistry {
    var bytes: [UInt8]
    var accepted: VerifiedMetricSet
}

/// What a device keeps in mind about signed metric sets, in its ledger's database, so that neither a collector nor a
/// deleted file brings an earlier one back. Every method is called within a transaction.
struct RegistryMemory {
    private static let keyFields: [StateField] = [.registryKey1, .registryKey2, .registryKey3, .registryKey4]

    let store: SQLiteStore
    /// The keys that the program brings. None are no others than before: who brings none goes by the key that was learnt.
    let keys: [Ed25519PublicKey]

    /// The number of the newest set that was accepted, 0 before the first.
    func sequence() throws(AgentError) -> UInt64 { UInt64(clamping: try store.value(.registrySequence) ?? 0) }

    /// Reads a signed set and proves it: by the one key that was learnt, if the program still brings the same keys, else by
    /// any that it brings.
    ///
    /// - Parameter isStored: these are the bytes that were accepted before, and so need not be newer.
    func verified(
        _ bytes: [UInt8], isStored: Bool
    ) throws(AgentError) -> Result<VerifiedMetricSet, SignedMetricSetError> {
        let accepted = try sequence()
        let learnt = try learntKey()
        let rotation = learnt == nil ? 0 : UInt64(clamping: try store.value(.registryRotation) ?? 0)
        do throws(SignedMetricSetError) {
            return .success(
                try SignedMetricSet(decoding: bytes).verified(
                    trusting: learnt.map { [$0] } ?? keys,
                    afterSequence: isStored && accepted > 0 ? accepted - 1 : accepted, afterRotation: rotation))
        } catch { return .failure(error) }
    }

    /// Keeps an accepted set in mind.
    func remember(_ accepted: VerifiedMetricSet) throws(AgentError) {
        try store.set(.registrySequence, to: Int64(clamping: accepted.sequence))
        try store.set(.registryRotation, to: Int64(clamping: accepted.rotation))
        if !keys.isEmpty { try store.set(.registryTrust, to: try trust()) }
        for (position, field) in Self.keyFields.enumerated() {
            let word = accepted.key.bytes[(8 * position)..<(8 * position + 8)].reduce(0) { $0 << 8 | UInt64($1) }
            try store.set(field, to: Int64(bitPattern: word))
        }
    }

    private func learntKey() throws(AgentError) -> Ed25519PublicKey? {
        if !keys.isEmpty, try store.value(.registryTrust) != trust() { return nil }
        var bytes: [UInt8] = []
        for field in Self.keyFields {
            guard let word = try store.value(field) else { return nil }
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: word) >> UInt64(56 - 8 * $0)) }
        }
        return Ed25519PublicKey(bytes: bytes)
    }

    /// Tells the keys that the program brings from others.
    private func trust() throws(AgentError) -> Int64 {
        let all = keys.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
        let digest: [UInt8]
        do { digest = try SHA256.digest(all) } catch { throw .noRandomness(error) }
        return Int64(bitPattern: digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}
