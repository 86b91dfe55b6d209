public import SecureRandomness

/// The keys that may sign a metric set, as text.
public enum RegistryKeys {
    /// Reads keys of 64 hexadecimal digits each, with spaces between; none from an empty text.
    ///
    /// - Throws: ``AgentError/endpoint(_:)`` with ``EndpointProblem/malformedRegistryKey``.
    public static func parsed(_ text: String) throws(AgentError) -> [Ed25519PublicKey] {
        var keys: [Ed25519PublicKey] = []
        for word in text.split(separator: " " as Character) {
            guard let key = Ed25519PublicKey(hexadecimal: String(word)) else { throw .endpoint(.malformedRegistryKey) }
            keys.append(key)
        }
        return keys
    }
}
