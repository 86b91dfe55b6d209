internal import ReportFormat
public import SecureRandomness

/// The keys that sign a project's metric sets, in the order in which each appointed the next.
///
/// A verifier that trusts any key of the chain accepts the later ones: rotation n is the n-th key after the first, signed
/// by the one before it. An instance says nothing about its signatures; ``verify()`` does.
public struct SigningKeyChain: Hashable, Sendable {
    /// A key and its predecessor's signature over it.
    public struct Rotation: Hashable, Sendable {
        /// The key that signs from here on.
        public let key: Ed25519PublicKey
        /// The signature of the key before.
        public let signature: [UInt8]
    }

    /// The most rotations of a chain.
    public static let rotationLimit = 255

    static let magic = Array("DTKC".utf8)
    static let formatVersion: UInt8 = 1

    /// The key with which the project began, rotation 0.
    public let firstKey: Ed25519PublicKey
    /// The later keys, in the order of their appointment.
    public let rotations: [Rotation]

    /// A chain of one key.
    public init(_ key: Ed25519PublicKey) { (firstKey, rotations) = (key, []) }

    private init(firstKey: Ed25519PublicKey, rotations: [Rotation]) throws(SignedMetricSetError) {
        guard rotations.count <= Self.rotationLimit else { throw .tooManyRotations(rotations.count) }
        var seen: Set<Ed25519PublicKey> = [firstKey]
        for (index, rotation) in rotations.enumerated() where !seen.insert(rotation.key).inserted {
            throw .repeatedKey(rotation: index + 1)
        }
        (self.firstKey, self.rotations) = (firstKey, rotations)
    }

    /// All keys, by the number of their rotation.
    public var keys: [Ed25519PublicKey] { [firstKey] + rotations.map(\.key) }

    /// The key that signs at present.
    public var lastKey: Ed25519PublicKey { rotations.last?.key ?? firstKey }

    /// The chain with one more key.
    ///
    /// - Parameter old: the private key of ``lastKey``.
    /// - Throws: ``SignedMetricSetError``.
    public func rotated(
        to new: Ed25519PublicKey, by old: Ed25519PrivateKey
    ) throws(SignedMetricSetError) -> SigningKeyChain {
        let message = Self.message(rotation: rotations.count + 1, from: lastKey, to: new)
        let (oldKey, signature): (Ed25519PublicKey, [UInt8])
        do {
            oldKey = try old.publicKey()
            signature = try old.signature(of: message)
        } catch { throw .cryptography(error) }
        guard oldKey == lastKey else { throw .notTheLastKey }
        return try SigningKeyChain(
            firstKey: firstKey, rotations: rotations + [Rotation(key: new, signature: signature)])
    }

    /// Demands that every key was signed by the one before it.
    ///
    /// - Throws: ``SignedMetricSetError/wrongKeySignature(rotation:)``.
    /// - Complexity: one verification a rotation.
    public func verify() throws(SignedMetricSetError) {
        var previous = firstKey
        for (index, rotation) in rotations.enumerated() {
            let message = Self.message(rotation: index + 1, from: previous, to: rotation.key)
            let isRight: Bool
            do { isRight = try previous.verifies(rotation.signature, of: message) } catch {
                throw .cryptography(error)
            }
            guard isRight else { throw .wrongKeySignature(rotation: index + 1) }
            previous = rotation.key
        }
    }

    /// What a key signs to appoint the next: no signature over a set is one over this, whatever the set.
    private static func message(rotation: Int, from old: Ed25519PublicKey, to new: Ed25519PublicKey) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(Array("dither/key/v1\0".utf8))
        writer.append(UInt64(rotation))
        writer.append(old.bytes)
        writer.append(new.bytes)
        return writer.bytes
    }
}

extension SigningKeyChain {
    /// The chain as a file of its own: `DTKC`, version, and the keys.
    public var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.append(Self.magic)
        writer.append(Self.formatVersion)
        write(to: &writer)
        return writer.bytes
    }

    /// Reads what ``encoded`` wrote; signatures are not looked at.
    ///
    /// - Throws: ``SignedMetricSetError``; any bytes give a chain or an error.
    public init(decoding bytes: [UInt8]) throws(SignedMetricSetError) {
        var reader = try SignedSetReader(bytes, magic: Self.magic, version: Self.formatVersion)
        try self.init(reading: &reader)
        try reader.finish()
    }

    init(reading reader: inout SignedSetReader) throws(SignedMetricSetError) {
        let firstKey = try reader.key()
        let count = Int(try reader.integer(UInt16.self))
        guard count <= Self.rotationLimit else { throw .tooManyRotations(count) }
        var rotations: [Rotation] = []
        for _ in 0..<count {
            rotations.append(Rotation(key: try reader.key(), signature: try reader.signature()))
        }
        try self.init(firstKey: firstKey, rotations: rotations)
    }

    func write(to writer: inout ByteWriter) {
        writer.append(firstKey.bytes)
        writer.append(UInt16(rotations.count))
        for rotation in rotations {
            writer.append(rotation.key.bytes)
            writer.append(rotation.signature)
        }
    }
}
