public import ArgumentParser
internal import MetricDefinitions
internal import RegistryCompiler
internal import SecureRandomness

/// `dither registry verify`: whether an agent would believe a signed set.
public struct RegistryVerifyCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Say whether an agent that knows a key believes a signed set.",
        discussion: """
            Every signature of the chain and that of the set have to be right, and one of the given keys has to be in the \
            chain. With the numbers of what an agent accepted before, also whether the set is newer.

            EXAMPLES:
              dither registry verify metrics.signed --public-key flights.pub
              dither registry verify metrics.signed --public-key "$(cat flights.pub)" --after-sequence 7
              dither registry verify metrics.signed --public-key old.pub --public-key new.pub --format json

            EXIT STATUS:
              0  believed
              1  the file cannot be read
              2  usage
              4  refused
            """)

    @Argument(help: "The signed set.")
    var file: String

    @Option(
        help: ArgumentHelp(
            "A key that is trusted: 64 hexadecimal digits, or a file of them. May be repeated.", valueName: "pub"))
    var publicKey: [String]

    @Option(help: ArgumentHelp("The sequence number that was accepted before.", valueName: "n"))
    var afterSequence: UInt64 = 0

    @Option(help: ArgumentHelp("The rotation that was accepted before.", valueName: "n"))
    var afterRotation: UInt64 = 0

    @Option(help: "How the result is written: table (for people), csv or json.")
    var format = OutputFormat.table

    public init() {}

    public func run() throws {
        let verified: VerifiedMetricSet
        do throws(SigningError) {
            var keys: [Ed25519PublicKey] = []
            for text in publicKey { keys.append(try SigningKeyFile.publicKey(text)) }
            verified = try verify(try SignedSetFile.read(file), trusting: keys)
        } catch { throw error.commandError }
        var table = Table(columns: ["project", "sequence", "rotation", "metrics", "key"])
        table.append([
            .text(verified.set.project), .integer(Int(clamping: verified.sequence)),
            .integer(Int(clamping: verified.rotation)), .integer(verified.set.metrics.count),
            .text(verified.key.description),
        ])
        try StandardStreams.write(table.rendered(as: format, schema: .registryVerify))
    }

    private func verify(
        _ signed: SignedMetricSet, trusting keys: [Ed25519PublicKey]
    ) throws(SigningError) -> VerifiedMetricSet {
        do {
            return try signed.verified(trusting: keys, afterSequence: afterSequence, afterRotation: afterRotation)
        } catch { throw .refused(path: file, error) }
    }
}
