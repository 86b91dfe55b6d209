public import MetricDefinitions
public import SecureRandomness

/// The signing key of this number, the same in every run.
public func signingKey(_ number: UInt8) -> Ed25519PrivateKey {
    guard let seed = SecretKey(copying: [UInt8](repeating: number, count: SecretKey.byteCount)) else {
        preconditionFailure("a key is made of exactly as many bytes as a key has")
    }
    return Ed25519PrivateKey(seed: seed)
}

/// The chain of these keys, each signed by the one before it.
public func signingChain(_ numbers: [UInt8]) throws -> SigningKeyChain {
    var chain = SigningKeyChain(try signingKey(numbers[0]).publicKey())
    for (old, new) in zip(numbers, numbers.dropFirst()) {
        chain = try chain.rotated(to: try signingKey(new).publicKey(), by: signingKey(old))
    }
    return chain
}

/// A set signed by the last of these keys.
public func signedSet(
    _ set: MetricSet, sequence: UInt64 = 1, keys: [UInt8] = [1]
) throws -> SignedMetricSet {
    try SignedMetricSet(
        signing: set, sequence: sequence, chain: try signingChain(keys), by: signingKey(keys[keys.count - 1]))
}
