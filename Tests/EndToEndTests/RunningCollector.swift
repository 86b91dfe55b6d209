import Foundation

/// Why a test's collector is not there.
struct CollectorFailure: Error, CustomStringConvertible {
    var description: String
}

/// What a process says on standard error, for those who wait for a word.
private final class Complaints: @unchecked Sendable {
    private let condition = NSCondition()
    private var text = ""

    var count: Int { condition.withLock { text.count } }

    func add(_ bytes: Data) {
        condition.withLock { text += String(decoding: bytes, as: UTF8.self) }
        condition.broadcast()
    }

    /// What was said after so many letters, once a word is among it, or after 20 seconds.
    func wait(after count: Int, for word: String) -> String {
        let limit = Date(timeIntervalSinceNow: 20)
        return condition.withLock {
            while !text.dropFirst(count).contains(word), condition.wait(until: limit) {}
            return String(text.dropFirst(count))
        }
    }
}

/// A collector process on a store of its own, over TLS if it has a certificate. Restarts keep address and store.
final class RunningCollector {
    let metricSet: String
    let store: String
    private let certificate: Certificate?
    private let arguments: [String]
    private let complaints = Complaints()
    private var process: Process?
    private(set) var url = ""

    init(metricSet: String, store: String, certificate: Certificate? = nil, arguments: [String] = []) throws {
        (self.metricSet, self.store, self.certificate) = (metricSet, store, certificate)
        self.arguments = arguments
        try start()
    }

    deinit { kill() }

    func start() throws {
        let scheme = certificate == nil ? "http://" : "https://"
        let address = url.isEmpty ? "127.0.0.1:0" : String(url.dropFirst(scheme.count))
        let process = Process()
        process.executableURL = URL(filePath: Executables.path("dither-collector"))
        process.arguments = ["serve", "--metrics", metricSet, "--store", store, "--listen", address] + arguments
        if let certificate {
            process.arguments? += ["--tls-certificate", certificate.chain, "--tls-key", certificate.key]
        }
        let (output, complaint) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, complaint)
        try process.run()
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let chunk = output.fileHandleForReading.availableData
            guard !chunk.isEmpty else {
                let text = String(decoding: try complaint.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
                throw CollectorFailure(description: "the collector ended: \(text)")
            }
            line += chunk
        }
        let text = String(decoding: line, as: UTF8.self)
        guard text.hasPrefix("listening on \(scheme)") else { throw CollectorFailure(description: text) }
        url = text.dropFirst("listening on ".count).trimmingCharacters(in: .newlines)
        // Nobody reads the rest; a full pipe must not stop the collector.
        complaint.fileHandleForReading.readabilityHandler = { [complaints] in complaints.add($0.availableData) }
        self.process = process
    }

    /// Has the files reread, and gives what the process said of it; within 20 seconds.
    ///
    /// - Parameter word: what it says when it is done.
    func reload(until word: String = "reread: ") -> String {
        guard let process else { return "" }
        let before = complaints.count
        Foundation.kill(process.processIdentifier, SIGHUP)
        return complaints.wait(after: before, for: word)
    }

    /// Ends the process at once.
    func kill() {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    /// Asks the process to finish and waits; gives its exit status.
    func stop() -> Int32 {
        guard let process else { return -1 }
        process.terminate()
        process.waitUntilExit()
        self.process = nil
        return process.terminationStatus
    }
}

/// An authority made for the tests and a certificate of it for 127.0.0.1, by the openssl command.
struct Certificate: Sendable {
    let authority: String
    let chain: String
    let key: String

    init(in workspace: Workspace) throws {
        authority = workspace.file("authority.pem")
        chain = workspace.file("server.pem")
        key = workspace.file("server.key")
        let authorityKey = workspace.file("authority.key"), request = workspace.file("server.csr")
        let extensions = try workspace.write("server.ext", "subjectAltName=IP:127.0.0.1\n")
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        for arguments in [
            ["req", "-x509"] + curve + [
                "-subj", "/CN=Dither test authority", "-days", "2", "-keyout", authorityKey, "-out", authority,
            ],
            ["req"] + curve + ["-subj", "/CN=127.0.0.1", "-keyout", key, "-out", request],
            [
                "x509", "-req", "-in", request, "-CA", authority, "-CAkey", authorityKey, "-CAcreateserial",
                "-days", "2", "-extfile", extensions, "-out", chain,
            ],
        ] {
            let outcome = try run("/usr/bin/openssl", arguments)
            guard outcome.status == 0 else { throw CollectorFailure(description: outcome.complaint) }
        }
    }
}
