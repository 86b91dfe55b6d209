public import ArgumentParser
internal import MetricDefinitions
internal import RegistryCompiler
internal import SecureRandomness

/// `dither registry rotate`: the next key, appointed by the present one.
public struct RegistryRotateCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Appoint the key that signs metric sets from here on.",
        discussion: """
            Agents that know an earlier key follow the chain to the new one, and from the first set of the new key on believe \
            no earlier one. Keep the chain with the registry: it is public, and every later set is signed with it. A key that \
            was stolen can appoint others too, so rotate before that, and ship programs that know the new key only.

            EXAMPLES:
              dither registry keygen --out b.key --public b.pub
              dither registry rotate --key a.key --to b.pub -o keys.chain
              dither registry rotate --key b.key --to c.pub --chain keys.chain -o keys.chain

            EXIT STATUS:
              0  written
              1  a file cannot be read or written
              2  usage
              4  the key or the chain is refused
            """)

    @Option(help: "The private key that signs at present.")
    var key: String

    @Option(help: ArgumentHelp("The next public key: 64 hexadecimal digits, or a file of them.", valueName: "pub"))
    var to: String

    @Option(help: "The keys so far; without it, the present key is the first one.")
    var chain: String?

    @Option(name: [.short, .long], help: "Where the chain is written; may be the old one.")
    var output: String

    public init() {}

    public func run() throws {
        do throws(SigningError) {
            try SignedSetFile.refuse(writing: output, over: ["--key": key, "--to": to])
            let next = try SigningKeyFile.publicKey(to), key = try SigningKeyFile.read(key)
            let longer = try appoint(next, by: key, after: try keys(endingWith: key))
            try SignedSetFile.write(longer.encoded, to: output)
            StandardStreams.tell("\(output): rotation \(longer.rotations.count), to \(next)")
        } catch { throw error.commandError }
    }

    private func keys(endingWith key: Ed25519PrivateKey) throws(SigningError) -> SigningKeyChain {
        if let chain { return try SignedSetFile.readChain(chain) }
        do { return SigningKeyChain(try key.publicKey()) } catch { throw .noKey }
    }

    private func appoint(
        _ next: Ed25519PublicKey, by key: Ed25519PrivateKey, after chain: SigningKeyChain
    ) throws(SigningError) -> SigningKeyChain {
        do { return try chain.rotated(to: next, by: key) } catch { throw .refused(path: self.chain ?? self.key, error) }
    }
}
