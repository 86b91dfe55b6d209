import Foundation

/// A self-signed certificate for 127.0.0.1, made by the openssl command.
enum TestCertificate {
    struct OpenSSLFailed: Error { var status: Int32 }

    /// Makes `<name>.pem` and `<name>.key` in a folder.
    static func make(in folder: ScratchFolder, name: String) throws -> (certificate: String, key: String) {
        let (certificate, key) = (folder.file(name + ".pem"), folder.file(name + ".key"))
        let (status, _) = try run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
            "subjectAltName=IP:127.0.0.1")
        guard status == 0 else { throw OpenSSLFailed(status: status) }
        return (certificate, key)
    }

    /// The HTTP status that the curl command gets, `000` for none.
    static func curl(_ arguments: [String]) -> String {
        let all = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}"] + arguments
        return (try? run(all).output) ?? ""
    }

    /// What the openssl command says on both streams, with nothing to read.
    static func openssl(_ arguments: [String]) -> (status: Int32, text: String) {
        let outcome = try? run(["openssl"] + arguments, mergingErrors: true)
        return outcome.map { ($0.status, $0.output) } ?? (-1, "")
    }

    private static func run(_ arguments: String...) throws -> (status: Int32, output: String) { try run(arguments) }

    private static func run(
        _ arguments: [String], mergingErrors: Bool = false
    ) throws -> (status: Int32, output: String) {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        process.standardError = mergingErrors ? pipe : FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
