public import MetricDefinitions

/// Why a set, a chain or a key could not be made, read or believed.
public enum SigningError: Error, Hashable, Sendable {
    /// A file cannot be read or written, or is too long.
    case file(RegistryError)
    /// A key is never written over a file.
    case exists(path: String)
    /// What would be written is named by another option as well.
    case sameFile(path: String, option: String)
    /// The file holds no private key of Ed25519.
    case notAPrivateKey(path: String)
    /// Others than its owner can read or write the private key.
    case openToOthers(path: String)
    /// Neither 64 hexadecimal digits nor a file of them.
    case notAPublicKey(String)
    /// What a file holds is refused.
    case refused(path: String, SignedMetricSetError)
    /// The system gave no randomness, or libcrypto has no Ed25519.
    case noKey

    /// What is wrong and what to do; never a private key.
    public var message: String {
        switch self {
        case .file(let error): error.message
        case .exists(let path): "\(path): exists, and a key is written over nothing. Name another file."
        case .sameFile(let path, let option):
            "\(path): \(option) names this file too. Name another one, so that neither is lost."
        case .notAPrivateKey(let path):
            "\(path): holds no private key of Ed25519. Make one with 'dither registry keygen'."
        case .openToOthers(let path):
            "\(path): others than its owner can read or write this private key. Run 'chmod 600 \(path)', and change the "
                + "key if somebody may have."
        case .notAPublicKey(let text):
            "'\(text.prefix(80))' is no public key. Give its 64 hexadecimal digits, or the file that 'dither registry "
                + "keygen --public' wrote."
        case .refused(let path, let error): "\(path): refused: \(error.sentence)"
        case .noKey: "no key could be made: the system gave no randomness, or libcrypto has no Ed25519"
        }
    }
}
