internal import ReportFormat
internal import SecureRandomness

/// The file that holds a device's secret: a file of its own, since a database keeps copies of what it deletes.
///
/// `DTSK`, version, 32 bytes of key, generation, day of creation, epoch, 32 bytes that bind the key to this machine, and
/// the SHA-256 of all that. No report exists before the file is durable and has been read back.
struct DeviceSecretStore {
    static let fileName = "secret"
    private static let magic = Array("DTSK".utf8)
    private static let formatVersion: UInt8 = 1
    private static let byteCount = 4 + 1 + 32 + 4 + 4 + 4 + 32 + 32

    let folder: StateFolder
    /// What the machine calls itself; empty where it has no name.
    let machineIdentity: [UInt8]

    /// The stored secret; `nil` when there is none.
    func load() throws(AgentError) -> SecretKey? {
        guard let content = try folder.read(Self.fileName, limit: Self.byteCount) else { return nil }
        return try decode(content)
    }

    /// The stored secret, made now if there is none. Of several processes that make one, all get the first.
    func loadOrCreate(on day: UTCDay, generation: UInt32) throws(AgentError) -> SecretKey {
        if let secret = try load() { return secret }
        let content: [UInt8]
        do {
            try SystemEntropy.checkHealth()
            content = try encode(try SecretKey.random(), day: day, generation: generation)
        } catch { throw .noRandomness(error) }
        _ = try folder.createExclusively(Self.fileName, with: content)
        guard let secret = try load() else { throw .secretLost(.missing) }
        try folder.removeTemporaries(of: Self.fileName)
        return secret
    }

    /// Overwrites and removes the secret, and what a crash may have left of its making.
    func erase() throws(AgentError) {
        try folder.erase(Self.fileName)
        try folder.removeTemporaries(of: Self.fileName)
    }

    private func encode(_ key: SecretKey, day: UTCDay, generation: UInt32) throws(RandomnessError) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(Self.magic)
        writer.append(Self.formatVersion)
        writer.append(key.withUnsafeBytes { Array($0) })
        writer.append(generation)
        writer.append(day.index)
        writer.append(UInt32(0))  // epoch
        writer.append(try machineTag(under: key))
        writer.append(try SHA256.digest(writer.bytes))
        return writer.bytes
    }

    private func decode(_ content: [UInt8]) throws(AgentError) -> SecretKey {
        guard content.count == Self.byteCount, content.starts(with: Self.magic), content[4] == Self.formatVersion,
            let key = SecretKey(copying: Array(content[5..<37]))
        else { throw .secretLost(.damaged) }
        let (checksum, tag): ([UInt8], [UInt8])
        do {
            checksum = try SHA256.digest(Array(content.dropLast(32)))
            tag = try machineTag(under: key)
        } catch { throw .noRandomness(error) }
        guard checksum == Array(content.suffix(32)) else { throw .secretLost(.damaged) }
        guard tag == Array(content[49..<81]) else { throw .secretLost(.madeElsewhere) }
        return key
    }

    private func machineTag(under key: SecretKey) throws(RandomnessError) -> [UInt8] {
        try key.derive(Array("mid".utf8) + machineIdentity).withUnsafeBytes { Array($0) }
    }
}
