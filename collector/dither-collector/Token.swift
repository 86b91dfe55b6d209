internal import ArgumentParser
internal import CollectorService
internal import Glibc

/// `dither-collector token`
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke the tokens that clients of a collector must show.",
        discussion: """
            A token is for a whole fleet, never for one device: its reports would be linked by it. The file holds \
            hashes only. A collector that serves with --tokens rereads it on SIGHUP.

            EXAMPLES:
              dither-collector token new --tokens tokens --role ingest --name fleet-2026 --daily-quota 2000000
              dither-collector token new --tokens tokens --role read --name prometheus > prometheus.token
              dither-collector token list --tokens tokens
              dither-collector token revoke --tokens tokens --name fleet-2026

            EXIT CODES:
              0 done · 1 the file cannot be written · 2 usage, or a name that is taken or unknown ·
              4 no list of tokens · 6 another change is under way
            """,
        subcommands: [TokenNew.self, TokenList.self, TokenRevoke.self])
}

/// Where the tokens are.
struct TokensOption: ParsableArguments {
    @Option(help: ArgumentHelp("The file of the tokens.", valueName: "file"))
    var tokens: String

    var file: TokenFile { TokenFile(tokens) }
}

/// `dither-collector token new`
struct TokenNew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Make a token, print it once, and add its hash to the file; made if there is none.",
        discussion: """
            Give a fleet's token to its devices as a file (DITHER_TOKEN_FILE). The same token goes to all of them: a \
            token per device would let the collector put the device's reports together.

            EXAMPLES:
              dither-collector token new --tokens tokens --role ingest --name fleet-2026

            EXIT CODES:
              0 done · 1 the file or the output cannot be written · 2 usage, or the name is taken · 4 no list of tokens ·
              6 another change is under way
            """)

    @OptionGroup var location: TokensOption

    @Option(help: ArgumentHelp("What its bearer may do.", valueName: "ingest|read|operate"))
    var role: AccessRole

    @Option(help: ArgumentHelp("A name for it: small letters, digits, - _ and .", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("How many reports a UTC day it may store; 0: no limit.", valueName: "reports"))
    var dailyQuota = 0

    func validate() throws {
        guard AccessToken.isName(name) else {
            throw ValidationError(
                "--name takes 1 to \(AccessToken.nameLimit) small letters, digits, - _ and . ; for example fleet-2026.")
        }
        guard (0...AccessToken.quotaLimit).contains(dailyQuota) else {
            throw ValidationError("--daily-quota takes 0 to \(AccessToken.quotaLimit).")
        }
        guard role == .ingest || dailyQuota == 0 else {
            throw ValidationError("--daily-quota is for --role ingest; leave it out.")
        }
    }

    func run() throws {
        let secret = try TokenSecret()
        guard
            let token = AccessToken(role: role, name: name, dailyQuota: dailyQuota, digest: try secret.digest)
        else { throw ValidationError("--name and --daily-quota make no token.") }
        // A reader that is gone is an error, and not the end of this process beside a draft of the file.
        signal(SIGPIPE, SIG_IGN)
        try location.file.change(creating: true) { (list) throws(CollectorError) in
            guard list.add(token) else { throw .tokenNameTaken(token.name) }
        } announce: { () throws(CollectorError) in
            // First shown and then kept: one that nobody has seen would be in the file for good.
            try Output.write(secret.text + "\n")
        }
    }
}

extension AccessRole: ExpressibleByArgument {}
