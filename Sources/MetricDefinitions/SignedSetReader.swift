internal import ReportFormat
internal import SecureRandomness

/// A ``ByteReader`` behind a magic and a version, whose errors are those of a signed set.
struct SignedSetReader {
    private var reader: ByteReader

    init(_ bytes: [UInt8], magic: [UInt8], version: UInt8) throws(SignedMetricSetError) {
        guard bytes.count <= SignedMetricSet.byteLimit else { throw .tooLarge(byteCount: bytes.count) }
        guard bytes.starts(with: magic) else { throw .wrongMagic }
        reader = ByteReader(bytes, in: magic.count..<bytes.count)
        let found = try integer(UInt8.self)
        guard found == version else { throw .unsupportedVersion(found) }
    }

    var remainingCount: Int { reader.remainingCount }

    mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(
        _ type: Integer.Type
    ) throws(SignedMetricSetError) -> Integer {
        do { return try reader.integer(type) } catch { throw .format(error) }
    }

    mutating func bytes(count: Int) throws(SignedMetricSetError) -> [UInt8] {
        do { return try reader.bytes(count: count) } catch { throw .format(error) }
    }

    mutating func key() throws(SignedMetricSetError) -> Ed25519PublicKey {
        guard let key = Ed25519PublicKey(bytes: try bytes(count: Ed25519PublicKey.byteCount)) else {
            preconditionFailure("a key is made of exactly as many bytes as a key has")
        }
        return key
    }

    mutating func signature() throws(SignedMetricSetError) -> [UInt8] {
        try bytes(count: Ed25519PublicKey.signatureByteCount)
    }

    func finish() throws(SignedMetricSetError) {
        do { try reader.finish() } catch { throw .format(error) }
    }
}
