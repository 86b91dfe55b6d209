public import ArgumentParser
internal import MetricDefinitions
internal import RegistryCompiler
internal import SecureRandomness

/// `dither registry sign`: a metric set that agents believe.
public struct RegistrySignCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a metric set, for agents to fetch from a collector.",
        discussion: """
            An agent that knows the key lets such a set reduce what it reports: it drops metrics that the set does not have, \
            and keeps to the lower of each cap. A set never adds a metric or raises an ε. Each set that is published has a \
            higher sequence number than those before; agents take none back.

            EXAMPLES:
              dither registry sign metrics.yaml --key flights.key --sequence 1 -o metrics.signed
              dither registry sign metrics.set --key b.key --chain keys.chain --sequence 8 -o metrics.signed

            EXIT STATUS:
              0  signed
              1  a file cannot be read or written
              2  usage
              4  the registry, the key or the chain is refused
            """)

    @Argument(help: "The metrics: a YAML file, or a compiled set.")
    var file: String

    @Option(help: "The private key.")
    var key: String

    @Option(help: ArgumentHelp("Above that of every set published before, from 1 on.", valueName: "n"))
    var sequence: UInt64

    @Option(help: "The keys up to this one, from 'dither registry rotate'; without it, this is the first one.")
    var chain: String?

    @Option(name: [.short, .long], help: "Where the signed set is written.")
    var output: String

    @Option(help: "The lock, if it is not beside the registry.")
    var lock: String?

    public init() {}

    public func run() throws {
        do throws(SigningError) {
            try SignedSetFile.refuse(
                writing: output,
                over: [
                    "--key": key, "--chain": chain, "--lock": lock ?? RegistrySource.lockPath(beside: file),
                    "the registry": file,
                ])
        } catch { throw error.commandError }
        let choice: RegistrySource.LockChoice = lock.map { .file($0, mustExist: true) } ?? .beside
        let set = try RegistryLoading.load(file, expiry: .refuse, lock: choice).set
        do throws(SigningError) {
            let key = try SigningKeyFile.read(key)
            let signed = try sign(set, by: key, chain: try keys(endingWith: key))
            let bytes = signed.encoded
            try SignedSetFile.write(bytes, to: output)
            StandardStreams.tell(
                "\(output): sequence \(sequence), signed by \(signed.chain.lastKey), \(bytes.count) bytes")
        } catch { throw error.commandError }
    }

    private func keys(endingWith key: Ed25519PrivateKey) throws(SigningError) -> SigningKeyChain {
        if let chain { return try SignedSetFile.readChain(chain) }
        do { return SigningKeyChain(try key.publicKey()) } catch { throw .noKey }
    }

    private func sign(
        _ set: MetricSet, by key: Ed25519PrivateKey, chain: SigningKeyChain
    ) throws(SigningError) -> SignedMetricSet {
        do { return try SignedMetricSet(signing: set, sequence: sequence, chain: chain, by: key) } catch {
            throw .refused(path: file, error)
        }
    }
}
