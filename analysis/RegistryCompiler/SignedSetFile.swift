public import MetricDefinitions

/// Signed sets and chains of keys as files.
public enum SignedSetFile {
    /// Reads a signed set; no signature is checked.
    ///
    /// - Throws: ``SigningError``.
    public static func read(_ path: String) throws(SigningError) -> SignedMetricSet {
        // One byte more than allowed is read, so that the set itself says that it is too large.
        let bytes = try bytes(path, limit: SignedMetricSet.byteLimit + 1)
        do { return try SignedMetricSet(decoding: bytes) } catch { throw .refused(path: path, error) }
    }

    /// Reads a chain of keys, whose signatures are right.
    ///
    /// - Throws: ``SigningError``.
    public static func readChain(_ path: String) throws(SigningError) -> SigningKeyChain {
        let bytes = try bytes(path, limit: 1 << 16)
        do {
            let chain = try SigningKeyChain(decoding: bytes)
            try chain.verify()
            return chain
        } catch { throw .refused(path: path, error) }
    }

    /// Writes bytes: the old file, if any, stays whole until the new one is durable.
    ///
    /// - Throws: ``SigningError``.
    public static func write(_ bytes: [UInt8], to path: String) throws(SigningError) {
        do { try AtomicFile.write(bytes, to: path) } catch { throw .file(error) }
    }

    /// Refuses to write over what was read, by whatever name.
    ///
    /// - Parameter inputs: the paths of what is read, by the options that name them.
    /// - Throws: ``SigningError/sameFile(path:option:)``.
    public static func refuse(writing path: String, over inputs: KeyValuePairs<String, String?>) throws(SigningError) {
        for (option, input) in inputs {
            guard let input, FileIdentity.isOne(path, input) else { continue }
            throw .sameFile(path: path, option: option)
        }
    }

    private static func bytes(_ path: String, limit: Int) throws(SigningError) -> [UInt8] {
        do { return try InputFile.read(path, limit: limit) } catch { throw .file(error) }
    }
}
