public import ArgumentParser
internal import DecoderCommands

/// `dither dashboard`: the page of `dither report`, live over a store, for a browser on this machine.
public struct DashboardCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Serve the page of dither report on this machine, with newer figures as days close.",
        discussion: """
            Prints a URL to standard output when there is a page to be had, and serves it until Ctrl-C or SIGTERM. The \
            URL holds a token, without which nothing is answered; the browser is given a cookie for it, \
            which lasts until the browser ends. No other machine is listened to, no request changes anything, and none is written down.

            The page says how old it is. The store is looked at every --refresh seconds: when it holds other reports, or a UTC day \
            has closed, estimates are made anew beside the page, which stays until they are there. Of all time, at most a tenth is \
            spent on estimates. What goes wrong then is said on the page, which stays as it was. The registry is read once; \
            lists of candidates are read with each estimate.

            Each chart links to its figures as CSV and JSON, as dither estimate and dither compare write them.

            EXAMPLES:
              dither dashboard --registry metrics.yaml --store reports.sqlite
              dither dashboard --registry metrics.yaml --store reports.sqlite \\
                --candidates destination=airports.csv:code --port 8080
              dither dashboard --registry metrics.set --store reports.sqlite --pooled --refresh 3600

            EXIT STATUS:
              0    ended by SIGTERM
              1    a file cannot be read, before there was a page
              2    usage, or no metric of that name
              4    the registry or the candidates are refused
              6    the address is in use; or, before there was a page, the store is locked,
                   or its database cannot be reached
              7    the database lets nobody in
              8    the store is damaged, of another version, or none
              130  ended by Ctrl-C
            """)

    @OptionGroup var options: ReportOptions

    @Option(help: ArgumentHelp("The port on 127.0.0.1; without it, one that is free.", valueName: "port"))
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "The address and the port in place of --port: 127.0.0.1:PORT or '[::1]:PORT'; port 0 is one that is free.",
            valueName: "address"))
    var listen: String?

    @Option(
        help: ArgumentHelp(
            "After how many seconds the store is looked at again, from 1 to 86400.", valueName: "seconds"))
    var refresh = 60

    public init() {}

    public func validate() throws { _ = try address() }

    public func run() async throws {
        let server = DashboardServer(
            address: try address(), everySeconds: refresh, maker: EditionMaker(try options.builder()))
        try await server.run { url in
            StandardStreams.tell("Open this in a browser on this machine; Ctrl-C ends it.")
            try StandardStreams.write(url + "\n")
        }
    }

    private func address() throws -> LoopbackAddress {
        guard (1...86_400).contains(refresh) else {
            throw ValidationError("--refresh \(refresh): is not between 1 and 86400 seconds. Leave it out for a minute")
        }
        guard port == nil || listen == nil else {
            throw ValidationError("--port and --listen both name a port: give one of them")
        }
        if let listen {
            guard let address = LoopbackAddress(listen) else {
                throw ValidationError(
                    "--listen '\(listen)': is neither 127.0.0.1:PORT nor [::1]:PORT, and other machines are not listened to. To "
                        + "see the page from one, let ssh forward the same port: ssh -L 8080:127.0.0.1:8080")
            }
            return address
        }
        guard let address = LoopbackAddress(port: port ?? 0) else {
            throw ValidationError(
                "--port \(port ?? 0): is no port, which is 0 to 65535. Leave it out for one that is free")
        }
        return address
    }
}
