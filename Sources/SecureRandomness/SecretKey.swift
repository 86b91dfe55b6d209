/// Thirty-two secret bytes: wiped when released, in no core dump, zero in the child of a fork, and never part of a
/// description.
public final class SecretKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// The length of every key, in bytes.
    public static let byteCount = SecretMemory.placeByteCount

    // Written only before `init` returns.
    nonisolated(unsafe) private let storage: UnsafeMutableRawBufferPointer

    /// A key made of exactly 32 bytes; `nil` for any other count.
    public init?(copying bytes: borrowing [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        storage = SecretMemory.take()
        storage.copyBytes(from: bytes)
    }

    private init(filling fill: (UnsafeMutableRawBufferPointer) throws(RandomnessError) -> Void) throws(RandomnessError)
    {
        storage = SecretMemory.take()
        try fill(storage)
    }

    deinit { SecretMemory.giveBack(storage) }

    /// A fresh key from the system's generator.
    ///
    /// - Throws: ``RandomnessError/systemSourceFailed(errno:)``.
    public static func random() throws(RandomnessError) -> SecretKey {
        try SecretKey { (buffer) throws(RandomnessError) in try SystemEntropy.fill(buffer) }
    }

    /// The HMAC-SHA256 of `message` under this key, as a key of its own.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto fails or has no SHA-256.
    public func derive(_ message: [UInt8]) throws(RandomnessError) -> SecretKey {
        try derive(from: { $0.add(message) })
    }

    /// The same of what `message` adds.
    func derive(from message: (DigestContext) -> Bool) throws(RandomnessError) -> SecretKey {
        try SecretKey { (buffer) throws(RandomnessError) in
            try HMACSHA256.write(key: self, into: buffer, message: message)
        }
    }

    /// Lends the bytes, for storing them or keying a cipher.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }

    /// Says nothing about the bytes.
    public var description: String { "SecretKey(redacted)" }

    /// Shows nothing to `dump` and the debugger.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
