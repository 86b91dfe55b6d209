public import ArgumentParser
internal import RegistryCompiler
internal import SecureRandomness

/// `dither registry keygen`: a key that signs metric sets.
public struct RegistryKeygenCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Make a key that signs metric sets, and print its public half.",
        discussion: """
            The private key is an Ed25519 key in PEM, in a new file with mode 600: keep it offline, away from the collector. \
            The public key, 64 hexadecimal digits, goes into the programs that are to believe it.

            EXAMPLES:
              dither registry keygen --out flights.key
              dither registry keygen --out flights.key --public flights.pub

            EXIT STATUS:
              0  made
              1  the file exists or cannot be written, or there is no randomness
              2  usage
            """)

    @Option(help: ArgumentHelp("Where the private key is written; never over a file.", valueName: "key"))
    var out: String

    @Option(help: ArgumentHelp("Where the public key is written too.", valueName: "pub"))
    var `public`: String?

    public init() {}

    public func run() throws {
        let made: Ed25519PublicKey
        do throws(SigningError) {
            let key = try SigningKeyFile.make(at: out)
            if let path = `public` { try SigningKeyFile.write(key, to: path) }
            StandardStreams.tell("\(out): keep it secret, offline, and where it is not lost")
            made = key
        } catch { throw error.commandError }
        try StandardStreams.write("\(made)\n")
    }
}

extension SigningError {
    /// The words and the exit status for it.
    var commandError: CommandError {
        switch self {
        case .file(let error): RegistryLoading.commandError(for: error)
        case .exists, .noKey: CommandError(.runtimeFailure, message)
        case .notAPublicKey: CommandError(.usage, message)
        case .notAPrivateKey, .openToOthers, .refused: CommandError(.validationFailed, message)
        }
    }
}
