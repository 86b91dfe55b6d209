internal import Foundation
public import SecureRandomness

/// Keys of Ed25519 as files: private ones in PEM (PKCS #8), which openssl reads too, public ones as hexadecimal digits.
public enum SigningKeyFile {
    private static let opening = "-----BEGIN PRIVATE KEY-----"
    private static let closing = "-----END PRIVATE KEY-----"
    /// The DER of a PKCS #8 key of Ed25519 up to its seed (RFC 8410).
    private static let prefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]

    /// Makes a key and writes it to a new file that only its owner can read, and perhaps its public half, a line of 64
    /// hexadecimal digits, to another new one.
    ///
    /// - Throws: ``SigningError``; then neither file was made, and none was changed.
    public static func make(at path: String, publicAt publicPath: String?) throws(SigningError) -> Ed25519PublicKey {
        let (key, publicKey): (Ed25519PrivateKey, Ed25519PublicKey)
        do {
            key = try .random()
            publicKey = try key.publicKey()
        } catch { throw .noKey }
        // First, so that no private key is ever without the public one that was asked for.
        var publicFile: NewFile?
        if let publicPath {
            guard publicPath != path else { throw .sameFile(path: path, option: "--public") }
            publicFile = try NewFile.make(publicPath, mode: 0o666)
        }
        let file: NewFile
        do { file = try NewFile.make(path, mode: 0o600) } catch {
            // Two names of what has just been made.
            if let publicFile, publicFile.isAlso(path) { throw .sameFile(path: path, option: "--public") }
            throw error
        }
        let der = prefix + key.withUnsafeSeed { Array($0) }
        try publicFile?.write("\(publicKey)\n")
        try file.write("\(opening)\n\(Data(der).base64EncodedString())\n\(closing)\n")
        publicFile?.keep()
        file.keep()
        return publicKey
    }

    /// Reads a private key.
    ///
    /// - Throws: ``SigningError``.
    public static func read(_ path: String) throws(SigningError) -> Ed25519PrivateKey {
        let bytes: [UInt8]
        do { bytes = try InputFile.read(path, limit: 4096) } catch { throw .file(error) }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o077 == 0 else { throw .openToOthers(path: path) }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
        guard lines.count == 3, lines[0] == opening, lines[2] == closing,
            let der = Data(base64Encoded: lines[1]), der.starts(with: prefix),
            let seed = SecretKey(copying: Array(der.dropFirst(prefix.count)))
        else { throw .notAPrivateKey(path: path) }
        return Ed25519PrivateKey(seed: seed)
    }

    /// The public key of 64 hexadecimal digits, or of a file that holds them.
    ///
    /// - Throws: ``SigningError``.
    public static func publicKey(_ text: String) throws(SigningError) -> Ed25519PublicKey {
        if let key = Ed25519PublicKey(hexadecimal: text) { return key }
        guard let bytes = try? InputFile.read(text, limit: 4096),
            let key = Ed25519PublicKey(
                hexadecimal: String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw .notAPublicKey(text) }
        return key
    }
}
