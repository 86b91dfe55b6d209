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
            Neither key is ever written over a file. The public key, 64 hexadecimal digits, goes into the programs that are to believe it.

            EXAMPLES:
              dither registry keygen -o flights.key
              dither registry keygen -o next.key --public next.pub

            EXIT STATUS:
              0  made
              1  nothing made: a file exists, cannot be written, or no randomness
              2  usage
            """)

    @Option(
        name: [.short, .customLong("output"), .long],
        help: ArgumentHelp("Where the private key is written; never over a file.", valueName: "key"))
    var out: String

    @Option(help: ArgumentHelp("Where the public key is written too; never over a file.", valueName: "pub"))
    var `public`: String?

    public init() {}

    public func run() throws {
        let made: Ed25519PublicKey
        do throws(SigningError) {
            made = try SigningKeyFile.make(at: out, publicAt: `public`)
            StandardStreams.tell("\(out): keep it secret, offline, and where it is not lost")
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
        case .notAPublicKey, .sameFile: CommandError(.usage, message)
        case .notAPrivateKey, .openToOthers, .refused: CommandError(.validationFailed, message)
        }
    }
}
